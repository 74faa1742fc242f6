"""The charts of leads and opportunities."""

from dataclasses import dataclass

from django.db.models import Case, F, When
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from crm.charts.chart import Chart
from crm.charts.dimensions import Choices, Group, Options, People, Steps
from sales.forecast import CHOICES, category
from sales.models import Opportunity, Stage

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


@dataclass(frozen=True)
class Prospects:
    """What was won, how sure the open ones are (`sales.forecast`), and what is lost."""

    column: str = "status"
    is_whole = True

    def expression(self, _model, _asked):
        """Tell open ones by the probability that counts, others by how they ended."""
        return Case(When(status="open", then=category()), default=F(self.column))

    def groups(self, _model, _asked, _found):
        """Return what is won, then the open ones, the surest first, then the others."""
        ends = {
            value: Group(value, capfirst(str(label)), {self.column: value})
            for value, label in Opportunity.Status.choices
        }
        hoped = [Group(one, str(label), {"forecast": one}) for one, label in CHOICES]
        return [ends["won"], *hoped, ends["lost"], ends["void"]]


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
        _("Forecast: amounts by the month in which they are expected"),
        Steps("expected_on", "month"),
        Prospects(),
        dated="expected_on",
        amount="amount",
        is_first=True,
    ),
    Chart(
        "closed",
        _("Opportunities closed by month and how they ended"),
        Steps("closed_on", "month"),
        Choices("status", without=("open",)),
        dated="closed_on",
    ),
    Chart(
        "reasons",
        _("Reasons of winning and losing"),
        Options("closing_reason"),
        Choices("status", without=("open",)),
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
