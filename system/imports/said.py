"""What the rows of a file say of records that are there already."""

from decimal import Decimal
from struct import Struct

from system.imports.seen import Kept, mark


class Said(Kept):
    """The values that rows so far gave to each record, field by field.

    Two rows that give one field of one record two values cannot both be right: the
    first one holds, as it does among new rows.
    """

    #: The marks of the field of a record and of its value, and the row.
    entry = Struct("<QQI")

    def __init__(self, path=None, size=0):
        """Begin with what is kept."""
        super().__init__(path, size)
        self.here, self.before = {}, {}

    def load(self, repeated):
        """Read what concerns some (record, values)."""
        wanted = {_of(record, name) for record, values in repeated for name in values}
        self.before = {
            found: (value, row)
            for found, value, row in (self.entries() if wanted else ())
            if found in wanted
        }

    def against(self, record, values):
        """Return the row that gave another value to one of the fields, or None."""
        for name, value in values.items():
            found = _of(record, name)
            said, row = self.before.get(found) or self.here.get(found) or (None, None)
            if said is not None and said != _value(value):
                return row
        return None

    def note(self, record, values, row):
        """Remember what a row gives."""
        for name, value in values.items():
            found = _of(record, name)
            if found not in self.before and found not in self.here:
                self.here[found] = _value(value), row
                self.fresh += self.entry.pack(found, _value(value), row)


def _of(record, name):
    return mark(name, (record.pk,))


def _value(value):
    if isinstance(value, Decimal):  # 5 and 5.00 are the same
        value = value.normalize()
    return mark("", (getattr(value, "pk", value),))
