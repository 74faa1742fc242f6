"""The compound file of an old .xls: sectors that a table chains to streams."""

import struct

_LAST = 0xFFFFFFFA  # larger ones are no sectors
_ENTRY = 128


def stream(data, names):
    """Return the first stream of one of some names, empty if there is none."""
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
        elif name in names and start is None:
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
