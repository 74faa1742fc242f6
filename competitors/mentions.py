"""Whom a text names: customers and competitors, by name, short name or alias.

The text is cut into all that could be a name, and those are looked up where the names
are kept folded (`customers.models.traits`): it costs what the text is long, however
many customers there are.
"""

import re
from itertools import groupby

from competitors.models import Competitor
from crm.chinese.folding import folded, same_name
from crm.queries.ids import any_of
from customers.models import Customer
from customers.models.traits import Names, core_of, sharing

#: Signs of a text that are read: what lies behind them is its end for this.
LONGEST_TEXT = 1000
#: The fewest signs of a name, and the most words: a Chinese sign is one.
SHORTEST, MOST_WORDS = 2, 14
#: Where the names of the two kinds stand.
COLUMNS = {
    Customer: ("name", "short_name"),
    Competitor: ("name", "short_name", "aliases"),
}
#: Customers that are looked at.
MOST_FOUND = 1000
_ENDS = re.compile(r"[\n，。；：！？、,;:!?“”‘’\"《》…]+|\.(?=\s|$)")
_WORDS = re.compile(r"[a-z0-9&+#%@*]+|.")


class Mentions:
    """What a text could name.

    Attributes:
        pieces: its sentences and parts of them, folded.
        names: all runs of words within its sentences, folded.
    """

    def __init__(self, text):
        """Take the text apart."""
        pieces = map(folded, _ENDS.split(text[:LONGEST_TEXT]))
        self.pieces = [piece for piece in pieces if piece]
        self.names = {name for piece in self.pieces for name in _runs(piece)}

    def seen_by(self, user):
        """Return the rows named that a person sees, those with the longest names first.

        A name within a longer one that is named, too, does not count.
        """
        found = {}
        for row in self._rows(user):
            for name in self._said(row):
                found.setdefault(name, []).append(row)
        text, rows = "\n".join(self.pieces), {}
        longest = sorted(found, key=lambda name: (-len(name), name))
        for _length, names in groupby(longest, key=len):
            here = [name for name in names if name in text]
            rows.update({row: None for name in here for row in found[name]})
            for name in here:
                text = text.replace(name, "\n")
        return list(rows)

    def _rows(self, user):
        """Yield the rows that may be named; of competitors there are few: all."""
        every = Customer.objects.all()
        ids = sharing(every, Names, self.names, whole=False, most=MOST_FOUND)
        for model, columns in COLUMNS.items():
            rows = model.objects.visible_to(user).order_by("pk").only(*columns)
            yield from rows.filter(any_of("pk", ids)) if model is Customer else rows

    def _said(self, row):
        """Yield those names of a row that the text could name."""
        for column in COLUMNS[type(row)]:
            value = getattr(row, column)
            for name in value if isinstance(value, list) else [value]:
                key = core_of(same_name(name)) if name else ""
                if key in self.names:
                    yield key


def _runs(piece):
    """Yield the runs of words of a folded text that are long enough for a name."""
    words = _WORDS.findall(piece)
    for start in range(len(words)):
        run = ""
        for word in words[start : start + MOST_WORDS]:
            run += word
            if len(run) >= SHORTEST:
                yield run
