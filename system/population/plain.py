"""Kinds that no file fills: rows of what their models say, few but in every state."""

from random import Random

from django.db import models

from crm.kinds import business
from crm.models import DictionaryItem, Record, User
from crm.models.groups import asked
from system import tallies
from system.population.timeline import Timeline

FEWEST, MOST = 40, 2000
#: Of so many customers a kind has one row.
OF_CUSTOMERS = 200
#: Rows of another kind that are referred to.
OFFERED = 500
LARGEST = 10_000
#: Columns whose triggers rest meanwhile: what they are taken from.
KEPT = {"customer_owner": "customer"}


def others(labels):
    """Return the kinds of the business that are not among some, by their labels."""
    return [model for model in business() if model._meta.label not in labels]


class Plain:
    """Enters rows of any kind: its owners' who sell, made of its fields.

    The same arguments make the same rows. What is filed under something finds that in
    the books already, if its kind comes later by the order of kinds.
    """

    def __init__(self, staff, timeline: Timeline, seed):
        """Take who enters them, the days they fall on, and the seed."""
        self.staff, self.timeline = staff, timeline
        self.random = Random(seed)  # noqa: S311 - invented records, no secrets

    def enter(self, model, customers):
        """Enter rows of a kind, as many as a company of so many customers has."""
        many = min(MOST, max(FEWEST, customers // OF_CUSTOMERS))
        self.offered = {}
        rows = [self._row(model, number, many) for number in range(1, many + 1)]
        model.everything.bulk_create(rows)
        if model.number_prefix:  # PostgreSQL has given the numbers only now
            for row in rows:
                row.search_pinyin = row.pinyin_to_search()
            model.everything.bulk_update(rows, ["search_pinyin"])
        for label, (kind, _columns) in tallies.tallied().items():
            if kind is model:
                tallies.written_anew(label)

    def _row(self, model, number, many):
        owner = self.random.choice(self.staff.sellers)
        stamps = self.staff.stamps(self.timeline, number / many, number, owner)
        row = model(pk=number, **stamps)
        for name in asked(model):
            field = model._meta.get_field(name)
            if name not in ("owner", "reporter") and not field.many_to_many:
                setattr(row, field.attname, self._value(field, number, row))
        for column, relation in KEPT.items():
            if hasattr(row, f"{column}_id") and getattr(row, f"{relation}_id", None):
                owner = getattr(row, relation).owner_id
                setattr(row, f"{column}_id", owner)
        return row

    def _value(self, field, number, row):
        """Return a value of a field; what may be left open is, in every third row."""
        may_be_open = field.null and field.blank
        if may_be_open and self.random.randrange(3) == 0:
            return None
        if field.is_relation:
            return self.random.choice(self._offered(field) or [None])
        if field.choices:
            return self.random.choice([value for value, _label in field.flatchoices])
        return self._plain(field, number, row)

    def _plain(self, field, number, row):
        """Return a value of a column of its own."""
        if isinstance(field, models.DateTimeField):
            return row.created_at
        if isinstance(field, models.DateField):
            return row.created_at.date()
        if isinstance(field, models.BooleanField):
            return self.random.random() < 0.5
        if isinstance(field, models.DecimalField):
            digits = field.max_digits - field.decimal_places
            # Nothing is no amount: receipts, for one, refuse it.
            return max(1, self.random.randrange(min(LARGEST, 10**digits)))
        if isinstance(field, models.IntegerField):
            return self.random.randrange(1, 100)
        if field.blank or not isinstance(field, models.CharField | models.TextField):
            return field.get_default()
        return f"{row._meta.verbose_name} {number}"[: field.max_length]

    def _offered(self, field):
        """Return the keys that a relation can lead to, in order."""
        if field.name not in self.offered:
            kind = field.related_model
            rows = kind._default_manager.order_by("pk")
            if issubclass(kind, Record):
                rows = rows.filter(registration="registered")
            elif issubclass(kind, DictionaryItem):
                rows = rows.filter(kind=field.kind)
            elif issubclass(kind, User):
                rows = rows.filter(pk__in=self.staff.sellers)
            keys = rows.values_list(field.target_field.attname, flat=True)
            self.offered[field.name] = list(keys[:OFFERED])
        return self.offered[field.name]
