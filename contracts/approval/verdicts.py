"""Verdicts on what was handed in."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contracts.approval.moves import State, changing, close, into_the_books, move
from contracts.approvers import Approvers, barred_from, waiting_for
from contracts.models import Contract, Decision, Round, RoundStep
from contracts.notices import ask_deciders, tell_outcome
from contracts.refusals import FOUR_EYES, forbidden, moved_on
from crm.models import User
from crm.text import clean

LONGEST_OPINION = 1000


def decide(
    contract: Contract,
    *,
    by: User,
    approved: bool,
    opinion: str,
    round_id: int,
    seen: int | None = None,
) -> Decision:
    """Give the verdict on the step that waits for `by`; return the decision.

    Args:
        contract: the contract, itself or a change to it being decided upon.
        by: the person.
        approved: yes or no; a no needs an opinion.
        opinion: why.
        round_id: the round whose content `by` has seen.
        seen: the version that `by` has seen.

    Raises:
        ValidationError: the round is over or another one (`conflict`), it is their
            own contract or not their turn (`forbidden`), the reason is missing.
    """
    opinion = _checked_opinion(opinion, approved)
    verb = "approved" if approved else "rejected"
    with changing(contract, by, verb, "approve", seen=seen):
        rounds = contract.rounds.filter(state=Round.State.OPEN)
        round_ = rounds.select_related("amendment").first()
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
        _conclude(contract, round_, approved, by)
        _tell(contract, round_, decision)
        return decision


def _turn_of(
    user: User, contract: Contract, round_: Round
) -> tuple[RoundStep, User | None]:
    """Return the open step of a round and whom the person stands in for."""
    if user.pk in barred_from(contract, round_):
        raise forbidden(_(FOUR_EYES))
    made = dict(contract.decisions.order_by().values_list("step", "by"))
    steps = list(round_.steps.all())
    step, deciders = waiting_for(contract, round_, steps, made, Approvers())
    if user not in deciders:
        raise forbidden(_("This contract does not wait for your decision."))
    return step, deciders[user]


def _conclude(contract: Contract, round_: Round, approved: bool, by: User) -> None:
    """Go on after a verdict: the next step, into the books, or back to its writer."""
    change = round_.amendment
    if change is not None:
        change.contract = contract
    subject = change or contract
    if not approved:
        close(round_, Round.State.REJECTED)
        move(subject, State.REJECTED)
    elif not round_.steps.filter(decision=None).exists():
        close(round_, Round.State.APPROVED)
        into_the_books(subject, round_, by)


def _tell(contract: Contract, round_: Round, decision: Decision) -> None:
    """Tell whom it concerns: the writer of a last word, the next to decide else."""
    by = decision.by
    if not decision.approved:
        tell_outcome(contract, round_, "rejected", by, decision.opinion)
    elif round_.steps.filter(decision=None).exists():
        ask_deciders(contract, round_, by)
    else:
        tell_outcome(contract, round_, "approved", by, decision.opinion)


def _checked_opinion(opinion: str, approved: bool) -> str:
    opinion = clean(opinion)
    if not opinion and not approved:
        raise ValidationError(_("Say why it is rejected."))
    if len(opinion) > LONGEST_OPINION:
        raise ValidationError(
            _("An opinion has %s characters at most.") % LONGEST_OPINION
        )
    return opinion
