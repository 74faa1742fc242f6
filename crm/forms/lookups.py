"""Choosing a record among very many: a search box that a plain select stands in for.

The select holds what is chosen and the first few rows one may see; with JavaScript
it becomes a search box that asks `/options/<app.model>/?q=`.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, Value
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from crm.chinese.folding import folded
from crm.forms.inputs import NOT_GIVEN
from crm.models import Record, Region, User
from crm.models.searching import Searched

#: How many rows a lookup offers before anything is typed.
OFFERED = 20
MOST_DIGITS = 19
LARGEST_ID = 2**63 - 1
#: Signs of a search without scripts.
LONGEST = 100


class Sought(str):
    """Words that somebody without scripts has typed to find a row."""

    __slots__ = ()


class LookupIterator(forms.models.ModelChoiceIterator):
    """The blank choice, what is chosen, and the first rows."""

    def __iter__(self):
        """Yield choices; never more than a page can hold."""
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        present = self.field.present
        rows = [present[pk] for pk in self.field.chosen if pk in present]
        known = {row.pk for row in rows}
        for row in self.field.read():
            if row.pk not in known:
                known.add(row.pk)
                rows.append(row)
        for row in rows:
            yield self.choice(row)


class ReadTogether:
    """Fields of a form that offer rows of one kind: read in one query for all.

    One that has found other rows since, by words, leaves (`LookupField`).
    """

    def __init__(self):
        """Begin without fields."""
        self.fields = []

    def add(self, field):
        """Let a field that is drawn with the others read its rows here."""
        self.fields.append(field)
        field.together = self

    def read_for(self, field):
        """Return the rows of one of the fields."""
        return self._rows.get(self.fields.index(field), ())

    @cached_property
    def _rows(self):
        found = {}
        parts = (
            part.annotate(choice_of=Value(place))
            for place, field in enumerate(self.fields)
            if field.together is self
            for part in field.parts()
        )
        for row in _union(parts):
            found.setdefault(row.choice_of, []).append(row)
        return found


def _union(parts):
    """Return the rows of some queries, one after the other."""
    first, *others = [*parts] or [()]
    return first.union(*others, all=True) if others else first


class LookupMixin:
    """A choice of records whose select never lists them all.

    `present` are rows {key: row} that a form has read already, `first` a quicker way
    to so many first rows than the queryset's own, if there is one. `everyone` are rows
    that are shown where they are chosen, though not offered; `staying` is the key of
    one that may stay chosen. `fitting` is what is offered of the rows; the rest is
    refused where it is said why. `together` reads for this field and others. `user` is
    who fills in the form, for the search without scripts.
    """

    iterator = LookupIterator
    chosen = ()
    present = {}
    first = None
    everyone = None
    staying = None
    fitting = Q()
    together = None
    user = None
    offers = True

    def __init__(self, queryset, **options):
        """Take the rows to choose from."""
        super().__init__(queryset, **options)
        self.widget.attrs["data-lookup"] = lookup_url(queryset.model)

    def offer(self, rows, user):
        """Offer the rows that a person may choose, who is filling in the form."""
        self.queryset, self.user = rows, user

    def fit(self, name):
        """Offer what a kind says is to be chosen for a relation of this name."""
        self.fitting = self.queryset.model.choosable.get(name, Q())
        if self.fitting:
            url = self.widget.attrs["data-lookup"]
            self.widget.attrs["data-lookup"] = format_lazy("{}?for={}", url, name)

    def show(self, value):
        """Put what is chosen now among the choices, and draw them anew."""
        self.chosen = self.keys(value)
        self.widget.choices = self.choices

    def read(self):
        """Return those of the chosen rows that are not present, and the first rows."""
        if self.together is not None:
            return self.together.read_for(self)
        return _union(self.parts())

    def parts(self):
        """Return the queries of `read`."""
        unknown = [pk for pk in self.chosen if pk not in self.present]
        rows = self.queryset if self.everyone is None else self.everyone
        parts = [rows.filter(pk__in=unknown).order_by()] if unknown else []
        if self.offers:
            parts.append(self._first(OFFERED))
        return parts

    def _first(self, most):
        """Return so many first rows of what is offered."""
        if self.first is None or self.fitting:
            return self.queryset.filter(self.fitting)[:most]
        return self.first(most)

    def keys(self, value):
        """Return the keys in a raw value; what cannot be one is left out.

        Words to look for are none, though they may be digits: a telephone number.
        """
        values = value if isinstance(value, list | tuple) else [value]
        values = [one for one in values if not isinstance(one, Sought)]
        return [pk for pk in map(self._key, values) if pk is not None]

    def _key(self, value):
        value = getattr(value, "pk", value)
        text = "" if value is None else str(value)
        # Python itself refuses numbers of more than 4,300 digits.
        whole = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
        return int(text) if whole and int(text) <= LARGEST_ID else None


class LookupSelect(forms.Select):
    """A select with a box beside it, in which browsers without scripts search."""

    template_name = "crm/lookup_select.html"
    #: (address, words) of adding what is not among the choices; None to offer nothing.
    new = None

    def get_context(self, name, value, attrs):
        """Add where one adds what is not among the choices."""
        context = super().get_context(name, value, attrs)
        context["widget"]["new"] = self.new
        return context

    def value_from_datadict(self, data, files, name):
        """Return what is chosen, or the words to look for if nothing is."""
        chosen = super().value_from_datadict(data, files, name)
        words = (data.get(f"{name}-search") or "").strip()[:LONGEST]
        return Sought(words) if words and not chosen else chosen


class LookupField(LookupMixin, forms.ModelChoiceField):
    """One record among many; of people those who work here now are offered."""

    widget = LookupSelect

    def __init__(self, queryset, **options):
        """Take the rows to choose from."""
        super().__init__(queryset, **options)
        if self.queryset.model is User:
            address = self.widget.attrs["data-lookup"]
            self.widget.attrs["data-lookup"] = format_lazy("{}?active=1", address)

    def offer_seeing(self, model):
        """Offer the people who may see rows of a kind; the search box, them alone."""
        self.queryset = User.objects.seeing(model)
        address, label = self.widget.attrs["data-lookup"], model._meta.label_lower
        self.widget.attrs["data-lookup"] = format_lazy("{}&seeing={}", address, label)

    def let_stay(self, key):
        """Let a person who has left stay chosen, who is not offered any more."""
        self.everyone, self.staying = User.objects.all(), key

    def to_python(self, value):
        """Return the row; one that may stay need not be among those offered."""
        if isinstance(value, Sought):
            return self._found(value)
        if self.staying is not None and self._key(value) == self.staying:
            return self.everyone.get(pk=self.staying)
        return super().to_python(value)

    def _found(self, words):
        """Return the one row that the words find; else offer those that they find."""
        rows = list(self._search(words)[: OFFERED + 1])
        if len(rows) == 1:
            return rows[0]
        self.offers, self.first = True, lambda most: rows[:most]
        self.fitting = Q()
        self.together = None
        self.widget.choices = self.choices
        said = _("Several fit “%s”: choose one.") if rows else _("Nothing fits “%s”.")
        raise ValidationError(said % words, code="sought")

    def _search(self, words):
        rows = self.queryset.filter(self.fitting)
        if issubclass(rows.model, Record):
            return rows.search(words, self.user)
        if issubclass(rows.model, Searched):
            return rows.filter(rows.model.matching(words))
        wanted = folded(words)  # roles, departments: few, and without search columns
        return [row for row in rows if wanted in folded(str(row))]


class LookupMultipleField(LookupMixin, forms.ModelMultipleChoiceField):
    """Some records among many, as a condition of a list."""

    offers = False

    def __init__(self, queryset, **options):
        """Take the rows to choose from; nothing is offered before one searches."""
        super().__init__(queryset, **options)
        self.empty_label = None

    def _check_values(self, value):
        for one in value if isinstance(value, list | tuple) else ():
            if self._key(one) is None:
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": str(one)[:50]},
                )
        return super()._check_values(value)


class RegionMixin:
    """Regions are chosen by their code."""

    def _key(self, value):
        text = str(getattr(value, "pk", value) or "")
        return text if text.isascii() and text.isdigit() and len(text) == 6 else None


class RegionField(RegionMixin, LookupField):
    """One province, city or district."""

    offers = False

    def __init__(self, queryset=None, **options):
        """Choose among all regions."""
        super().__init__(Region.objects.all(), **options)


class RegionMultipleField(RegionMixin, LookupMultipleField):
    """Some regions, as a condition of a list; one of them may be that none is given."""

    def __init__(self, queryset=None, **options):
        """Choose among all regions."""
        super().__init__(Region.objects.all(), **options)

    @property
    def present(self):
        """What stands for "no region" is no row."""
        return {NOT_GIVEN: Region(code=NOT_GIVEN, full_name=_("not given"))}

    def _key(self, value):
        return value if value == NOT_GIVEN else super()._key(value)

    def clean(self, value):
        """Return the regions, that of none among them."""
        given = list(value or ())
        regions = super().clean([code for code in given if code != NOT_GIVEN])
        if NOT_GIVEN not in given:
            return regions
        return [*regions, self.present[NOT_GIVEN]]


def lookup_url(model):
    """Return the address that answers a search in the rows of a model."""
    return format_lazy("{}", reverse_lazy("options", args=[model._meta.label_lower]))
