"""What the rows of a file say of records that are there already."""

from collections import defaultdict


class Said:
    """The values that rows so far gave to each record, field by field.

    Two rows that give one field of one record two values cannot both be right: the
    first one holds, as it does among new rows.
    """

    def __init__(self):
        """Begin with a file, or a slice of it, of which nothing is read."""
        self.values = defaultdict(dict)

    def against(self, record, values):
        """Return the row that gave another value to one of the fields, or None."""
        before = self.values[record.pk]
        rows = (
            row
            for name, value in values.items()
            for said, row in [before.get(name, (value, None))]
            if said != value
        )
        return next(rows, None)

    def note(self, record, values, row):
        """Remember what a row gives."""
        before = self.values[record.pk]
        for name, value in values.items():
            before.setdefault(name, (value, row))
