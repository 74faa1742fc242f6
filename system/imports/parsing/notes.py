"""What a sheet says beside its values: formats of numbers, errors, hidden rows."""

from array import array

#: Rows and columns of one entry in the list of formats.
_COLUMNS, MOST_FORMATS = 1 << 14, 1 << 12
#: What stands for the value of a formula that has none.
NO_VALUE = "="


class Notes:
    """Formats and errors of the cells of a sheet, and how many rows it hides.

    `since_1904` says whether its days are counted from that year on.
    A few bytes a cell: a sheet may have millions of them.
    """

    def __init__(self):
        """Begin with nothing."""
        self.codes, self.errors = [], {}
        self.hidden = 0
        self.since_1904 = False
        self._entries, self._starts = array("I"), array("L", [0])

    def row(self, number):
        """Return ({column: format}, {column: error}) of a row, counted from 0."""
        formats = {}
        if number + 1 < len(self._starts):
            start, end = self._starts[number], self._starts[number + 1]
            for entry in self._entries[start:end]:
                formats[entry // MOST_FORMATS] = self.codes[entry % MOST_FORMATS]
        return formats, self.errors.get(number, {})

    def note(self, row, column, code):
        """Remember the format of a cell; rows come in their order."""
        self.close(row)
        self._entries.append(column % _COLUMNS * MOST_FORMATS + code)
        self._starts[-1] = len(self._entries)

    def note_error(self, row, column, error):
        """Remember that a cell holds an error."""
        self.errors.setdefault(row, {})[column] = error

    def close(self, row):
        """Let the rows before this one be done."""
        while len(self._starts) < row + 2:
            self._starts.append(self._starts[-1])
