"""One chart: what a kind declares of it, and the table that page and picture are of."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import cycle
from typing import Any

from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.display import label_of, number_text

#: Colours of the palette (`--chart-1` …), and which one an end has on every chart.
PALETTE, COLOURS = 8, {"won": 3, "lost": 5, "void": 8}
#: Stands for all groups of a dimension.
ALL = object()
#: Of which days numbers are: of the period, of that before, of all there are.
NOW, BEFORE, ALWAYS = "now", "before", "always"


@dataclass(frozen=True)
class Chart:
    """What is drawn of some rows of a kind.

    A kind names the list of its charts by `charts`; pages find them there.

    Attributes:
        key: its name in addresses.
        title: what it shows.
        rows, series: the dimensions by which rows are told apart: the lines of the
            table, and its columns, if there are several.
        dated: the day or moment that lies within the period; none: all there are.
        amount: the column that is added up; none: rows are counted.
        only: {column: values}: of which rows it is.
        compared: whether the period before stands beside it.
        look: "columns" stand, "bars" lie: long names are read beside these; a "table"
            has no picture.
        tells_all: whether the totals stand there where not all groups do, too.
        is_first: whether the first page of all parts shows it.
        on_workbench: whether the workbench does.
    """

    key: str
    title: Any
    rows: Any
    series: Any = None
    dated: str = ""
    amount: str = ""
    only: dict = field(default_factory=dict)
    compared: bool = False
    look: str = "columns"
    tells_all: bool = False
    is_first: bool = False
    on_workbench: bool = False

    @property
    def dimensions(self):
        """The dimensions there are."""
        return (self.rows, self.series) if self.series else (self.rows,)

    @property
    def spans(self):
        """Of which days it tells."""
        if not self.dated:
            return (ALWAYS,)
        return (NOW, BEFORE) if self.compared else (NOW,)

    def table(self, *args):
        """Return the table of its numbers."""
        return Table(*args)


@dataclass(frozen=True)
class Cell:
    """One number; `url` is the list of exactly the rows behind it."""

    value: int | Decimal
    url: str

    @property
    def text(self):
        """The number as people read it."""
        return number_text(self.value)


class Table:
    """The numbers of a chart with their names and lists.

    Args:
        model: the kind.
        chart: the Chart.
        asked: the Asked.
        numbers: {span: {(group of the rows, of the series): number}}.

    Attributes:
        headings: [(label, whether it is drawn, its place in the palette)] of the
            columns of numbers.
        lines: [(label, cells)]; `totals` is the last one, if there is one.
    """

    def __init__(self, model, chart, asked, numbers):
        self.model, self.chart, self.asked = model, chart, asked
        self.numbers = numbers
        self.spans = [s for s in chart.spans if self._period(s) or s == ALWAYS]
        self._columns = self._all_columns()
        self.headings = [
            (label, drawn, colour)
            for (label, drawn, *_rest), colour in zip(
                self._columns, self._colours(), strict=True
            )
        ]
        self.groups = self._groups(chart.rows, 0)
        self.lines = [(group.label, self._cells(group)) for group in self.groups]
        has_totals = chart.rows.is_whole or chart.tells_all
        self.totals = self._cells(None) if has_totals else None

    @property
    def is_empty(self):
        """Whether there is nothing to draw."""
        return not any(cell.value for _label, cells in self.lines for cell in cells)

    @property
    def export(self):
        """The headers and rows of a file with the same numbers."""
        columns = (self._named(column) for column in self._columns)
        headers = [self.corner, *columns]
        lines = list(self.lines)
        if self.totals:
            lines.append((_("Total"), self.totals))
        rows = [[label, *(cell.value for cell in cells)] for label, cells in lines]
        return headers, rows

    @property
    def corner(self):
        """What the lines are told apart by."""
        return capfirst(str(label_of(self.model, self.chart.rows.column)))

    @staticmethod
    def _named(column):
        """Return what a column is called where nothing stands above it."""
        label, _drawn, _span, group = column
        return f"{group.over} {label}" if group and group.over else label

    def _colours(self):
        """Yield the place in the palette of each column; an end has always the same."""
        values = [group.value if group else None for *_rest, group in self._columns]
        taken = {COLOURS.get(value) for value in values}
        others = cycle(n for n in range(1, PALETTE + 1) if n not in taken)
        for value in values:
            yield COLOURS[value] if value in COLOURS else next(others)

    def _groups(self, dimension, place):
        found = Counter()
        for groups, number in self.numbers[self.spans[0]].items():
            if groups[place] is not None:
                found[groups[place]] += number
        return dimension.groups(self.model, self.asked, found)

    def _all_columns(self):
        """Return [(label, whether it is drawn, span, group of the series)]."""
        if not self.chart.series:
            labels = {NOW: self._measure, ALWAYS: self._measure}
            if self.chart.compared:
                labels = {NOW: _("this period"), BEFORE: _("period before")}
            return [(labels[span], True, span, None) for span in self.spans]
        groups = self._groups(self.chart.series, 1)
        columns = [(group.label, True, self.spans[0], group) for group in groups]
        if self.chart.series.is_whole:
            columns.append((_("Total"), False, self.spans[0], None))
        return columns

    @property
    def _measure(self):
        if not self.chart.amount:
            return _("number")
        return str(self.model._meta.get_field(self.chart.amount).verbose_name)

    def _cells(self, row):
        return [
            Cell(self._number(span, row, column), self._url(span, row, column))
            for _label, _drawn, span, column in self._columns
        ]

    def _number(self, span, row, column):
        """Return the number of a line and a column; of all of them where it is None."""
        of_row = ALL if row is None else row.value
        of_column = ALL if column is None else column.value
        return self._sums[span][of_row, of_column]

    @cached_property
    def _sums(self):
        """{span: {(group of the rows, of the series): number}}, either of them ALL."""
        found = {}
        for span, numbers in self.numbers.items():
            sums = found[span] = Counter()
            for (row, series), number in numbers.items():
                for place in {(row, series), (row, ALL), (ALL, series), (ALL, ALL)}:
                    sums[place] += number
        return found

    def _period(self, span):
        period = self.asked.period
        return {NOW: period, BEFORE: period.before}.get(span)

    def _url(self, span, row, column):
        chart, period = self.chart, self._period(span)
        conditions = dict(chart.only)
        if period:
            conditions |= {
                f"{chart.dated}_after": period.first,
                f"{chart.dated}_before": period.last,
            }
        conditions |= self.asked.conditions
        for group in filter(None, (row, column)):
            conditions |= group.conditions
        query, page = urlencode(conditions, doseq=True), self.model.page("list")
        return f"{page}?{query}" if query else page
