"""What leads, opportunities and quotations are of somebody's day."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.day_facts import DayFact

OF_LEADS = (
    DayFact(
        key="leads_touched",
        label=_("leads contacted for the first time"),
        at="first_touched_at",
        place=30,
        who="touched_by",
        listed="touched_by",
    ),
    DayFact(
        key="leads_converted",
        label=_("leads converted"),
        at="converted_at",
        place=40,
        where=Q(status="converted"),
        listed="owner",
        conditions={"status": "converted"},
    ),
)
#: Moved by the person, whoever's opportunity it is; where it began is no move.
OF_STAYS = (
    DayFact(
        key="opportunities_moved",
        label=_("opportunities moved on"),
        at="entered_at",
        place=50,
        who="by",
        where=Q(before__isnull=False, stage__kind="open"),
        under="opportunity",
        once=True,
    ),
)
OF_OPPORTUNITIES = (
    DayFact(
        key="opportunities_won",
        label=_("opportunities won"),
        at="closed_on",
        place=60,
        where=Q(status="won"),
        amount="amount",
        listed="owner",
        conditions={"status": "won"},
    ),
)
OF_QUOTATIONS = (
    DayFact(
        key="quotations_sent",
        label=_("quotations sent"),
        at="sent_on",
        place=70,
        amount="amount",
        listed="owner",
    ),
)
#: Of the lines of work plans, those of a plan that the person carries out.
OF_PLAN_LINES = (
    DayFact(
        key="plan_lines",
        label=_("plan lines done"),
        at="done_at",
        place=110,
        who="plan__owner",
        under="plan",
    ),
)
