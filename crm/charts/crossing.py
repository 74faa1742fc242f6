"""A table of lines and columns that the reader chooses, split by how rows came out.

A kind declares one among its charts. Its columns are those that were chosen, each of
them once for every outcome that counts; a share says how often the first one was it.
"""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, Func, TextField, Value
from django.utils.translation import gettext as _

from crm.charts.chart import ALL, Chart, Table
from crm.charts.dimensions import Group

#: Stands between the two groups in what the query calls both of them together.
BETWEEN = "|"


@dataclass(frozen=True)
class Side:
    """What lines or columns can be: a name in addresses, a label, the dimension."""

    key: str
    label: Any
    dimension: Any


@dataclass(frozen=True)
class Crossing(Chart):
    """A chart without a picture, of two sides that the address names.

    Attributes:
        sides: what lines and columns can be; `rows` is that of the first.
        outcomes: (value, label) of what rows came out as; the share is of the first.
        outcome: the column that says so.
    """

    sides: tuple[Side, ...] = ()
    outcomes: tuple[tuple[str, Any], ...] = ()
    outcome: str = ""
    look: str = "table"
    tells_all: bool = True

    def between(self, rows, columns):
        """Return the chart of two sides by their keys; of the outcomes without any."""
        sides = {side.key: side for side in self.sides}
        named = [sides[key].label for key in (rows, columns) if key]
        within = sides[columns].dimension if columns else None
        return replace(
            self,
            title=_("%(chart)s: %(sides)s")
            % {"chart": self.title, "sides": " × ".join(map(str, named))},
            rows=sides[rows].dimension,
            series=Within(within, self.outcome, self.outcomes),
            only={self.outcome: tuple(value for value, _label in self.outcomes)},
        )

    def table(self, *args):
        """Return the table of its numbers."""
        return CrossedTable(*args)


@dataclass(frozen=True)
class Within:
    """The outcomes within each group of another dimension; of all rows without one."""

    dimension: Any
    outcome: str
    outcomes: tuple[tuple[str, Any], ...]
    is_whole = True

    def expression(self, model, asked):
        """Tell them by what both are kept as."""
        outer = self.dimension and self.dimension.expression(model, asked)
        return Func(
            outer or Value(""),
            Value(BETWEEN),
            F(self.outcome),
            function="concat",
            output_field=TextField(),
        )

    def groups(self, model, asked, found):
        """Return the outcomes of each group that the other dimension tells of."""
        outer = [Group(None, "")]
        if self.dimension:
            numbers = Counter()
            for value, number in found.items():
                numbers[value.rpartition(BETWEEN)[0] or None] += number
            del numbers[None]
            outer = self.dimension.groups(model, asked, numbers)
        return [
            Group(
                f"{group.value or ''}{BETWEEN}{value}",
                str(label),
                {**group.conditions, self.outcome: value},
                over=group.label,
            )
            for group in outer
            for value, label in self.outcomes
        ]


class CrossedTable(Table):
    """The numbers of a crossing, with the share of the first outcome in each line."""

    @property
    def upper(self):
        """[(label, how many columns)] above the columns, if there is anything."""
        groups = [column[-1] for column in self._columns if column[-1]]
        over = Counter(group.over for group in groups)
        return [*over.items()] if any(over) else []

    @property
    def rows(self):
        """[(label, cells, share)] of the lines."""
        shares = [self._share(group.value) for group in self.groups]
        return [(*line, share) for line, share in zip(self.lines, shares, strict=True)]

    @property
    def total_share(self):
        """The share of all of them."""
        return self._share(ALL)

    @property
    def export(self):
        """The headers and rows of a file, the shares in percent."""
        headers, rows = super().export
        values = [*(group.value for group in self.groups), ALL]
        shares = [self._percent(value) for value in values]
        lines = [[*row, share] for row, share in zip(rows, shares, strict=True)]
        return [*headers, _("share won (%)")], lines

    def _share(self, line):
        percent = self._percent(line)
        return "" if percent is None else f"{percent:g} %"

    def _percent(self, line):
        """Return how many percent of a line came out as the first; None of nothing."""
        sums, chart = self._sums[self.spans[0]], self.chart
        whole, first = sums[line, ALL], chart.outcomes[0][0]
        won = sum(
            number
            for (row, column), number in self.numbers[self.spans[0]].items()
            if (line is ALL or row == line) and column.rpartition(BETWEEN)[2] == first
        )
        return round(100 * won / whole, 1) if whole else None
