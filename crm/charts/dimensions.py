"""By what a chart tells rows apart: groups, each with the conditions of its list.

A dimension says how PostgreSQL tells the group of a row (`expression`), and which
groups there are (`groups`), those without any row among them. What a group is called
in the query's answer is a text, None where nothing is given.
"""

from dataclasses import dataclass, field

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    F,
    Func,
    IntegerField,
    Value,
    When,
)
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm import dictionaries
from crm.charts.periods import STEPS
from crm.display import date_text, number_text
from crm.fields import CENT
from crm.forms.inputs import NOT_GIVEN
from crm.queries.days import start_of
from crm.queries.ids import any_of
from crm.related import rows_for

#: Groups that are people or records: the first of them, more fit no picture.
MOST_NAMED = 20


@dataclass(frozen=True)
class Group:
    """Rows of one sort.

    Attributes:
        value: what the query calls it.
        label: what people call it.
        conditions: {key: value} by which a list has these rows.
        over: what stands above it and its like, if anything.
    """

    value: str | None
    label: str
    conditions: dict = field(default_factory=dict)
    over: str = ""


@dataclass(frozen=True)
class Steps:
    """Weeks, months, quarters or years of a day or moment within the period."""

    column: str
    unit: str
    is_whole = True

    def expression(self, model, asked):
        """Number the steps from 1 on."""
        column = model._meta.get_field(self.column)
        starts = [step.first for step in asked.period.steps(self.unit)]
        if column.get_internal_type() == "DateTimeField":
            starts = list(map(start_of, starts))
        bounds = Value(starts, ArrayField(column.__class__()))
        return Func(
            F(self.column),
            bounds,
            function="width_bucket",
            output_field=IntegerField(),
        )

    def groups(self, _model, asked, _found):
        """Return the steps in their order."""
        steps = asked.period.steps(self.unit)
        months = STEPS[self.unit]
        return [
            Group(str(place), self._label(step, months), _days(self.column, step))
            for place, step in enumerate(steps, start=1)
        ]

    @staticmethod
    def _label(step, months):
        """Return the month, or the first day of what is none."""
        whole = months == 1 and (step.last - step.first).days < MONTH
        return f"{step.first:%Y-%m}" if whole else date_text(step.first)


#: Days of the longest month.
MONTH = 31


@dataclass(frozen=True)
class Options:
    """The options of a dictionary; what is not given is a group of its own."""

    column: str
    is_whole = True

    def expression(self, _model, _asked):
        """Tell them by their ids."""
        return F(f"{self.column}_id")

    def groups(self, model, _asked, found):
        """Return the options in their order; of retired ones those that rows have."""
        column = model._meta.get_field(self.column)
        items = dictionaries.items_of(column.kind, retired=True)
        groups = [
            Group(str(item.pk), item.local_label, {self.column: item.pk})
            for item in items
            if item.active or str(item.pk) in found
        ]
        return [*groups, *not_given(column)]


@dataclass(frozen=True)
class Choices:
    """What a column of states can say.

    Attributes:
        column: its name.
        without: states in which no row of the chart can be.
    """

    column: str
    without: tuple[str, ...] = ()
    is_whole = True

    def expression(self, _model, _asked):
        """Tell them by what is kept."""
        return F(self.column)

    def groups(self, model, _asked, _found):
        """Return the choices in their order."""
        choices = model._meta.get_field(self.column).flatchoices
        return [
            Group(value, capfirst(str(label)), {self.column: value})
            for value, label in choices
            if value not in self.without
        ]


