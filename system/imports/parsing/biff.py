"""Errors in the cells of an old .xls: calamine hands them over as empty cells.

Two layers are read, as far as that needs: the compound file, whose sectors are chained
by a table, and the records of the workbook in it.
"""

import struct
from pathlib import Path

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
STREAMS = ("Workbook", "Book")
FORMULA, END, BOUNDSHEET, BOOLERR = 0x0006, 0x000A, 0x0085, 0x0205
_LAST = 0xFFFFFFFA  # larger ones are no sectors
_ENTRY = 128


def errors(source, place):
    """Return {row: {column: error}} of the sheet at a place; none of an odd book.

    Args:
        source: the path of the file.
        place: of the sheet among all sheets, from 0.
    """
    try:
        book = _workbook(Path(source).read_bytes())
        sheets = [
            struct.unpack_from("<I", body)[0]
            for kind, body in _records(book, 0)
            if kind == BOUNDSHEET
        ]
        return _errors(_records(book, sheets[place]))
    except (struct.error, IndexError, ValueError):
        return {}


def _errors(records):
    found = {}
    for kind, body in records:
        code = None
        if kind == BOOLERR and body[7]:
            code = body[6]
        elif kind == FORMULA and body[6] == 2 and body[12:14] == b"\xff\xff":
            code = body[8]
        if code in ERRORS:
            row, column = struct.unpack_from("<HH", body)
            found.setdefault(row, {})[column] = ERRORS[code]
    return found


def _records(book, at):
    """Yield (kind, body) from an offset to the end of its part."""
    kind = None
    while kind != END and at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        yield kind, book[at + 4 : at + 4 + length]
        at += 4 + length


def _workbook(data):
    """Return the stream that holds the workbook, empty if there is none."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    first, cutoff, small_first = struct.unpack_from("<I4xII", data, 48)
    table = _table(data, size)
    folder = _chain(data, table, first, size, offset=size)
    root = start = length = None
    for at in range(0, len(folder), _ENTRY):
        name = folder[at : at + 64].decode("utf-16-le", "replace").split("\0")[0]
        where, bytes_ = struct.unpack_from("<II", folder, at + 116)
        if at == 0:
            root = where
        elif name in STREAMS and start is None:
            start, length = where, bytes_
    if start is None:
        return b""
    if length >= cutoff:
        return _chain(data, table, start, size, offset=size)[:length]
    small = _numbers(_chain(data, table, small_first, size, offset=size))
    small_data = _chain(data, table, root, size, offset=size)
    return _chain(small_data, small, start, 64, offset=0)[:length]


def _table(data, size):
    """Return which sector follows each sector."""
    places = list(struct.unpack_from("<109I", data, 76))
    after, more = struct.unpack_from("<I", data, 68)[0], []
    while after < _LAST and len(more) * size < len(data):
        *found, after = _numbers(data[(after + 1) * size : (after + 2) * size])
        more += found
    sectors = [n for n in (*places, *more) if n < _LAST]
    return _numbers(b"".join(data[(n + 1) * size : (n + 2) * size] for n in sectors))


def _chain(data, table, sector, size, *, offset):
    """Return the sectors that follow each other, each of them once at most."""
    found, seen = [], 0
    while sector < min(_LAST, len(table)) and seen <= len(table):
        found.append(data[offset + sector * size : offset + (sector + 1) * size])
        sector, seen = table[sector], seen + 1
    return b"".join(found)


def _numbers(data):
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])
