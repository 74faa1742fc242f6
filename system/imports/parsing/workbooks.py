"""Excel workbooks: the cells of one sheet as the sheet shows them."""

import datetime
import math
from pathlib import Path

import python_calamine

from system.imports.parsing import biff, number_formats, sheet_xml
from system.imports.parsing.cells import cleaned
from system.imports.parsing.notes import Notes
from system.imports.parsing.refusal import Refused

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Excel keeps fifteen digits; what is longer and a number has lost its last ones.
EXACT = 10**15
#: Wider tables are refused: what is merged behind is not carried from row to row.
WIDEST = 300
#: Day 0 of Excel, if the false 29 February 1900 is counted.
FIRST_DAY = datetime.datetime(1899, 12, 30)  # noqa: DTZ001 - days of sheets have no zone
#: Days between it and the first day of 1904, from which some books count.
SINCE_1904 = 1462


def table(source, chosen):
    """Return (what there is to say, rows) of the chosen or the first filled sheet.

    Args:
        source: the path of the workbook.
        chosen: {"sheet"} as a person has chosen it, or empty.
    """
    zipped = Path(source).read_bytes()[:4] == ZIP
    try:
        book = python_calamine.CalamineWorkbook.from_path(source)
    except python_calamine.CalamineError as error:
        # calamine cannot tell most encrypted workbooks from noise.
        raise Refused("broken" if zipped else "password") from error
    visible = python_calamine.SheetVisibleEnum.Visible
    names = [s.name for s in book.sheets_metadata if s.visible == visible]
    filled = [name for name in names if book.get_sheet_by_name(name).start is not None]
    if not filled:
        raise Refused("empty")
    name = chosen.get("sheet", "")
    name = name if name in filled else filled[0]
    if zipped:
        notes = sheet_xml.notes(source, name)
    else:
        every = [sheet.name for sheet in book.sheets_metadata]
        notes = biff.notes(source, every.index(name))
    about = {
        "format": "workbook",
        "sheet": name,
        "sheets": filled,
        "hidden_sheets": [s.name for s in book.sheets_metadata if s.visible != visible],
        "hidden_rows": notes.hidden if notes else 0,
        "values_only": notes is None,
    }
    return about, _rows(book.get_sheet_by_name(name), notes or Notes())


def _rows(sheet, notes):
    """Yield (number, cells); what is merged over rows stands in each of them."""
    merged = _merged(sheet)
    held = {}
    for number, values in enumerate(_values(sheet, notes)):
        cells = _cells(values, notes, number)
        for column, last in merged.get(number, ()):
            held[column] = (last, cells[column] if column < len(cells) else "")
        if held and any(cells):
            _fill(cells, held, number)
        yield number + 1, cells


def _values(sheet, notes):
    """Yield the values of each row, down to the last one that holds an error.

    calamine ends a sheet with the last value that it can read.
    """
    number = -1
    for number, values in enumerate(sheet.iter_rows()):  # noqa: B007 - it goes on
        yield values
    for _number in range(number, max(notes.errors, default=number)):
        yield []


def _cells(values, notes, number):
    """Return the cells of a row, as wide as its values and its errors are."""
    formats, errors = notes.row(number)
    values = [*values, *[""] * (max(errors, default=-1) + 1 - len(values))]
    since = SINCE_1904 if notes.since_1904 else 0
    return [
        _cell(value, formats.get(column), errors.get(column), since)
        for column, value in enumerate(values)
    ]


def _merged(sheet):
    """Return {first row: [(column, last row)]} of what is merged over rows."""
    found = {}
    for (top, left), (bottom, _right) in sheet.merged_cell_ranges or ():
        if bottom > top and left < WIDEST:
            found.setdefault(top, []).append((left, bottom))
    return found


def _fill(cells, held, number):
    for column, (last, cell) in list(held.items()):
        if number > last:
            del held[column]
        elif column < len(cells) and cells[column] == "":
            cells[column] = cell


def _cell(value, code, error, since):
    """Return a cell as its sheet shows it; a rounded number stays a number.

    `since` is how many days later than usual the sheet begins to count them.
    """
    if error:
        return {"error": error}
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, code, since)
    return _moment(value)


def _number(value, code, since):
    if not math.isfinite(value):
        return {"error": "#NUM!"}
    if value == int(value) and abs(value) >= EXACT:
        return int(value)
    if code == number_formats.DATE and 0 < value < 80_000:
        return _moment(FIRST_DAY + datetime.timedelta(days=value + since))
    if code and code != number_formats.DATE:
        return number_formats.shown(value, code)
    return number_formats.general(value)


def _moment(value):
    """Return a day or a time, in the one way that can be read in no other."""
    if isinstance(value, datetime.datetime):
        day = value.time() == datetime.time()
        return f"{value:%Y-%m-%d}" if day else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(value)
