"""Who decides on contracts and on changes to them, and whose own doing they are."""

import json
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Prefetch
from django.db.models.functions import JSONObject

from contracts.models import Contract, Decision, Round, RoundStep
from crm.models import User

APPROVE = "contracts.approve_contract"
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


def barred_from(contract: Contract, round_: Round) -> set[int | None]:
    """Return the ids of those whose own doing a round decides on: four eyes."""
    barred = {contract.owner_id, contract.entered_by_id, round_.submitted_by_id}
    change = round_.amendment
    if change is None:
        return barred | {contract.edited_by_id}
    return barred | {change.entered_by_id, change.edited_by_id, change.owner_id}


def rounds_shown() -> tuple[Prefetch, ...]:
    """Return the prefetches of everything that the rounds of contracts show."""
    verdicts = Decision.objects.filter(step=OuterRef("pk")).order_by("pk")
    rows = verdicts.values(row=JSONObject(**{name: F(name) for name in OF_VERDICT}))
    steps = RoundStep.objects.select_related("role", "person").annotate(
        verdicts=ArraySubquery(rows)
    )
    rounds = Round.objects.select_related(
        "submitted_by", "registered_as", "amendment__customer"
    )
    return (
        Prefetch("rounds", rounds),
        Prefetch("rounds__steps", steps),
    )


def verdicts_on(step: Any) -> list[Decision]:
    """Return the verdicts on a step of `rounds_shown`, the first one first."""
    return [_verdict(row) for row in step.verdicts]


def _verdict(row: Any) -> Decision:
    said = json.loads(row) if isinstance(row, str) else row
    by, behalf = (
        User(pk=said[f"{name}_id"], name=said[f"{name}__name"])
        if said[f"{name}_id"]
        else None
        for name in ("by", "on_behalf_of")
    )
    return Decision(
        pk=said["pk"],
        approved=said["approved"],
        opinion=said["opinion"],
        at=datetime.fromisoformat(said["at"]),
        by=by,
        on_behalf_of=behalf,
    )
