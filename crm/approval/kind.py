"""What a kind says of itself where its records are approved, and whose turn it is."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.approval.approvers import Approvers, Deciders, Made, next_of, waiting_for
from crm.approval.fitting import Fitting
from crm.approval.refusals import Refusals, Words, forbidden, refused_in_words
from crm.approval.rules import Rule
from crm.approval.shown import Shown
from crm.approval.statements import WITHIN
from crm.guards import actor
from crm.models import Department, User
from crm.rights.permissions import permission


class Standing(NamedTuple):
    """How a round stands: what `waiting_for` asks beside the approvers."""

    steps: Sequence[Any]
    made: Made
    department: Department | None
    barred: set[int | None]


class Kind(Shown, ABC):
    """What the moves ask of one kind.

    The record is what people open, have rights to and are told of. What is decided
    upon, the subject, is the record itself, or what is proposed beside it: then the
    kind says how the one leads to the other.
    """

    #: What is said of the records, and of what PostgreSQL refuses about them.
    words = Words()
    refusals: Refusals

    #: How its rows are compared with its rules; a kind of which more than the row is
    #: asked says `rule_for` itself.
    fitting: Fitting

    def rule_for(self, subject: Any) -> Rule | None:
        """Return the rule that asks for approval of a subject, stored or not, or None.

        PostgreSQL says it, as it does of who opens a round.
        """
        said = {
            field.column: getattr(subject, field.attname)
            for field in self.model._meta.concrete_fields
        }
        text = json.dumps(said, cls=DjangoJSONEncoder)
        first = RawSQL(self.fitting.of_values, (text,))  # noqa: S611 - our own
        return self.rules._default_manager.filter(pk=first).first()

    @abstractmethod
    def content_of(self, subject: Any) -> Any:
        """Return what is approved, as JSON values."""

    @abstractmethod
    def pend(self, subject: Any, by: User) -> None:
        """Let a subject wait: a round of approval is open."""

    @abstractmethod
    def hold(self, subject: Any, round_: Any, by: User) -> None:
        """Let a subject hold: its round is approved."""

    @abstractmethod
    def come_back(self, subject: Any, state: str) -> None:
        """Let a subject come back to its writer: its round is rejected or recalled."""

    def subject_of(self, round_: Any) -> Any:
        """Return what a round decides upon."""
        return getattr(round_, self.record)

    def keys_of(self, subject: Any) -> dict[str, Any]:
        """Return the columns of a round that say what it decides upon."""
        return {self.record: subject}

    def open_rounds(self) -> QuerySet:
        """Return the rounds that are open, with what is asked of them."""
        return self.rounds._default_manager.filter(state=self.rounds.State.OPEN)

    def doers(self, record: Any, round_: Any) -> set[int | None]:
        """Return the ids of those whose own doing a round decides on: four eyes."""
        return {record.owner_id, record.entered_by_id, round_.submitted_by_id}

    @contextmanager
    def changing(
        self,
        record: Any,
        by: User,
        verb: str,
        action: str,
        *,
        seen: int | None = None,
        statuses: Sequence[str] | None = None,
    ) -> Iterator[None]:
        """Lock the record as stored, for who has the right to it.

        Args:
            record: the record; is read anew.
            by: the person.
            verb: what the history says.
            action: the right that is asked.
            seen: the version the person has seen; None if a program acts on its own.
            statuses: where the record may stand.

        Raises:
            ValidationError: it is elsewhere by now or not as seen (`conflict`), or
                not theirs (`forbidden`).
        """
        with refused_in_words(self.refusals), actor.acting(by, verb=verb):
            rows = type(record)._default_manager
            locked = rows.select_for_update(of=("self",), no_key=True)
            if not locked.filter(pk=record.pk).exists():
                raise self.words.late()
            record.refresh_from_db()
            if not by.has_perm(permission(action, type(record)), record):
                raise forbidden(_(self.words.forbidden))
            if statuses and record.status not in statuses:
                raise self.words.late()
            if seen is not None and record.version != seen:
                raise self.words.late()
            yield

    def open_round(self, record: Any) -> Any:
        """Return the round of a record that is open, or None; it knows the record."""
        round_ = self.open_rounds().filter(**{self.record: record}).first()
        if round_ is not None:
            setattr(round_, self.record, record)
        return round_

    def approvers(self) -> Approvers:
        """Return the Approvers of this moment."""
        return Approvers(self.right)

    def next_of(self, round_: Any) -> tuple[Any, Deciders]:
        """Return the step of a round that is not agreed to, or None, and who decide."""
        return next_of(*self.standing(round_), self.approvers())

    def waiting_for(self, round_: Any, approvers: Approvers) -> tuple[Any, Deciders]:
        """Return the step of an open round and {person: on whose behalf} who decide."""
        return waiting_for(*self.standing(round_), approvers)

    def standing(self, round_: Any) -> Standing:
        """Return how a round stands: its steps and verdicts, and whose doing it is."""
        record = getattr(round_, self.record)
        verdicts = self.decisions._default_manager.filter(step__round=round_).order_by()
        made: dict[int, list[tuple[int, int | None]]] = {}
        for step, by, behalf in verdicts.values_list("step", "by", "on_behalf_of"):
            made.setdefault(step, []).append((by, behalf))
        return Standing(
            list(round_.steps.all()),
            made,
            record.owner.department,
            self.doers(record, round_),
        )

    def deciders_of(self, round_: Any) -> list[int]:
        """Return the ids of those whose turn it is in an open round, in order."""
        _step, deciders = self.waiting_for(round_, self.approvers())
        return sorted(person.pk for person in deciders)

    def to_take_back(self, user: User) -> list[Any]:
        """Return the approvals of a person that nobody has gone on from yet."""
        verdicts = self.decisions._default_manager.order_by()
        later = verdicts.filter(
            step__round=OuterRef("step__round"),
            step__position__gt=OuterRef("step__position"),
        )
        lately = verdicts.filter(
            by=user,
            approved=True,
            at__gt=timezone.now() - WITHIN,
            step__round__state=self.rounds.State.OPEN,
        )
        rows = lately.exclude(Exists(later)).select_related(self.record)
        return list(rows.order_by("-pk"))

    def late(self, record: int, round_id: int) -> ValidationError:
        """Return the error of who decides too late on a round of a record."""
        verdicts = self.decisions._default_manager.filter(
            **{self.record: record}, step__round=round_id
        )
        return self.words.late(
            verdicts.order_by("pk").values_list("by__name", flat=True)
        )

    def late_for(self, user: User, record: int, round_id: int) -> Any:
        """Return a round that a person was asked about and comes too late for, or None.

        It is theirs to see no longer; that it is over, they are told all the same.
        """
        rows = self.rounds._default_manager.select_related(
            f"{self.record}__owner__department"
        )
        round_ = rows.filter(pk=round_id, **{self.record: record}).first()
        if round_ is None or round_.state == round_.State.OPEN:
            return None
        steps, _made, department, barred = self.standing(round_)
        approvers = self.approvers()
        asked = (next_of([one], {}, department, barred, approvers)[1] for one in steps)
        return round_ if any(user in deciders for deciders in asked) else None
