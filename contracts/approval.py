"""The life of a contract: submit, decide, recall, amend, complete, terminate.

Each verb locks the contract, asks for the right on the stored row, and moves the
status only from where it thinks it is. PostgreSQL refuses the rest
(`contracts.guards`).
"""

from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.approvers import Approvers, barred_from, waiting_for
from contracts.models import (
    ApprovalRule,
    Contract,
    Decision,
    Edition,
    Round,
    RoundStep,
)
from contracts.refusals import FOUR_EYES, forbidden, moved_on, refusals
from contracts.snapshots import canonical, content_of, digest
from crm import history
from crm.models.record import Registration
from crm.text import clean
from crm.validators import validate_business_date

Status = Contract.Status
LONGEST_OPINION = 1000


def submit(contract, *, by):
    """Hand a draft in: to those whom a rule names, or straight into the books.

    With it the contract stands in the books' process, so a reported one is
    registered. Return the round.

    Raises:
        ValidationError: it is no draft any more (`conflict`), not theirs to submit
            (`forbidden`), its amount is not the sum of its lines, or nobody could
            decide.
    """
    with _changing(contract, Status.DRAFT, by, "submitted", "submit"):
        if contract.registration == Registration.RETURNED:
            raise ValidationError(
                _("The information administrator returned this. Report it again first.")
            )
        lines = list(contract.lines.all())
        if lines and sum(line.amount for line in lines) != contract.amount:
            raise ValidationError(_("The contract amount is not the sum of its lines."))
        discount = max((line.discount for line in lines), default=0)
        rule = ApprovalRule.objects.matching(contract, discount).first()
        round_ = _new_round(contract, rule, by)
        if rule is None:
            _move(
                contract, Status.DRAFT, Status.REGISTERED, **_in_the_books(contract, by)
            )
            _register_edition(contract, round_)
        else:
            _ask(contract, round_, rule)
            _move(contract, Status.DRAFT, Status.PENDING, **_in_the_books(contract, by))
        return round_


def decide(contract, *, by, approved, opinion, round_id):
    """Give the verdict on the step that waits for `by`; return the decision.

    Args:
        approved: yes or no; a no needs an opinion.
        opinion: why.
        round_id: the round whose content `by` has seen.

    Raises:
        ValidationError: the round is over or another one (`conflict`), it is their
            own contract or not their turn (`forbidden`), the reason is missing.
    """
    opinion = _checked_opinion(opinion, approved)
    verb = "approved" if approved else "rejected"
    with _changing(contract, Status.PENDING, by, verb, "approve"):
        round_ = contract.rounds.filter(state=Round.State.OPEN).first()
        if round_ is None or round_.pk != round_id:
            raise moved_on()
        step, behalf = _turn_of(by, contract, round_)
        decision = Decision.objects.create(
            contract=contract,
            step=step,
            approved=approved,
            opinion=opinion,
            by=by,
            on_behalf_of=behalf,
        )
        _conclude(contract, round_, approved)
        return decision


def recall(contract, *, by):
    """Take a submitted contract back; only who submitted it or owns it may.

    Raises:
        ValidationError: it is decided already (`conflict`), or not theirs.
    """
    with _changing(contract, Status.PENDING, by, "recalled", "view"):
        round_ = contract.rounds.get(state=Round.State.OPEN)
        if by.pk not in (round_.submitted_by_id, contract.owner_id):
            raise forbidden(_("Only who submitted or owns a contract can recall it."))
        _close(round_, Round.State.RECALLED)
        _move(contract, Status.PENDING, Status.DRAFT)


def amend(contract, *, by):
    """Open a contract of the books for a change: the draft of its next edition.

    What was registered stays as an edition and is what holds until the next one is
    approved.

    Raises:
        ValidationError: it is not in the books (`conflict`), or not theirs.
    """
    with _changing(contract, Status.REGISTERED, by, "amended", "submit"):
        _move(contract, Status.REGISTERED, Status.DRAFT, edition=contract.edition + 1)


def complete(contract, *, by):
    """Close a contract that both sides have fulfilled.

    Raises:
        ValidationError: it is not in the books (`conflict`), or not theirs.
    """
    with _changing(contract, Status.REGISTERED, by, "completed", "complete"):
        _move(
            contract,
            Status.REGISTERED,
            Status.COMPLETED,
            completed_on=timezone.localdate(),
        )


