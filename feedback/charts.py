"""The charts of interactions."""

from django.utils.translation import gettext_lazy as _

from crm.charts.chart import Chart
from crm.charts.dimensions import Options, People, Steps

OF_INTERACTIONS = (
    Chart(
        "week",
        _("Interactions by week and method"),
        Steps("occurred_at", "week"),
        Options("method"),
        dated="occurred_at",
    ),
    Chart(
        "method",
        _("Interactions by person and method"),
        People(),
        Options("method"),
        dated="occurred_at",
        look="bars",
    ),
    Chart(
        "people",
        _("Interactions by person"),
        People(),
        dated="occurred_at",
        compared=True,
        look="bars",
        is_first=True,
        on_workbench=True,
    ),
)
