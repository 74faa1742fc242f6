"""Numbers of the menu: what waits for one's decision, and what was rejected."""

from contracts.approvers import APPROVE
from contracts.guards import TABLES
from contracts.models import Amendment, Contract, Decision, Round, RoundStep
from crm.approval.turns import Turns
from crm.navigation import numbers_of
from crm.navigation.numbers import MenuNumber

CONTRACT, CHANGE = "round__contract__", "round__amendment__"
#: What is read of a step beside what it asks, by what it is called here.
OF_STEP = {
    "record": "round__contract",
    "submitted_by": "round__submitted_by",
    "change": "round__amendment",
    "change_owner": f"{CHANGE}owner",
    "change_entered_by": f"{CHANGE}entered_by",
    "change_edited_by": f"{CHANGE}edited_by",
    "owner": f"{CONTRACT}owner",
    "entered_by": f"{CONTRACT}entered_by",
    "edited_by": f"{CONTRACT}edited_by",
    "path": f"{CONTRACT}owner__department__path",
}


def turns_of(user):
    """Return the ids of the open rounds that wait for a person, the oldest first.

    They are read together with all else that the menu counts, once in a request.
    """
    return list(contracts_of_turns(user))


def contracts_of_turns(user):
    """Return {id of a round: id of its contract} of the same rounds."""
    numbers_of(user)
    return turns.of(user)


def _steps():
    """Return the steps of what is decided upon."""
    return RoundStep.objects.filter(
        round__state=Round.State.OPEN,
        round__contract__in=Contract.objects.pending().order_by(),
    )


def _barred(row):
    """Return whom four eyes bar from a step: as `contracts.approvers.barred_from`."""
    barred = {row["owner"], row["entered_by"], row["submitted_by"]}
    if row["change"] is None:
        return barred | {row["edited_by"]}
    names = ("change_entered_by", "change_edited_by", "change_owner")
    return barred | {row[name] for name in names}


def _rejected(user):
    return [
        Contract.objects.visibility(user).own().filter(status=Contract.Status.REJECTED)
    ]


def _rejected_changes(user):
    rows = Contract.objects.visibility(user).own()
    return [rows.filter(amendment_state=Amendment.State.REJECTED)]


turns = Turns(
    "turns",
    topic=TABLES.topic,
    right=APPROVE,
    steps=_steps,
    decisions=Decision,
    columns=OF_STEP,
    barred=_barred,
)
rejected, rejected_changes = MenuNumber(_rejected), MenuNumber(_rejected_changes)
