"""The charts of customers."""

from django.utils.translation import gettext_lazy as _

from crm.charts.chart import Chart
from crm.charts.dimensions import Options, People, Steps
from crm.charts.regions import Provinces

OF_CUSTOMERS = (
    Chart(
        "new",
        _("New customers by month and source"),
        Steps("created_at", "month"),
        Options("source"),
        dated="created_at",
        on_workbench=True,
    ),
    Chart(
        "people",
        _("New customers by person"),
        People(),
        dated="created_at",
        compared=True,
        look="bars",
        is_first=True,
    ),
    Chart("level", _("Customers by level"), Options("level")),
    Chart("source", _("Customers by source"), Options("source")),
    Chart("industry", _("Customers by industry"), Options("industry"), look="bars"),
    Chart("region", _("Customers by region"), Provinces("region"), look="bars"),
)
