"""What becomes of the encounters over an opportunity that is closed."""

from competitors.models import Encounter
from crm.guards.actor import acting
from sales.models import Stage

OUTCOME = Encounter.Outcome


def settle(opportunity, kind, winner, by, **_signal):
    """Give each open encounter over a closed opportunity its outcome.

    Who won it has won; where nobody of them did, or the customer buys nothing, both
    lost. One that is void is no outcome for anybody.

    Args:
        opportunity: what was closed, as `sales.moves.closed` tells.
        kind: of the stage it was closed with.
        winner: the encounter with the competitor who won, if one did.
        by: who closed it.
    """
    if kind == Stage.Kind.VOID:
        return
    rows = Encounter.objects.filter(opportunity=opportunity, outcome=OUTCOME.OPEN)
    for row in rows.select_for_update(of=("self",), no_key=True).order_by("pk"):
        row.outcome = _outcome(row, kind, winner)
        with acting(by):
            row.save(update_fields=["outcome"])


def _outcome(row, kind, winner):
    if kind == Stage.Kind.WON:
        return OUTCOME.WE_WON
    return OUTCOME.THEY_WON if row == winner else OUTCOME.BOTH_LOST
