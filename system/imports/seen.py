"""By what the rows of a file so far are known: a few bytes for each of them.

A large file takes several requests, to be checked and to be imported. What was seen is
kept in a file between them, and only what concerns the next rows is read back.
"""

from collections import defaultdict
from hashlib import blake2b
from struct import Struct

#: The mark of a value of a key, which keys its row holds, as bits, and the row.
_ENTRY = Struct("<QBI")


def mark(place, parts):
    """Return a number that stands for the values of the key at a place."""
    text = "\x1f".join(map(str, (place, *parts)))
    digest = blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


class Kept:
    """Entries that are kept in a file between the requests of an import.

    What a request has written that was broken off is dropped again.
    """

    entry = _ENTRY

    def __init__(self, path=None, size=0):
        """Take the file and how much of it holds, if they are kept at all."""
        self.path, self.fresh = path, bytearray()
        if path is not None and path.exists():
            with path.open("r+b") as file:
                file.truncate(size)

    def entries(self):
        """Yield the entries of the file."""
        if self.path is not None and self.path.exists():
            yield from self.entry.iter_unpack(self.path.read_bytes())

    def write(self):
        """Keep what is new; return the size of the whole."""
        with self.path.open("ab") as file:
            file.write(self.fresh)
            self.fresh.clear()
            return file.tell()

    def forget(self):
        """Keep nothing any more."""
        self.path.unlink(missing_ok=True)


class Seen(Kept):
    """The rows of this file so far, by their marks."""

    def __init__(self, path=None, size=0):
        """Begin with what is kept."""
        super().__init__(path, size)
        self.here, self.before = defaultdict(dict), {}

    def load(self, marks):
        """Read what concerns some marks."""
        self.before, wanted = defaultdict(dict), set(marks)
        for found, held, row in self.entries():
            if found in wanted:
                self.before[found].setdefault(held, row)

    def rows_with(self, mark):
        """Return (keys as bits, number) of the rows with a mark, the first of each."""
        return ({**self.here.get(mark, {}), **self.before.get(mark, {})}).items()

    def add(self, found, held, row):
        """Note a row by its number."""
        if held not in dict(self.rows_with(found)):
            self.here[found][held] = row
            self.fresh += _ENTRY.pack(found, held, row)
