"""Who decides on contracts and on changes to them, and whose own doing they are."""

from django.db.models import Prefetch

from contracts.models import Contract, Round, RoundStep

APPROVE = "contracts.approve_contract"


def barred_from(contract: Contract, round_: Round) -> set[int | None]:
    """Return the ids of those whose own doing a round decides on: four eyes."""
    barred = {contract.owner_id, contract.entered_by_id, round_.submitted_by_id}
    change = round_.amendment
    if change is None:
        return barred | {contract.edited_by_id}
    return barred | {change.entered_by_id, change.edited_by_id, change.owner_id}


def rounds_shown() -> tuple[Prefetch, ...]:
    """Return the prefetches of everything that the rounds of contracts show."""
    steps = RoundStep.objects.select_related(
        "role", "person", "decision__by", "decision__on_behalf_of"
    )
    rounds = Round.objects.select_related(
        "submitted_by", "registered_as", "amendment__customer"
    )
    return (
        Prefetch("rounds", rounds),
        Prefetch("rounds__steps", steps),
    )