@dataclass(frozen=True)
class Bands:
    """Spans of an amount, told apart by the amounts at which each but the first begins.

    Attributes:
        column: the amount, with two places.
        bounds: in CNY, ascending.
        given: what the condition is called that says whether there is an amount.
    """

    column: str
    bounds: tuple[int, ...]
    given: str
    is_whole = True

    def expression(self, model, _asked):
        """Number the spans from 0 on."""
        amount = model._meta.get_field(self.column)
        bounds = Value(
            list(self.bounds),
            ArrayField(
                amount.__class__(
                    max_digits=amount.max_digits, decimal_places=amount.decimal_places
                )
            ),
        )
        return Func(
            F(self.column),
            bounds,
            function="width_bucket",
            output_field=IntegerField(),
        )

    def groups(self, _model, _asked, _found):
        """Return the spans from the least on; then what has no amount."""
        lower, upper = (None, *self.bounds), (*self.bounds, None)
        spans = enumerate(zip(lower, upper, strict=True))
        groups = [
            Group(str(place), self._label(*span), self._conditions(*span))
            for place, span in spans
        ]
        return [*groups, Group(None, _("not given"), {self.given: "false"})]

    def _conditions(self, lower, upper):
        bounds = {
            f"{self.column}_min": lower,
            f"{self.column}_max": upper and upper - CENT,
        }
        return {key: value for key, value in bounds.items() if value is not None}

    @staticmethod
    def _label(lower, upper):
        if lower is None:
            return _("under %s") % number_text(upper)
        if upper is None:
            return _("%s and more") % number_text(lower)
        bounds = {"lower": number_text(lower), "upper": number_text(upper)}
        return _("%(lower)s to under %(upper)s") % bounds


@dataclass(frozen=True)
class Texts:
    """What people wrote, word for word: the texts that most rows have.

    Attributes:
        column: of the text; rows without one are in no group.
        key: what the condition is called that asks for the whole text.
    """

    column: str
    key: str
    is_whole = False

    def expression(self, _model, _asked):
        """Tell them by themselves."""
        return F(self.column)

    def groups(self, _model, _asked, found):
        """Return the first texts by how many rows have them."""
        first = sorted(filter(None, found), key=lambda text: (-found[text], text))
        return [Group(text, text, {self.key: text}) for text in first[:MOST_NAMED]]


@dataclass(frozen=True)
class People:
    """Whose the rows are: those who have most, and who has none where few are told."""

    column: str = "owner"
    is_whole = False

    def expression(self, _model, _asked):
        """Tell them by their ids."""
        return F(f"{self.column}_id")

    def groups(self, model, asked, found):
        """Return the first people by what they have."""
        ids = {int(pk) for pk in found if pk is not None} | asked.expected(model)
        first = sorted(ids, key=lambda pk: (-found.get(str(pk), 0), pk))[:MOST_NAMED]
        people = asked.people
        return [Group(str(pk), people[pk][0], {self.column: pk}) for pk in first]


@dataclass(frozen=True)
class Related:
    """The records to which the rows belong, of those that one may see: who has most."""

    column: str
    is_whole = False

    def expression(self, _model, _asked):
        """Tell them by their ids."""
        return F(f"{self.column}_id")

    def groups(self, model, asked, found):
        """Return the first records by how many rows they have."""
        of_kind = model._meta.get_field(self.column).related_model
        most = sorted(found, key=lambda pk: (-found[pk], int(pk)))[: 2 * MOST_NAMED]
        is_one = Case(When(any_of("pk", map(int, most)), then=0), default=1)
        seen = rows_for(asked.user, of_kind).order_by(is_one, "pk")[: 2 * MOST_NAMED]
        names = {str(row.pk): str(row) for row in seen}
        first = sorted(names, key=lambda pk: (-found.get(pk, 0), int(pk)))[:MOST_NAMED]
        return [Group(pk, names[pk], {self.column: pk}) for pk in first]


def _days(column, period):
    """Return the conditions of a list on the days of a column."""
    return {f"{column}_after": period.first, f"{column}_before": period.last}


def not_given(column):
    """Return the group of what a column may leave open, if it may."""
    if not column.null:
        return []
    return [Group(None, _("not given"), {column.name: NOT_GIVEN})]
