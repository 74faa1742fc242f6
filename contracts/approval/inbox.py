"""What the information administrator does with what no rule asks approval for."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contracts.approval.moves import (
    FLOW,
    State,
    Status,
    changing,
    into_the_books,
    move,
)
from contracts.approval.submission import check_credit, checked
from contracts.models import Amendment, Contract
from contracts.notices import tell_reporters
from contracts.refusals import moved_on
from contracts.snapshots import content_of, differences
from crm.models import User
from crm.models.record import Registration


def register(contract: Contract, *, by: User) -> None:
    """Put a contract, or a change to it, that was handed in into the books.

    Raises:
        ValidationError: it does not wait for that (`conflict`), or not theirs, or a
            rule asks for approval by now.
    """
    with changing(contract, by, "registered", "register"):
        subject = _handed_in(contract)
        checked(subject)
        if rule := check_credit(subject, contract):
            raise ValidationError(
                _(
                    "“%s” asks for approval of this contract. Return it, so that it is"
                    " submitted again."
                )
                % rule
            )
        into_the_books(subject, FLOW.new_round(subject, None, by), by)
        tell_reporters(contract, "registered", by)


def send_back(contract: Contract, *, by: User, reason: str) -> None:
    """Return what was handed in to its writer, with the reason.

    Raises:
        ValidationError: there is no reason or a very long one, or it does not wait to
            be registered (`conflict`).
    """
    text = Contract.reason_to_return(reason)
    with changing(contract, by, "returned", "register"):
        subject = _handed_in(contract)
        if subject is not contract:
            move(subject, State.REJECTED, return_reason=text)
        elif contract.registration == Registration.REGISTERED:
            # Its people see it already: it stays theirs to read, as a rejected one.
            move(contract, Status.REJECTED, return_reason=text)
        else:
            returned = {"registration": Registration.RETURNED, "return_reason": text}
            move(contract, Status.DRAFT, **returned)
        tell_reporters(contract, "returned", by, text)


def report_again(contract: Contract, *, by: User) -> None:
    """Hand a returned contract in again; the rules are asked when it is registered.

    Raises:
        ValidationError: it is not returned any more (`conflict`).
    """
    statuses = (Status.DRAFT,)
    with changing(contract, by, "reported", "change", statuses=statuses):
        if contract.registration != Registration.RETURNED:
            raise moved_on()
        again = {"registration": Registration.REPORTED, "return_reason": ""}
        move(contract, Status.REPORTED, **again)


def reported_change(contract: Contract) -> tuple[Amendment, list[dict]]:
    """Return the change that waits to be registered, and what it says differently."""
    change = contract.amendments.get()
    change.contract = contract
    return change, differences(content_of(contract), content_of(change))


def _handed_in(contract: Contract) -> Contract | Amendment:
    """Return the contract or the change to it that waits to be registered."""
    if contract.status == Status.REPORTED:
        return contract
    change = contract.amendments.filter(state=Amendment.State.REPORTED).first()
    if change is None:
        raise moved_on()
    change.contract = contract
    return change
