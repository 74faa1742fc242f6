"""What moves records through rounds of approval: asked, decided, taken back, told.

A kind makes one `Flow` of its own and says in it what is the kind's
(`crm.approval.kind`): what its content is, which rule asks for approval, whose own
doing it is, and what becomes of the record.
Each move locks the record, asks for the right on the stored row and compares the
version that the person has seen. PostgreSQL refuses the rest (`crm.approval.guards`).
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.approval.approvers import Deciders, heard_in, seen_as, waiting_for
from crm.approval.kind import Kind, Standing
from crm.approval.refusals import forbidden
from crm.approval.rounds import retractions_of
from crm.approval.rules import Rule
from crm.approval.snapshots import canonical, digest
from crm.models import User
from crm.notices.sending import notify, settle
from crm.text import clean

LONGEST_OPINION = 1000


class Flow(Kind):
    """The moves of one kind."""

    def submit(self, record: Any, *, by: User) -> Any:
        """Hand a record in; it holds at once where no rule asks. Return the round."""
        with self.changing(record, by, "submitted", "submit"):
            if rule := self.rule_for(record):
                return self.ask(record, rule, by)
            round_ = self.new_round(record, None, by)
            self.hold(record, round_, by)
            return round_

    def ask(self, subject: Any, rule: Rule, by: User) -> Any:
        """Open a round of approval by a rule, and tell whose turn it is.

        Raises:
            ValidationError: nobody could decide.
        """
        round_ = self.new_round(subject, rule, by)
        self._refuse_undecidable(round_, rule)
        self.pend(subject, by)
        _step, deciders = self.waiting_for(round_, self.approvers())
        self._tell_deciders(round_, deciders, by)
        return round_

    def new_round(self, subject: Any, rule: Rule | None, by: User) -> Any:
        """Write down what was handed in; open if a rule asks for approval."""
        text, now = canonical(self.content_of(subject)), timezone.now()
        state = self.rounds.State.OPEN if rule else self.rounds.State.APPROVED
        return self.rounds._default_manager.create(
            **self.keys_of(subject),
            snapshot=text,
            sha256=digest(text),
            unruled=rule is None,
            submitted_by=by,
            submitted_at=now,
            state=state,
            closed_at=None if rule else now,
        )

    def decide(
        self,
        record: Any,
        *,
        by: User,
        approved: bool,
        opinion: str,
        round_id: int,
        seen: int | None = None,
        step_seen: str | None = None,
    ) -> Any:
        """Give the verdict on the step that waits for `by`; return the decision.

        Where all have agreed and nobody else is left, `by` lets it take effect: then
        that is the verdict that they gave before.

        Args:
            record: the record, itself or what is proposed of it being decided upon.
            by: the person.
            approved: yes or no; a no needs an opinion.
            opinion: why.
            round_id: the round whose content `by` has seen.
            seen: the version that `by` has seen.
            step_seen: the step that `by` has seen, as `seen_as` says it. Whoever has
                decided in the round before has to say it.

        Raises:
            ValidationError: the round is over or another one (`conflict`), it is
                their own doing or not their turn (`forbidden`), the reason is missing.
        """
        opinion = self._checked_opinion(opinion, approved)
        verb = "approved" if approved else "rejected"
        with self.changing(record, by, verb, "approve", seen=seen):
            round_ = self.open_round(record)
            if round_ is None or round_.pk != round_id:
                raise self.late(record.pk, round_id)
            standing = self.standing(round_)
            step, behalf = self._turn_of(by, round_, standing, step_seen)
            if by.pk in heard_in(standing.made.get(step.pk, ())):
                return self._confirm(round_, step, approved, opinion, by)
            decision = self.decisions._default_manager.create(
                **{self.record: record},
                step=step,
                approved=approved,
                opinion=opinion,
                by=by,
                on_behalf_of=behalf,
            )
            self._go_on(round_, decision)
            return decision

    def recall(self, record: Any, *, by: User) -> None:
        """Take back what was submitted; only who submitted or owns it may.

        Raises:
            ValidationError: it is decided already (`conflict`), or not theirs.
        """
        with self.changing(record, by, "recalled", "view"):
            round_ = self.open_round(record)
            if round_ is None:
                raise self.words.late()
            if by.pk not in (record.owner_id, round_.submitted_by_id):
                raise forbidden(_(self.words.not_theirs))
            self.call_off(round_, "recalled", by)
            self.come_back(self.subject_of(round_), round_.State.RECALLED)

    def take_back(self, record: Any, *, by: User, decision_id: int) -> None:
        """Take back an approval of one's own that nobody has gone on from yet.

        PostgreSQL says whether it still can be (`retraction_triggers`).

        Args:
            record: the record, itself or what is proposed of it being decided upon.
            by: the person.
            decision_id: the verdict.

        Raises:
            ValidationError: it took effect, somebody went on from it, or it is too
                long ago (`conflict`); it is not theirs (`forbidden`).
        """
        with self.changing(record, by, "taken_back", "view"):
            round_ = self.open_round(record)
            decision = self.decisions._default_manager.filter(
                pk=decision_id, step__round=round_
            ).first()
            if round_ is None or decision is None:
                raise self.words.not_back()
            asked = set(self.deciders_of(round_))
            back = retractions_of(self.decisions)
            back.create(**{self.record: record}, decision=decision)
            again = self.waiting_for(round_, self.approvers())[1]
            settle(record, self.right, still=[one.pk for one in again])
            # Whom a deputy stood in for has been told of the approval.
            heard = {decision.on_behalf_of_id} - {None}
            for person in sorted((asked - {one.pk for one in again}) | heard):
                notify(person, "taken_back", record, by=by)

    def call_off(self, round_: Any, verb: str, by: User) -> None:
        """Close a round before it is decided, and tell those who were asked."""
        record = getattr(round_, self.record)
        asked = self.deciders_of(round_)
        self.close(round_, round_.State.RECALLED)
        for person in asked:
            notify(person, verb, record, by=by)

    def close(self, round_: Any, state: str) -> None:
        """Close a round, once; nobody is asked about it any longer."""
        rows = self.rounds._default_manager.filter(
            pk=round_.pk, state=round_.State.OPEN
        )
        if not rows.update(state=state, closed_at=timezone.now()):
            raise self.words.late()
        settle(getattr(round_, self.record), self.right)

    def _turn_of(
        self, user: User, round_: Any, standing: Standing, step_seen: str | None
    ) -> tuple[Any, User | None]:
        """Return the open step of a round and whom the person stands in for."""
        if user.pk in standing.barred:
            raise forbidden(_(self.words.four_eyes))
        step, deciders = waiting_for(*standing, self.approvers())
        if step_seen is None:
            verdicts = (one for made in standing.made.values() for one in made)
            is_late = any(by == user.pk for by, _behalf in verdicts)
        else:
            is_late = step_seen != seen_as(step, standing.made, user.pk)
        if is_late:
            raise self.late(getattr(round_, self.record).pk, round_.pk)
        if user not in deciders:
            raise forbidden(_(self.words.not_asked))
        return step, deciders[user]

    def _confirm(
        self, round_: Any, step: Any, approved: bool, opinion: str, by: User
    ) -> Any:
        """Let hold what all have agreed to; return the verdict that was theirs."""
        if not approved:
            raise ValidationError(_(self.words.agreed))
        self._approve(round_, by, opinion)
        return step.decisions.filter(Q(by=by) | Q(on_behalf_of=by)).first()

    def _approve(self, round_: Any, by: User, opinion: str) -> None:
        """Close a round that is agreed to, and let hold what it decides upon."""
        self.close(round_, round_.State.APPROVED)
        self.hold(self.subject_of(round_), round_, by)
        self._tell_outcome(round_, "approved", by, opinion)

    def _go_on(self, round_: Any, decision: Any) -> None:
        """Go on after a verdict, and tell whom it concerns.

        That is whom it was given for, and the next to decide, or whoever owns and
        submitted the record.
        """
        by, opinion = decision.by, decision.opinion
        self._tell_absent(round_, decision)
        if not decision.approved:
            self.close(round_, round_.State.REJECTED)
            self.come_back(self.subject_of(round_), round_.State.REJECTED)
            self._tell_outcome(round_, "rejected", by, opinion)
            return
        step, deciders = self.next_of(round_)
        if step is None:
            self._approve(round_, by, opinion)
            return
        still = [person.pk for person in deciders]
        settle(getattr(round_, self.record), self.right, still=still)
        if step != decision.step:  # others of the same step have been told
            self._tell_deciders(round_, deciders, by)

    def _refuse_undecidable(self, round_: Any, rule: Rule) -> None:
        """Refuse where nobody could decide."""
        record = getattr(round_, self.record)
        approvers, steps = self.approvers(), list(round_.steps.all())
        barred, department = self.doers(record, round_), record.owner.department
        for step in steps:
            if not waiting_for([step], {}, department, barred, approvers)[1]:
                raise ValidationError(
                    _(self.words.nobody) % {"rule": rule, "step": step}
                )
        if not steps:
            raise ValidationError(_(self.words.no_steps) % rule)

    def _checked_opinion(self, opinion: str, approved: bool) -> str:
        opinion = clean(opinion)
        if not opinion and not approved:
            raise ValidationError(_(self.words.no_reason))
        if len(opinion) > LONGEST_OPINION:
            raise ValidationError(
                _("An opinion has %s characters at most.") % LONGEST_OPINION
            )
        return opinion

    def _tell_deciders(self, round_: Any, deciders: Deciders, by: User) -> None:
        """Tell those whose turn it is that a record waits for them.

        In a fixed order, so that two moves cannot wait for each other's notices.
        """
        for person in sorted(person.pk for person in deciders):
            notify(person, "asked", getattr(round_, self.record), by=by)

    def _tell_absent(self, round_: Any, decision: Any) -> None:
        """Tell whom a deputy stood in for what was decided in their place."""
        verb = "approved_for" if decision.approved else "rejected_for"
        notify(
            decision.on_behalf_of_id,
            verb,
            getattr(round_, self.record),
            by=decision.by,
            reason=decision.opinion,
        )

    def _tell_outcome(self, round_: Any, verb: str, by: User, opinion: str) -> None:
        """Tell who owns and who submitted a record how it was decided."""
        record = getattr(round_, self.record)
        for person in sorted({record.owner_id, round_.submitted_by_id}):
            notify(person, verb, record, by=by, reason=opinion)


def move(subject: Model, after: str, *, state: str = "status", **fields: Any) -> bool:
    """Move a row on if it still stands as it was read; say whether it did.

    Two cannot both win.

    Args:
        subject: the row; is read anew.
        after: where it is to stand.
        state: the column that says where it stands.
        fields: what else changes with it.
    """
    rows = type(subject)._base_manager.filter(
        pk=subject.pk, **{state: getattr(subject, state)}
    )
    if not rows.update(**{state: after}, **fields):
        return False
    subject.refresh_from_db()
    return True
