"""The charts of encounters and of industry news."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from competitors.models import Encounter
from crm.charts.chart import Chart
from crm.charts.crossing import Crossing, Side
from crm.charts.dimensions import (
    Bands,
    Choices,
    Options,
    Related,
    Steps,
    Texts,
)
from crm.charts.regions import ProvincesOf

#: Where the spans of offered prices begin, in CNY.
PRICES = (100_000, 500_000, 1_000_000, 5_000_000)
SIDES = (
    Side("competitor", _("competitor"), Related("competitor")),
    Side("product", _("offered product"), Texts("offered_product", "offered")),
    Side(
        "region",
        _("region"),
        ProvincesOf("customer", "customer_region"),
    ),
    Side("amount", _("offered price (CNY)"), Bands("price", PRICES, "priced")),
    Side("month", _("month of the encounter"), Steps("happened_on", "month")),
)
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
    Crossing(
        "crossed",
        _("Encounters won and lost"),
        Related("competitor"),
        dated="happened_on",
        sides=SIDES,
        outcome="outcome",
        outcomes=(
            (Encounter.Outcome.WE_WON.value, pgettext_lazy("outcome", "won")),
            (Encounter.Outcome.THEY_WON.value, pgettext_lazy("outcome", "lost")),
        ),
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
