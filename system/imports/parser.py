"""Reads one uploaded table, in a process of its own with hard limits.

    python -I parser.py <uploaded file> <rows to write>

Whatever a hostile file does to a parser, it does it here and not to the server. Knows
nothing of the program around it: the rows go to a neutral file, one JSON list
[number of the row, [cells]] per line, and what there is to say about the file to
standard output, as JSON. A cell is a text, or a number where Excel has rounded it.
"""

import csv
import datetime
import io
import itertools
import json
import re
import resource
import sys
import zipfile
from pathlib import Path

import python_calamine

MEMORY, SECONDS, LARGEST_OUTPUT = 1024**3, 60, 1024**3
LARGEST_UNZIPPED, MOST_PARTS = 300 * 1024**2, 5000
MOST_ROWS, MOST_COLUMNS = 200_000, 300
#: Excel keeps fifteen digits; what is longer and a number has lost its last ones.
EXACT = 10**15
SNIFFED = 50
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: Our own CSV puts an apostrophe before what would be a formula; see exports.
_MASKED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


class Refused(Exception):
    """This file is not read; the only argument is a code for the reason."""


def main(source, target):
    """Read the file, write its rows, return what there is to say about it."""
    content = Path(source).read_bytes()
    if content.startswith(ZIP):
        _check_zip(source)
    workbook = content.startswith((ZIP, OLE))
    about, rows = _workbook(source) if workbook else _text(content)
    with Path(target).open("w", encoding="utf-8") as file:
        count = _write(file, rows)
    if not count:
        raise Refused("empty")
    return {**about, "rows": count}


def _write(file, rows):
    """Write the rows in which anything stands; return how many there are."""
    count = 0
    for number, cells in rows:
        while cells and cells[-1] == "":
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise Refused("columns")
        if any(str(cell).strip() for cell in cells):
            count += 1
            file.write(json.dumps([number, cells], ensure_ascii=False) + "\n")
        if count > MOST_ROWS:
            raise Refused("rows")
    return count


def _check_zip(source):
    """Look at the directory of the archive before anything is unpacked."""
    try:
        with zipfile.ZipFile(source) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused("broken") from error
    size = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or size > LARGEST_UNZIPPED:
        raise Refused("bomb")


def _workbook(source):
    """Return the first visible sheet that has rows."""
    try:
        book = python_calamine.CalamineWorkbook.from_path(source)
    except python_calamine.CalamineError as error:
        # calamine cannot tell most encrypted workbooks from noise.
        zipped = Path(source).read_bytes().startswith(ZIP)
        raise Refused("broken" if zipped else "password") from error
    visible = python_calamine.SheetVisibleEnum.Visible
    names = [s.name for s in book.sheets_metadata if s.visible == visible]
    filled = [name for name in names if book.get_sheet_by_name(name).start is not None]
    if not filled:
        raise Refused("empty")
    sheet = book.get_sheet_by_name(filled[0])
    about = {"format": "workbook", "sheet": filled[0], "ignored": filled[1:]}
    return about, _cells(sheet)


def _cells(sheet):
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield number, [_cell_text(value) for value in row]


def _cell_text(value):
    """Return a cell as its sheet shows it; a rounded number stays a number."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        whole = value == value and abs(value) != float("inf") and value == int(value)
        if whole and abs(value) >= EXACT:
            return int(value)
        return str(int(value)) if whole else repr(value)
    if isinstance(value, datetime.datetime):
        day = value.time() == datetime.time()
        return f"{value:%Y-%m-%d}" if day else f"{value:%Y-%m-%d %H:%M:%S}"
    return value if isinstance(value, str) else str(value)


def _text(content):
    """Return the rows of a text with separators."""
    encoding, text = _decoded(content)
    if text.lstrip().startswith("<"):
        raise Refused("web_page")
    delimiter = _delimiter(text)
    return (
        {"format": "text", "encoding": encoding, "delimiter": delimiter},
        _lines(text, delimiter),
    )


def _decoded(content):
    encodings = ("utf-8-sig", "gb18030")
    if content.startswith(UTF16):
        encodings = ("utf-16",)
    elif b"\0" in content:
        raise Refused("binary")
    for encoding in encodings:
        try:
            return encoding, content.decode(encoding)
        except UnicodeError:
            continue
    raise Refused("encoding")


def _delimiter(text):
    """Return the separator that parts most rows into the same number of cells."""
    found = {}
    for delimiter in ",;\t":
        rows = itertools.islice(_lines(text, delimiter), SNIFFED)
        widths = [len(row) for _number, row in rows if len(row) > 1]
        usual = max(set(widths), key=widths.count, default=0)
        found[delimiter] = (widths.count(usual), usual)
    return max(found, key=found.get)


def _lines(text, delimiter):
    source = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, row in enumerate(source, start=1):
            yield number, [c[1:] if _MASKED.match(c) else c for c in row]
    except csv.Error as error:
        raise Refused("broken") from error


def confine():
    """Give up the means to do harm before the file is touched."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_OUTPUT, LARGEST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    csv.field_size_limit(1024 * 1024)


if __name__ == "__main__":
    confine()
    try:
        said = main(*sys.argv[1:])
    except Refused as refused:
        said = {"refused": refused.args[0]}
    except MemoryError:
        said = {"refused": "bomb"}
    sys.stdout.write(json.dumps(said))
