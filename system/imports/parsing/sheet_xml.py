"""What a sheet says beside its values: formats of numbers, errors, hidden rows.

calamine hands over values only. Read with expat in one pass, in a few bytes a cell;
entities and foreign documents are refused.
"""

import re
import zipfile
from array import array
from pathlib import PurePosixPath
from xml.parsers import expat

from system.imports.parsing.number_formats import BUILT_IN
from system.imports.parsing.refusal import Refused

#: Formats of dates that Chinese, Japanese and Korean programs number.
EASTERN_DATES = {*range(27, 37), *range(50, 59)}
DATE = "\0date"
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})$")
#: Rows and columns of one entry in the list of formats.
_COLUMNS, _FORMATS = 1 << 14, 1 << 12


class Notes:
    """Formats and errors of the cells of a sheet, and how many rows it hides."""

    def __init__(self, errors=None):
        """Begin with nothing but errors, {row: {column: error}}, if these are known."""
        self.codes = []
        self.errors = errors or {}
        self.hidden = 0
        self._entries, self._starts = array("I"), array("L", [0])

    def row(self, number):
        """Return ({column: format}, {column: error}) of a row, counted from 0."""
        formats = {}
        if number + 1 < len(self._starts):
            start, end = self._starts[number], self._starts[number + 1]
            for entry in self._entries[start:end]:
                formats[entry // _FORMATS] = self.codes[entry % _FORMATS]
        return formats, self.errors.get(number, {})

    def note(self, row, column, code):
        """Remember the format of a cell; rows come in their order."""
        self.close(row)
        self._entries.append(column % _COLUMNS * _FORMATS + code)
        self._starts[-1] = len(self._entries)

    def close(self, row):
        """Let the rows before this one be done."""
        while len(self._starts) < row + 2:
            self._starts.append(self._starts[-1])


def notes(source, name):
    """Return the notes of a sheet; without any where the book is unusual."""
    found = Notes()
    with zipfile.ZipFile(source) as archive:
        parts = {part.lower(): part for part in archive.namelist()}
        path = _sheet_part(archive, parts, name)
        if path is None:
            return found
        found.codes, styles = _styles(archive, parts)
        _read(archive, path, _SheetReader(found, styles))
    return found


def _sheet_part(archive, parts, name):
    """Return the name of the part that holds a sheet."""
    book, links = _Elements("sheet"), _Elements("Relationship")
    for path, reader in (
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", links),
    ):
        if path not in parts:
            return None
        _read(archive, parts[path], reader)
    targets = {link.get("Id"): link.get("Target", "") for link in links.found}
    for sheet in book.found:
        if sheet.get("name") == name:
            key = next((v for k, v in sheet.items() if k.endswith(":id")), None)
            target = targets.get(key, "")
            path = str(PurePosixPath("/xl") / target)[1:].lower()
            return parts.get(path)
    return None


def _styles(archive, parts):
    """Return (formats, [place of its format or None]) of the kinds of cells."""
    if "xl/styles.xml" not in parts:
        return [], []
    reader = _StyleReader()
    _read(archive, parts["xl/styles.xml"], reader)
    codes, styles = [], []
    for number in reader.numbers:
        code = reader.codes.get(number) or BUILT_IN.get(number)
        if number in EASTERN_DATES and number not in reader.codes:
            code = DATE
        if not code or code in ("General", "@"):
            styles.append(None)
            continue
        if code not in codes:
            codes.append(code)
        styles.append(codes.index(code))
    return codes, [s if s is not None and s < _FORMATS else None for s in styles]


def _read(archive, path, reader):
    """Send the elements of a part to a reader; local names only."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    reader.parser = parser
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = getattr(reader, "end", None)
    with archive.open(path) as part:
        try:
            parser.ParseFile(part)
        except (expat.ExpatError, zipfile.BadZipFile, EOFError, ValueError) as error:
            raise Refused("broken") from error


def _refuse(*_declaration):
    raise Refused("broken")


class _Elements:
    """Keeps the attributes of all elements of one name."""

    def __init__(self, name):
        self.name, self.found = name, []

    def start(self, name, attributes):
        if name.rpartition(":")[2] == self.name:
            self.found.append(attributes)


class _StyleReader:
    """Keeps the formats that have texts, and the format of each kind of cell."""

    def __init__(self):
        self.codes, self.numbers, self.inside = {}, [], False

    def start(self, name, attributes):
        name = name.rpartition(":")[2]
        if name == "numFmt":
            number = int(attributes.get("numFmtId", 0))
            self.codes[number] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.inside = True
        elif name == "xf" and self.inside:
            self.numbers.append(int(attributes.get("numFmtId", 0)))

    def end(self, name):
        if name.rpartition(":")[2] == "cellXfs":
            self.inside = False


class _SheetReader:
    """Notes cells with a format and cells with an error, and hidden rows."""

    def __init__(self, notes, styles):
        self.notes, self.styles = notes, styles
        self.row = self.column = -1

    def start(self, name, attributes):
        if name == "c" or name.endswith(":c"):
            self._cell(attributes)
        elif name == "row" or name.endswith(":row"):
            self.row = int(attributes.get("r", self.row + 2)) - 1
            self.column = -1
            self.notes.hidden += attributes.get("hidden") in ("1", "true")

    def end(self, name):
        if self.parser.CharacterDataHandler and name.rpartition(":")[2] == "c":
            self.parser.CharacterDataHandler = None

    def _cell(self, attributes):
        self.column += 1
        if match := _REFERENCE.match(attributes.get("r", "")):
            self.column = _column(match[1])
        kind = attributes.get("t", "n")
        if kind == "e":
            self.parser.CharacterDataHandler = self._error
        elif kind == "n" and "s" in attributes:
            style = int(attributes["s"])
            code = self.styles[style] if style < len(self.styles) else None
            if code is not None:
                self.notes.note(self.row, self.column, code)

    def _error(self, text):
        if text.startswith("#"):
            row = self.notes.errors.setdefault(self.row, {})
            row[self.column] = text.strip()[:20]


def _column(letters):
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
