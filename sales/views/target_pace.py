"""目标进度: what was reached by today beside the pace, of all targets one sees."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from crm.charts.dimensions import MOST_NAMED
from crm.views import PageMixin
from sales.forms.targets import PaceForm
from sales.models import Target, TargetRule
from sales.targets.attainment import Clock, Pace, pace_of, reached_by_all
from sales.targets.coverage import missing
from sales.views.target_lines import Span, percent_text

USUAL = "-reached"
LAST = Decimal(-(10**9))
#: Of so many the page tells, from the end that was asked for.
MOST_RANKED = 50


@dataclass(frozen=True)
class Row:
    """A target in the ranking."""

    target: Target
    span: Span

    @property
    def pace(self):
        """Its Pace."""
        return self.span.pace


@dataclass(frozen=True)
class Cell:
    """A number of the chart: `url` is the list of its rows, or the target's page."""

    value: Decimal
    url: str

    @property
    def text(self):
        """The number as people read it."""
        return percent_text(self.value)


class Picture:
    """The table of the chart (parts/chart.html): who reached how much by today."""

    totals = None
    look, amount = "bars", ""

    def __init__(self, rows):
        self.lines = [(_label(row.target), _cells(row)) for row in rows]
        self.headings = [
            (_("percent reached"), True, 1),
            (_("percent expected by today"), True, 2),
        ]

    @property
    def title(self):
        """What it shows."""
        return _("Reached by today, beside the pace")

    @property
    def corner(self):
        """What the lines are told apart by."""
        return capfirst(str(Target._meta.verbose_name))

    @property
    def is_empty(self):
        """Whether there is nothing to draw."""
        return not self.lines


def _label(target):
    return target.whose


def _cells(row):
    page = row.target.get_absolute_url()
    reached = Cell(row.pace.reached or Decimal(0), row.pace.url or page)
    return [reached, Cell(row.pace.expected, page)]


class TargetPace(PageMixin, TemplateView):
    """The targets of one rule and year that one sees, by what was reached of them."""

    model = Target
    template_name = "sales/target_pace.html"
    http_method_names = ("get", "head", "options")
    reads_from_replica = True

    def get_template_names(self):
        """It has one template."""
        return [self.template_name]

    @cached_property
    def form(self):
        """What is asked for."""
        return PaceForm(self.request.GET)

    @cached_property
    def rule(self):
        """The rule that is asked for, else the first one in use; None without any."""
        chosen = self.form.is_valid() and self.form.cleaned_data["rule"]
        return chosen or TargetRule.objects.order_by("-active", "order", "pk").first()

    @cached_property
    def year(self):
        """The year that is asked for, else this one."""
        given = self.form.is_valid() and self.form.cleaned_data["year"]
        return given or timezone.localdate().year

    @property
    def sort(self):
        """The order that is asked for."""
        return (self.form.is_valid() and self.form.cleaned_data["sort"]) or USUAL

    def get_context_data(self, **context):
        """Reckon what a valid question asks for."""
        found = {"rows": (), "missing": (), "pictures": ()}
        if self.rule is not None and self.form.is_valid():
            found = self._found()
        form = self.form
        if form.is_valid():
            form = PaceForm(initial={"rule": self.rule, "year": self.year})
        return super().get_context_data(
            title=_("Pace of the targets"),
            form=form,
            fields=[form["rule"], form["year"]],
            heads=self._heads(),
            rule=self.rule,
            list_url=Target.page("list"),
            **found,
            **context,
        )

    def _found(self):
        user, clock = self.request.user, Clock(self.year)
        targets = Target.objects.registered().visible_to(user)
        targets = targets.filter(rule=self.rule, year=self.year)
        targets = list(targets.select_related("rule", "department", "person"))
        reached = reached_by_all(self.rule, self.year, targets)
        is_now = timezone.localdate().year == self.year
        rows = []
        for target in targets:
            pace = pace_of(target, reached[target.pk], clock)
            rows.append(Row(target, Span(target.whose, pace, self.rule, is_now)))
        rows.sort(key=lambda row: (row.target.title, row.target.pk))
        name, down = self.sort.lstrip("-"), self.sort.startswith("-")
        rows.sort(key=lambda row: _key(row, name), reverse=down)
        return {
            "rows": rows[:MOST_RANKED],
            "total": len(rows),
            "pictures": self._pictures(rows[:MOST_NAMED]),
            "missing": missing(self.rule, self.year, user, targets),
            "knows_holidays": clock.knows_holidays,
            "share": percent_text(pace_expected(clock)),
        }

    @staticmethod
    def _pictures(rows):
        """Return what parts/chart.html draws: nothing where nobody has a target."""
        if not rows:
            return ()
        table = Picture(rows)
        return ({"name": "target-pace", "table": table, "chart": table, "files": ()},)

    def _heads(self):
        """Return [(label, address, direction)] of the columns that sort."""
        found = []
        for name, label, is_number in (
            ("title", Target._meta.verbose_name, False),
            ("target", _("target"), True),
            ("actual", _("reached"), True),
            ("reached", _("percent reached"), True),
            ("ahead", _("points ahead"), True),
        ):
            here = self.sort.lstrip("-") == name
            down = self.sort.startswith("-")
            direction = ("descending" if down else "ascending") if here else ""
            query = {
                "rule": self.rule.pk if self.rule else "",
                "year": self.year,
                "sort": name if here and down else f"-{name}",
            }
            url = f"?{urlencode(query)}"
            found.append((capfirst(str(label)), url, direction, is_number))
        return found


def pace_expected(clock):
    """Return what should be reached of the year by today, in percent."""
    nothing = Decimal(0)
    return Pace(nothing, nothing, clock.share(range(1, 13)), None).expected


def _key(row, name):
    if name == "title":
        return row.target.title
    value = getattr(row.pace, name)
    return LAST if value is None else value
