"""The charts of encounters and of industry news."""

from django.utils.translation import gettext_lazy as _

from crm.charts.chart import Chart
from crm.charts.dimensions import Choices, Options, Related, Steps

OF_ENCOUNTERS = (
    Chart(
        "competitor",
        _("Encounters by competitor and outcome"),
        Related("competitor"),
        Choices("outcome"),
        dated="happened_on",
        look="bars",
    ),
    Chart(
        "month",
        _("Encounters by month and outcome"),
        Steps("happened_on", "month"),
        Choices("outcome"),
        dated="happened_on",
    ),
)
OF_NEWS = (
    Chart(
        "category",
        _("News by category"),
        Options("category"),
        dated="published_on",
        look="bars",
    ),
    Chart(
        "month",
        _("News by month and category"),
        Steps("published_on", "month"),
        Options("category"),
        dated="published_on",
    ),
)
