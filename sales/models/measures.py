"""For what of opportunities targets can be set."""

from django.db.models import Q
from django.utils.translation import pgettext_lazy

from crm.models.measures import Measure

OF_OPPORTUNITIES = (
    Measure(
        key="opportunities_won",
        label=pgettext_lazy("measure", "opportunities won"),
        days=("closed_on",),
        where=Q(status="won"),
        conditions={"status": "won"},
        amount="amount",
    ),
)
