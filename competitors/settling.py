"""What becomes of the encounters over an opportunity: they end with it.

`crm.kinds.settling_of` finds this for opportunities, which know no competitors.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from competitors.models import Encounter
from crm.guards.actor import acting
from crm.notices.sending import notify
from sales.models import Stage

OUTCOME = Encounter.Outcome


def open_over(opportunity, user):
    """Return the open encounters over an opportunity that a person may see."""
    rows = met(user).filter(opportunity=opportunity)
    return rows.filter(outcome=OUTCOME.OPEN).order_by("competitor__name", "pk")


def met(user):
    """Return the encounters that a person may see."""
    return Encounter.objects.visible_to(user).order_by()


def settle(opportunity, kind, winner, by):
    """Give each open encounter over an opportunity that is closed its outcome.

    Who won it has won; where none of them did, or the customer buys nothing, both
    lost. One that is void is no outcome for anybody.

    Args:
        opportunity: what is closed, locked.
        kind: of the stage it is closed with.
        winner: the encounter with the competitor who won, if one did.
        by: who closes it.

    Raises:
        ValidationError: the winner is no open encounter over it (`conflict`).
    """
    rows = _locked(opportunity, outcome=OUTCOME.OPEN)
    if winner is not None and (winner not in rows or winner.deleted_at):
        raise ValidationError(
            _("The encounter is over, or about something else."), code="conflict"
        )
    if kind == Stage.Kind.VOID:
        return
    for row in rows:
        _decide(row, _outcome(row, kind, winner), by, is_settled=True)


def open_again(opportunity, by):
    """Open the encounters again that ended with an opportunity.

    One whose outcome somebody has changed since stays as they say.
    """
    for row in _locked(opportunity, is_settled=True):
        _decide(row, OUTCOME.OPEN, by, is_settled=False)


def _locked(opportunity, **which):
    """Lock encounters, also those in the recycle bin: they come back as they are."""
    rows = Encounter.everything.filter(opportunity=opportunity, **which)
    return list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))


def _outcome(row, kind, winner):
    if kind == Stage.Kind.WON:
        return OUTCOME.WE_WON
    has_won = winner is not None and row.competitor_id == winner.competitor_id
    return OUTCOME.THEY_WON if has_won else OUTCOME.BOTH_LOST


def _decide(row, outcome, by, *, is_settled):
    """Write an outcome; its owner is told, who need not see the opportunity.

    Of what lies in the recycle bin nobody is told.
    """
    row.outcome, row.is_settled = outcome, is_settled
    with acting(by):
        row.save(update_fields=["outcome", "is_settled"])
    if row.deleted_at is None:
        notify(row.owner_id, "settled" if is_settled else "unsettled", row, by=by)
