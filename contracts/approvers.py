"""Who decides on contracts and on changes to them, and whose own doing they are."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from contracts.guards import TABLES
from contracts.models import Contract, Decision, Round, RoundStep
from crm.approval.turns import Turns

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


def barred_from(contract: Contract, round_: Round) -> set[int | None]:
    """Return the ids of those whose own doing a round decides on: four eyes."""
    barred = {contract.owner_id, contract.entered_by_id, round_.submitted_by_id}
    change = round_.amendment
    if change is None:
        return barred | {contract.edited_by_id}
    return barred | {change.entered_by_id, change.edited_by_id, change.owner_id}


def _barred(row: Mapping[str, Any]) -> set[int | None]:
    """Return the same as `barred_from` of what was read of a step (`OF_STEP`)."""
    barred = {row["owner"], row["entered_by"], row["submitted_by"]}
    if row["change"] is None:
        return barred | {row["edited_by"]}
    names = ("change_entered_by", "change_edited_by", "change_owner")
    return barred | {row[name] for name in names}


def _steps() -> QuerySet:
    """Return the steps of what is decided upon."""
    return RoundStep.objects.filter(
        round__state=Round.State.OPEN,
        round__contract__in=Contract.objects.pending().order_by(),
    )


turns = Turns(
    topic=TABLES.topic,
    right=TABLES.approve,
    steps=_steps,
    decisions=Decision,
    columns=OF_STEP,
    barred=_barred,
)
