"""One kind of condition for each kind of field."""

from copy import copy

import django_filters as filters
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from crm import dictionaries
from crm.chinese.folding import Keyword
from crm.fields import held_by
from crm.forms.inputs import NOT_GIVEN, DayInput, OptionsSelect
from crm.forms.lookups import LookupMultipleField, RegionMultipleField
from crm.forms.spans import SpanField
from crm.forms.typed_fields import DayField, NumberField, WholeNumberField
from crm.models import Department, DictionaryField, Region
from crm.models.departments import ids_of_people
from crm.queries.days import on_days
from crm.queries.ids import any_of
from crm.related import is_looked_up, named, rows_for
from crm.validators import validate_business_date

YES_NO = (("", _("Any")), ("true", _("yes")), ("false", _("no")))
FROM, TO, SPAN = _("{field} from"), _("{field} to"), _("{field}, by days")
#: Beyond it no column has a number; the browser need not be told.
LARGEST = 10**15


class Light:
    """A filter that is quick to copy, as happens to all of a list's with each request.

    Only `extra` is ever written to after a copy was made.
    """

    extra: dict
    method: object

    def __deepcopy__(self, memo):
        """Return a copy that shares everything but `extra`."""
        twin = copy(self)
        twin.extra = dict(self.extra)
        if self.method is not None:
            twin.method = self.method  # it holds on to the filter it belongs to
        return twin


class TextFilter(Light, filters.CharFilter):
    """A text that a column holds."""


class WholeTextFilter(TextFilter):
    """A text that is all that a column holds.

    Drawn only where it is given: numbers lead to such lists, people ask for parts.
    """

    is_quiet = True


class PartFilter(TextFilter):
    """A part of a text as `crm.chinese.folding` has it; of a long table by an index."""

    def filter(self, qs, value):
        """Look for every word of the text in the column."""
        held = value and getattr(qs.model, "field_holds", None)
        condition = held(self.field_name, value) if held else None
        if condition is not None:
            return qs.filter(condition)
        return holding(qs, (self.field_name,), value) if value else qs


class ChoicesFilter(Light, filters.MultipleChoiceFilter):
    """Any of some values of a column; no row can be found twice."""

    def __init__(self, *args, **options):
        """Leave out the comparison of all rows with each other."""
        super().__init__(*args, **{"distinct": False, **options})


class YesNoFilter(Light, filters.TypedChoiceFilter):
    """Yes or no."""


class GivenFilter(YesNoFilter):
    """Whether a column holds anything.

    Drawn only where it is given: numbers lead to such lists.
    """

    is_quiet = True

    def __init__(self, *args, **options):
        """Ask for yes or no."""
        said = {"choices": YES_NO, "coerce": _is_true, "lookup_expr": "isnull"}
        super().__init__(*args, exclude=True, **{**said, **options})


def _is_true(value):
    return value == "true"


class NumberFilter(Light, filters.Filter):
    """A bound of a number."""

    field_class = NumberField


class WholeNumberFilter(Light, filters.Filter):
    """A bound of a whole number."""

    field_class = WholeNumberField


class LookupFilter(Light, filters.ModelMultipleChoiceFilter):
    """Any of some records or people, picked in a search box."""

    field_class = LookupMultipleField

    def __init__(self, *args, **options):
        """Leave out the comparison of all rows with each other."""
        super().__init__(*args, **{"distinct": False, **options})


class RegionFilter(Light, filters.Filter):
    """Rows in any of some regions or in a region within them."""

    field_class = RegionMultipleField

    def filter(self, qs, value):
        """Compare the codes as an index has them: 53 covers 530000 to 539999."""
        within = Q()
        for region in value or ():
            if region.pk == NOT_GIVEN:
                within |= Q(**{self.field_name: None})
                continue
            first, last = region.prefix.ljust(6, "0"), region.prefix.ljust(6, "9")
            name = self.field_name
            within |= Q(**{f"{name}__gte": first, f"{name}__lte": last})
        return qs.filter(within)


class DepartmentFilter(LookupFilter):
    """Rows of the people of some departments and of all below them.

    Drawn only where it is given: charts lead to such lists, and a page is to be light.
    """

    is_quiet = True

    def __init__(self, **options):
        """Choose among all departments."""
        label = _("owner's department and those below")
        super().__init__(queryset=Department.objects.all(), label=label, **options)

    def filter(self, qs, value):
        """Name the people: an index tells whose each row is."""
        if not value:
            return qs
        return qs.filter(any_of(self.field_name, ids_of_people(value)))


