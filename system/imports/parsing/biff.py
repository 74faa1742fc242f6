"""What a sheet of an old .xls says beside its values: calamine hands over these only.

Read are the records of the workbook that tell of formats, errors and hidden rows.
"""

import struct
from array import array
from pathlib import Path

from system.imports.parsing import compound, number_formats
from system.imports.parsing.notes import Notes

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
DATEMODE = 0x0022
FORMULA, END, BOUNDSHEET, MULRK, XF = 0x0006, 0x000A, 0x0085, 0x00BD, 0x00E0
NUMBER, BOOLERR, ROW, RK, FORMAT, BOF = 0x0203, 0x0205, 0x0208, 0x027E, 0x041E, 0x0809
#: The version whose texts have two bytes a sign.
UNICODE = 0x0600
_HIDDEN = 0x20
#: A cell in one number: its row, its column, the place of its format.
_ROWS, _CELLS = 1 << 32, 1 << 16


def notes(source, place):
    """Return the `Notes` of the sheet at a place; None of a book that is too odd.

    Args:
        source: the path of the file.
        place: of the sheet among all sheets, from 0.
    """
    try:
        book = compound.stream(Path(source).read_bytes(), STREAMS)
        found = Notes()
        sheets, found.codes, styles = _globals(book, found)
        _read(_records(book, sheets[place]), found, styles)
    except (struct.error, IndexError, ValueError):
        return None
    return found


def _globals(book, notes):
    """Return (where each sheet begins, formats, the place of each kind's format)."""
    sheets, numbers, texts, version = [], [], {}, UNICODE
    for kind, body in _records(book, 0):
        if kind == BOF:
            (version,) = struct.unpack_from("<H", body)
        elif kind == DATEMODE:
            notes.since_1904 = bool(body[0])
        elif kind == BOUNDSHEET:
            sheets += struct.unpack_from("<I", body)
        elif kind == XF:
            numbers += struct.unpack_from("<2xH", body)
        elif kind == FORMAT:
            (number,) = struct.unpack_from("<H", body)
            texts[number] = _text(body[2:], version)
    return sheets, *number_formats.of_styles(numbers, texts)


def _text(body, version):
    """Return the text of a format."""
    if version < UNICODE:
        return body[1 : 1 + body[0]].decode("latin-1")
    (length,) = struct.unpack_from("<H", body)
    if body[2] & 1:
        return body[3 : 3 + 2 * length].decode("utf-16-le", "replace")
    return body[3 : 3 + length].decode("latin-1")


def _read(records, notes, styles):
    """Note the formats and the errors of the cells of a sheet, and its hidden rows."""
    cells = array("Q")
    for kind, body in records:
        if kind == ROW:
            notes.hidden += bool(body[12] & _HIDDEN)
        elif error := ERRORS.get(_error(kind, body)):
            notes.note_error(*struct.unpack_from("<HH", body), error)
        else:
            for row, column, style in _numbers(kind, body):
                code = styles[style] if style < len(styles) else None
                if code is not None:
                    cells.append(row * _ROWS + column * _CELLS + code)
    # Programs write the cells of a formula behind those of the whole row.
    for cell in sorted(cells):
        notes.note(cell // _ROWS, cell % _ROWS // _CELLS, cell % _CELLS)


def _error(kind, body):
    """Return the number of the error that a cell holds, or None."""
    if kind == BOOLERR and body[7]:
        return body[6]
    if kind == FORMULA and body[6] == 2 and body[12:14] == b"\xff\xff":
        return body[8]
    return None


def _numbers(kind, body):
    """Yield (row, column, kind of cell) of the numbers in a record."""
    if kind in (NUMBER, RK) or (kind == FORMULA and body[12:14] != b"\xff\xff"):
        yield struct.unpack_from("<HHH", body)
    elif kind == MULRK:
        row, first = struct.unpack_from("<HH", body)
        for place in range((len(body) - 6) // 6):
            (style,) = struct.unpack_from("<H", body, 4 + 6 * place)
            yield row, first + place, style


def _records(book, at):
    """Yield (kind, body) from an offset to the end of its part."""
    kind = None
    while kind != END and at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        yield kind, book[at + 4 : at + 4 + length]
        at += 4 + length
