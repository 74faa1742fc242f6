"""By what the rows of a file so far are known: a few bytes for each of them.

The preview of a large file takes several requests. What it has seen is kept in a file
between them, and only what concerns the next rows is read back.
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


class Seen:
    """The rows of this file so far, by their marks."""

    def __init__(self, path=None):
        """Take the file in which they are kept between requests, if they are."""
        self.path = path
        self.here, self.before = defaultdict(dict), {}
        self.fresh = bytearray()

    def keep(self, size):
        """Drop what a request has written that was broken off after so many bytes."""
        if self.path.exists():
            with self.path.open("r+b") as file:
                file.truncate(size)

    def load(self, marks):
        """Read what concerns some marks."""
        self.before = defaultdict(dict)
        if self.path is None or not self.path.exists():
            return
        wanted = set(marks)
        for found, held, row in _ENTRY.iter_unpack(self.path.read_bytes()):
            if found in wanted:
                self.before[found].setdefault(held, row)

    def of(self, found):
        """Return (keys as bits, number) of the rows with a mark, the first of each."""
        return ({**self.here.get(found, {}), **self.before.get(found, {})}).items()

    def add(self, found, held, row):
        """Note a row by its number."""
        if held not in dict(self.of(found)):
            self.here[found][held] = row
            self.fresh += _ENTRY.pack(found, held, row)

    def write(self):
        """Keep what is new; return the size of the whole."""
        with self.path.open("ab") as file:
            file.write(self.fresh)
            self.fresh.clear()
            return file.tell()

    def forget(self):
        """Keep nothing any more."""
        self.path.unlink(missing_ok=True)
