"""The orders of lists: those that an index has, and those of short lists."""

from functools import cached_property

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleLessThan,
)
from django.db.models.functions import Coalesce

LARGEST_ID = 2**63 - 1


class Sorted:
    """An order that no index has: for lists that are short enough to be sorted."""

    walked = False

    def __init__(self, *keys):
        """Take what order_by() takes."""
        self.keys = keys

    def zones(self, rows):
        """Return the rows in order, as the one part there is."""
        return [rows.order_by(*self.keys)]


class Order:
    """The order of a list: a column up or down, rows without a value last, then ids.

    Args:
        model: the kind of rows.
        path: the column, or a path to one of a related row.
        down: whether the largest come first.
        gathers: whether the rows are found first and sorted then. Of few among very
            many that is much quicker than to walk the index past all the others, which
            PostgreSQL takes to be scattered evenly: a seller's may be the oldest ones.
    """

    def __init__(self, model, path, *, down, gathers=False):
        self.model, self.path, self.down = model, path, down
        self.gathers = gathers

    def gathered(self):
        """Return the same order for few rows."""
        return Order(self.model, self.path, down=self.down, gathers=True)

    @cached_property
    def field(self):
        """The model field sorted by, or None if it is in another table."""
        if self.path == "pk":
            return self.model._meta.pk
        fields = {field.name: field for field in self.model._meta.concrete_fields}
        field = fields.get(self.path)
        return None if field is None or field.is_relation else field

    @cached_property
    def walked(self):
        """Whether an index has this order, so that any length is sorted by it."""
        if self.field is None:
            return False
        starts = (index.fields[:2] for index in self.model._meta.indexes)
        columns = ([name.lstrip("-") for name in start] for start in starts)
        return self.field.primary_key or [self.path, "id"] in columns

    @property
    def keys(self):
        """What order_by() takes."""
        sign = "-" if self.down else ""
        if self.path == "pk":
            return [f"{sign}pk"]
        column = F(self.path)
        key = column.desc if self.down else column.asc
        filled = self.field is not None and not self.field.null
        return [key(nulls_last=None if filled else True), f"{sign}pk"]

    def zones(self, rows, *, backwards=False):
        """Return the rows in parts that are each a piece of the index, in order.

        PostgreSQL does not walk an index whose empty values stand at the other end,
        so these are a part of their own.
        """
        if not self.walked:
            return [rows.order_by(*self.keys)]
        down = self.down != backwards
        sign = "-" if down else ""
        if self.path == "pk":
            return [rows.order_by(self._key(down))]
        keys = [self._key(down), f"{sign}pk"]
        if not self.field.null:
            return [rows.order_by(*keys)]
        empty = Q(**{f"{self.path}__isnull": True})
        parts = [
            rows.exclude(empty).order_by(*keys),
            rows.filter(empty).order_by(f"{sign}pk"),
        ]
        return parts[::-1] if backwards else parts

    def _key(self, down):
        """Return what comes first in order; no index has it where rows are gathered."""
        if not self.gathers:
            return f"{'-' if down else ''}{self.path}"
        column = Coalesce(self.path, self.path)
        return column.desc() if down else column.asc()

    def beyond(self, rows, place, *, backwards=False):
        """Return the zones of what follows a place or, backwards, comes before it."""
        value, pk = place
        zones = self.zones(rows, backwards=backwards)
        if len(zones) > 1 and (value is None) != backwards:
            zones = zones[1:]
        down = self.down != backwards
        if value is None:
            here = Q(pk__lt=pk) if down else Q(pk__gt=pk)
        else:
            compare = TupleLessThan if down else TupleGreaterThan
            here = compare(Tuple(F(self.path), F("pk")), (value, pk))
        return [zones[0].filter(here), *zones[1:]]

    def place_text(self, row):
        """Return the place of a row as a text."""
        value = None if self.path == "pk" else getattr(row, self.path)
        return f"{'' if value is None else self.field.value_to_string(row)}~{row.pk}"

    def place(self, text):
        """Return the (value, id) of such a text, or None if it says none."""
        written, _tilde, pk = text.rpartition("~")
        if not (pk.isascii() and pk.isdigit() and int(pk[:20]) <= LARGEST_ID):
            return None
        if self.path == "pk" or (self.field.null and not written):
            return None, int(pk)
        try:
            return self.field.to_python(written), int(pk)
        except ValidationError:
            return None
