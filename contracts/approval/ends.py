"""How a contract ends; both work on what holds."""

from datetime import date

from django.utils import timezone

from contracts.approval.moves import Status, changing, move, refuse_change
from contracts.models import Contract
from crm.models import DictionaryItem, User
from crm.validators import validate_business_date


def complete(contract: Contract, *, by: User) -> None:
    """Close a contract that both sides have fulfilled.

    Raises:
        ValidationError: it is not in force, or a change is under way (`conflict`), or
            not theirs.
    """
    statuses = (Status.REGISTERED,)
    with changing(contract, by, "completed", "complete", statuses=statuses):
        refuse_change(contract)
        move(contract, Status.COMPLETED, completed_on=timezone.localdate())


def terminate(
    contract: Contract, *, by: User, reason: DictionaryItem, day: date
) -> None:
    """End a contract before its time.

    Args:
        contract: the contract.
        by: the person.
        reason: an item of the dictionary of termination reasons.
        day: the last day it was in force.

    Raises:
        ValidationError: it is not in force, or a change is under way (`conflict`), or
            not theirs.
    """
    validate_business_date(day)
    statuses = (Status.REGISTERED,)
    with changing(contract, by, "terminated", "terminate", statuses=statuses):
        refuse_change(contract)
        move(
            contract,
            Status.TERMINATED,
            terminated_on=day,
            termination_reason=reason,
        )