def terminate(contract, *, by, reason, day):
    """End a contract before its time.

    Args:
        reason: an item of the dictionary of termination reasons.
        day: the last day it was in force.

    Raises:
        ValidationError: it is not in the books (`conflict`), or not theirs.
    """
    validate_business_date(day)
    with _changing(contract, Status.REGISTERED, by, "terminated", "terminate"):
        _move(
            contract,
            Status.REGISTERED,
            Status.TERMINATED,
            terminated_on=day,
            termination_reason=reason,
        )


def _turn_of(user, contract, round_):
    """Return the open step that waits for a person and whom they stand in for."""
    if user.pk in barred_from(contract, round_.submitted_by_id):
        raise forbidden(_(FOUR_EYES))
    made = dict(contract.decisions.order_by().values_list("step", "by"))
    steps = list(round_.steps.all())
    step, deciders = waiting_for(contract, round_, steps, made, Approvers())
    if user not in deciders:
        raise forbidden(_("This contract does not wait for your decision."))
    return step, deciders[user]


@contextmanager
def _changing(contract, status, by, verb, action):
    """Lock the contract as stored, in this state, for who has the right to it."""
    with refusals(), history.acting(by, verb=verb):
        rows = Contract.objects.select_for_update(of=("self",))
        stored = rows.filter(pk=contract.pk).first()
        if stored is None:
            raise moved_on()
        contract.refresh_from_db()
        if not by.has_perm(f"contracts.{action}_contract", contract):
            raise forbidden(_("You cannot do this to this contract."))
        if contract.status != status:
            raise moved_on()
        yield


def _move(contract, before, after, **fields):
    """Change the status if it still is as thought: two cannot both win."""
    rows = Contract.objects.filter(pk=contract.pk, status=before)
    if not rows.update(status=after, **fields):
        raise moved_on()
    contract.refresh_from_db()


def _in_the_books(contract, by):
    """Return the fields that register a contract which is only reported."""
    if contract.registration == Registration.REGISTERED:
        return {}
    return {
        "registration": Registration.REGISTERED,
        "registered_by": by,
        "registered_at": timezone.now(),
    }


def _new_round(contract, rule, by):
    text, now = canonical(content_of(contract)), timezone.now()
    unruled = rule is None
    return Round.objects.create(
        contract=contract,
        edition=contract.edition,
        snapshot=text,
        sha256=digest(text),
        rule_name="" if unruled else rule.name,
        unruled=unruled,
        submitted_by=by,
        submitted_at=now,
        state=Round.State.APPROVED if unruled else Round.State.OPEN,
        closed_at=now if unruled else None,
    )


def _ask(contract, round_, rule):
    """Copy the steps of a rule into a round; refuse where nobody could decide."""
    approvers = Approvers()
    steps = [
        RoundStep(
            round=round_,
            position=position,
            asks=step.asks,
            role=step.role,
            person=step.person,
            last_resort=rule.last_resort,
        )
        for position, step in enumerate(rule.steps.all(), start=1)
    ]
    for step in steps:
        if not approvers.of(step, contract, round_.submitted_by_id):
            raise ValidationError(
                _(
                    "Nobody can approve this contract: “%(rule)s” asks %(step)s, and"
                    " no head above and no last resort can stand in. Ask the system"
                    " administrator to name a last resort in the approval rules."
                )
                % {"rule": rule, "step": step}
            )
    if not steps:
        raise ValidationError(_("The approval rule “%s” has no steps.") % rule)
    RoundStep.objects.bulk_create(steps)


def _conclude(contract, round_, approved):
    """Go on after a verdict: the next step, into the books, or back to the draft."""
    if not approved:
        _close(round_, Round.State.REJECTED)
        _move(contract, Status.PENDING, Status.DRAFT)
    elif not round_.steps.filter(decision=None).exists():
        _close(round_, Round.State.APPROVED)
        _move(contract, Status.PENDING, Status.REGISTERED)
        _register_edition(contract, round_)


def _close(round_, state):
    rows = Round.objects.filter(pk=round_.pk, state=Round.State.OPEN)
    if not rows.update(state=state, closed_at=timezone.now()):
        raise moved_on()


def _register_edition(contract, round_):
    Edition.objects.create(contract=contract, number=contract.edition, round=round_)


def _checked_opinion(opinion, approved):
    opinion = clean(opinion)
    if not opinion and not approved:
        raise ValidationError(_("Say why it is rejected."))
    if len(opinion) > LONGEST_OPINION:
        raise ValidationError(
            _("An opinion has %s characters at most.") % LONGEST_OPINION
        )
    return opinion
