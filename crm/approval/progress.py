"""How far an approval has come, as pages show it."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Prefetch, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from crm.approval.approvers import Approvers, waiting_for
from crm.approval.drawing import drawing_of
from crm.approval.kind import Kind
from crm.approval.rounds import retractions_of
from crm.approval.statements import WITHIN
from crm.approval.waiting import Turn
from crm.models import User

#: What is read of the verdicts on a step, along with it.
OF_VERDICT = (
    "pk",
    "approved",
    "opinion",
    "at",
    "by_id",
    "by__name",
    "on_behalf_of_id",
    "on_behalf_of__name",
)


def rounds_shown(kind: Kind) -> tuple[Prefetch, ...]:
    """Return the prefetches of everything that the rounds of a kind's records show."""
    verdicts = kind.decisions.all_given.filter(step=OuterRef("pk")).order_by("pk")
    back = retractions_of(kind.decisions).filter(decision=OuterRef("pk")).order_by()
    columns: dict[str, Any] = {name: F(name) for name in OF_VERDICT}
    columns["taken_back_at"] = Subquery(back.values("at"))
    rows = verdicts.values(row=JSONObject(**columns))
    rounds: Any = kind.rounds
    steps = rounds._meta.get_field("steps").related_model
    asked = steps.objects.select_related("role", "person")
    along = ("submitted_by", *kind.round_along)
    return (
        Prefetch("rounds", rounds.objects.select_related(*along)),
        Prefetch("rounds__steps", asked.annotate(verdicts=ArraySubquery(rows))),
    )


class Progress:
    """The rounds of a record, newest first, and whose turn it is.

    Each round has `shown_steps` (list of {asked, decision, waits_for}), `content` (what
    it says) and `changes` (how it differs from the round before).
    """

    def __init__(
        self, kind: Kind, record: Any, rounds: list[Any], turn: Turn | None, user: User
    ) -> None:
        """Take whose turn it is, or None where nothing is open."""
        self.kind, self.record = kind, record
        self.all, self.rounds = rounds, rounds
        self.turn = turn
        self.open = next((r for r in rounds if r.state == r.State.OPEN), None)
        self.is_turn_of_user = turn is not None and user in turn.deciders
        #: Whom the reader would stand in for, and how a form names the step to them.
        self.behalf = turn.deciders.get(user) if turn else None
        self.step_seen = turn.seen_by(user) if turn else ""
        self.user = user

    @cached_property
    def to_take_back(self) -> Any:
        """The reader's own approval that nobody has gone on from yet, or None."""
        if self.open is None:
            return None
        since, found = timezone.now() - WITHIN, None
        for row in self.open.shown_steps:
            verdict = row["decision"]
            if verdict is None or verdict.taken_back_at:
                continue
            if found and row["asked"] != found[0]:
                found = None
            if verdict.by == self.user and verdict.approved and verdict.at > since:
                found = row["asked"], verdict
        return found and found[1]

    @cached_property
    def held(self) -> Any:
        """The content in force as it was submitted, None before there is one."""
        rounds = (one for one in self.all if self.kind.is_in_force(one))
        return next((one.content for one in rounds), None)

    @property
    def proposal(self) -> list[dict[str, Any]]:
        """How what is proposed beside the record differs from what holds."""
        if self.open is None or self.kind.proposed(self.open) is None:
            return []
        return self.kind.proposal(self.held, self.open)

    def of_proposed(self, proposed: Any) -> "Progress":
        """Keep only the rounds of something proposed; return it itself."""
        self.rounds = [r for r in self.rounds if self.kind.proposed(r) == proposed]
        return self


def progress_of(kind: Kind, record: Any, user: User, approvers: Approvers) -> Progress:
    """Return the Progress of a record for a reader; prefetch `rounds_shown`.

    Args:
        kind: what approval is of its kind.
        record: the record.
        user: the reader.
        approvers: the Approvers of this moment, one for all records of a page.
    """
    rounds, turn = list(record.rounds.all()), None
    for number, round_ in enumerate(rounds):
        steps = list(round_.steps.all())
        verdicts = {one.pk: _verdicts(kind, one) for one in steps}
        if round_.state == round_.State.OPEN:
            turn = _turn_in(kind, record, round_, verdicts, approvers)
        round_.shown_steps = [
            row for one in steps for row in _rows(one, verdicts[one.pk], turn)
        ]
        round_.drawing = drawing_of(round_, round_.shown_steps)
        round_.content = json.loads(round_.snapshot)
        before = held_before(kind, rounds, number)
        round_.changes = (
            kind.differences(json.loads(before.snapshot), round_.content)
            if before
            else []
        )
    return Progress(kind, record, rounds, turn, user)


def held_before(kind: Kind, rounds: Sequence[Any], number: int) -> Any:
    """Return the round whose content a round of `rounds` (newest first) is set beside.

    That is the one before it; of what is proposed the first one is beside what held.
    """
    older, proposed = rounds[number + 1 :], kind.proposed(rounds[number])
    same = [one for one in older if kind.proposed(one) == proposed]
    held = [one for one in older if kind.is_in_force(one)]
    return next(iter(same or held or older), None)


def _turn_in(
    kind: Kind,
    record: Any,
    round_: Any,
    verdicts: dict[int, list[Any]],
    approvers: Approvers,
) -> Turn | None:
    """Return whose turn it is in an open round; None if it has no step."""
    made = {
        pk: [
            (one.by_id, one.on_behalf_of_id) for one in on_step if not one.taken_back_at
        ]
        for pk, on_step in verdicts.items()
    }
    step, deciders = waiting_for(
        list(round_.steps.all()),
        made,
        record.owner.department,
        kind.doers(record, round_),
        approvers,
    )
    return Turn(step, made, deciders) if step else None


def _rows(step: Any, verdicts: list[Any], turn: Turn | None) -> list[dict[str, Any]]:
    """Return what is shown of a step: its verdicts, and who has still to decide."""
    rows = [{"asked": step, "decision": one, "waits_for": []} for one in verdicts]
    if turn and step == turn.step and turn.people:
        rows.append({"asked": turn.asked, "decision": None, "waits_for": turn.people})
    elif all(one.taken_back_at for one in verdicts):
        rows.append({"asked": step, "decision": None, "waits_for": []})
    return rows


def _verdicts(kind: Kind, step: Any) -> list[Any]:
    """Return the verdicts on a step of `rounds_shown`, the first one first."""
    return [_verdict(kind, row) for row in step.verdicts]


def _verdict(kind: Kind, row: Any) -> Any:
    said = json.loads(row) if isinstance(row, str) else row
    by, behalf = _people(said)
    back = said["taken_back_at"]
    verdict: Any = kind.decisions(
        pk=said["pk"],
        approved=said["approved"],
        opinion=said["opinion"],
        at=datetime.fromisoformat(said["at"]),
        by=by,
        on_behalf_of=behalf,
    )
    verdict.taken_back_at = back and datetime.fromisoformat(back)
    return verdict


def _people(said: dict[str, Any]) -> Iterator[User | None]:
    """Yield who gave a verdict, and on whose behalf."""
    for name in ("by", "on_behalf_of"):
        pk = said[f"{name}_id"]
        yield User(pk=pk, name=said[f"{name}__name"]) if pk else None