class DayFilter(Light, filters.DateFilter):
    """A bound of a date, or of a moment by its day in Shanghai, both ends included."""

    field_class = DayField

    def __init__(self, *args, upper=False, moment=False, **options):
        """Say whether this is the upper bound, and whether of a date and time."""
        self.upper, self.moment = upper, moment
        options["validators"] = [validate_business_date]
        said = {"autocomplete": False}  # the form says so
        if upper:
            said["placeholder"] = False  # the lower bound beside it says so
        options["widget"] = DayInput(said)
        super().__init__(*args, **options)

    def filter(self, qs, value):
        """Compare with the day's start, so that an index on the moment is used."""
        if value is None:
            return qs
        if not self.moment:
            lookup = "lte" if self.upper else "gte"
            return qs.filter(**{f"{self.field_name}__{lookup}": value})
        bound = {"last" if self.upper else "first": value}
        return qs.filter(on_days(self.field_name, **bound))


class SpanFilter(Light, filters.Filter):
    """A date, or a moment by its day in Shanghai, within days told from today."""

    field_class = SpanField

    def __init__(self, *args, moment=False, **options):
        """Say whether it is of a date and time."""
        self.moment = moment
        super().__init__(*args, **options)

    def filter(self, qs, value):
        """Compare with the days that the span means today."""
        if value is None:
            return qs
        first, last = value.bounds(timezone.localdate())
        if self.moment:
            return qs.filter(on_days(self.field_name, first, last))
        bounds = {"gte": first, "lte": last}
        named = {f"{self.field_name}__{k}": v for k, v in bounds.items() if v}
        return qs.filter(**named)


def holding(rows, names, text):
    """Return those rows of a short table that hold all words of a text somewhere.

    Nothing is kept of them to be searched: options and roles are read and folded.
    """
    keyword, found = Keyword(text), []
    for pk, *texts in rows.order_by().values_list("pk", *names):
        written = (keyword.places(one, read=True) for one in texts if one)
        if keyword.is_found(set().union(*written)):
            found.append(pk)
    return rows.filter(any_of("pk", found))


def conditions_of(field):
    """Return {key: filter} for a model field; of a generated one, by what it holds."""
    field, name, label = held_by(field), field.name, field.verbose_name
    if field.is_relation:
        return {name: _relation(field)}
    if field.choices:
        return {
            name: ChoicesFilter(field_name=name, label=label, choices=field.choices)
        }
    if isinstance(field, models.BooleanField):
        return {
            name: YesNoFilter(
                field_name=name,
                label=label,
                choices=YES_NO,
                coerce=_is_true,
            )
        }
    if isinstance(field, models.DateField):
        return _days(field)
    if isinstance(field, models.DecimalField | models.IntegerField):
        return _numbers(field)
    if isinstance(field, ArrayField):
        return {name: PartFilter(field_name=name, label=label, max_length=50)}
    return {name: PartFilter(field_name=name, label=label, max_length=100)}


def _relation(field):
    options = {"field_name": field.name, "label": field.verbose_name}
    if isinstance(field, DictionaryField):
        if field.null:
            blank = {"null_label": _("not given"), "null_value": NOT_GIVEN}
            options |= blank | {"widget": OptionsSelect()}
        return ChoicesFilter(
            choices=lambda: dictionaries.choices(field.kind), **options
        )
    if field.related_model is Region:
        return RegionFilter(**options)
    if not is_looked_up(field.related_model):
        return ChoicesFilter(choices=lambda: named(field.related_model), **options)
    return LookupFilter(queryset=_rows(field.related_model), **options)


def _rows(model):
    """Return what a choice of this model starts from: the rows one may know."""
    return lambda request: rows_for(request.user, model)


def _days(field):
    moment = isinstance(field, models.DateTimeField)
    lower, upper = (
        DayFilter(
            field_name=field.name,
            moment=moment,
            upper=is_upper,
            label=format_lazy(text, field=field.verbose_name),
        )
        for is_upper, text in ((False, FROM), (True, TO))
    )
    label = format_lazy(SPAN, field=field.verbose_name)
    bounds = {f"{field.name}_after": lower, f"{field.name}_before": upper}
    if field.name in getattr(field.model, "bounded_days", ()):
        return bounds
    span = SpanFilter(field_name=field.name, moment=moment, label=label)
    return {field.name: span, **bounds}


def _numbers(field):
    whole = isinstance(field, models.IntegerField)
    bounds: dict = {
        "validators": [MinValueValidator(-LARGEST), MaxValueValidator(LARGEST)]
    }
    if not whole:
        bounds |= {"max_digits": 20, "decimal_places": 6}
    kind = WholeNumberFilter if whole else NumberFilter
    made = {}
    for suffix, lookup, text in (("min", "gte", FROM), ("max", "lte", TO)):
        made[f"{field.name}_{suffix}"] = kind(
            field_name=field.name,
            lookup_expr=lookup,
            label=format_lazy(text, field=field.verbose_name),
            **bounds,
        )
    return made
