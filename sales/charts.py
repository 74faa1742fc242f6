"""The charts of leads and opportunities."""

from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from crm.charts.chart import Chart
from crm.charts.dimensions import Choices, Group, Options, People, Steps
from sales.models import Stage

OPEN = {"status": ("open",)}


@dataclass(frozen=True)
class Stages:
    """The open stages, in the order of the pipelines; those out of use if one stands
    there."""

    column: str = "stage"
    is_whole = True

    def expression(self, _model, _asked):
        """Tell them by their ids."""
        return F(f"{self.column}_id")

    def groups(self, _model, _asked, found):
        """Return the stages in their order."""
        stages = Stage.objects.filter(kind=Stage.Kind.OPEN).select_related("pipeline")
        used = [stage for stage in stages if stage.active or str(stage.pk) in found]
        return [
            Group(str(stage.pk), str(stage), {self.column: stage.pk}) for stage in used
        ]


OF_OPPORTUNITIES = (
    Chart("stage", _("Open opportunities by stage"), Stages(), only=OPEN, look="bars"),
    Chart(
        "stage_amount",
        _("Amounts of open opportunities by stage"),
        Stages(),
        amount="amount",
        only=OPEN,
        look="bars",
    ),
    Chart(
        "expected",
        _("Amounts expected by month and status"),
        Steps("expected_on", "month"),
        Choices("status"),
        dated="expected_on",
        amount="amount",
        is_first=True,
    ),
    Chart(
        "closed",
        _("Opportunities closed by month and how they ended"),
        Steps("closed_on", "month"),
        Choices("status"),
        dated="closed_on",
    ),
    Chart(
        "reasons",
        _("Reasons of winning and losing"),
        Options("closing_reason"),
        Choices("status"),
        dated="closed_on",
        look="bars",
    ),
    Chart(
        "people",
        _("Amounts won by person"),
        People(),
        dated="closed_on",
        amount="amount",
        only={"status": ("won",)},
        compared=True,
        look="bars",
    ),
)

OF_LEADS = (
    Chart(
        "new",
        _("New leads by month and source"),
        Steps("created_at", "month"),
        Options("source"),
        dated="created_at",
    ),
    Chart(
        "conversion",
        _("What became of leads, by source"),
        Options("source"),
        Choices("status"),
        dated="created_at",
        look="bars",
    ),
    Chart(
        "people",
        _("What became of leads, by person"),
        People(),
        Choices("status"),
        dated="created_at",
        look="bars",
    ),
    Chart(
        "reasons",
        _("Reasons of invalid leads"),
        Options("invalid_reason"),
        dated="created_at",
        only={"status": ("invalid",)},
        look="bars",
    ),
)
