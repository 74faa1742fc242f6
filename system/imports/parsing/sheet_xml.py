"""What a sheet of an .xlsx says beside its values.

calamine hands over values only. Read with expat in one pass, in a few bytes a cell;
entities and foreign documents are refused.
"""

import re
import zipfile
from pathlib import PurePosixPath
from xml.parsers import expat

from system.imports.parsing import number_formats
from system.imports.parsing.notes import NO_VALUE, Notes
from system.imports.parsing.refusal import Refused

#: No sheet has more rows; what is noted of one takes its place for each before it.
MOST_ROWS = 1 << 20
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})$")


def notes(source, name):
    """Return the notes of a sheet; without any where the book is unusual."""
    found = Notes()
    with zipfile.ZipFile(source) as archive:
        parts = {part.lower(): part for part in archive.namelist()}
        path, found.since_1904 = _sheet_part(archive, parts, name)
        if path is None:
            return found
        found.codes, styles = _styles(archive, parts)
        _read(archive, path, _SheetReader(found, styles))
    return found


def _sheet_part(archive, parts, name):
    """Return (name of the part that holds a sheet, whether days count from 1904)."""
    book, links = _Elements("sheet", "workbookPr"), _Elements("Relationship")
    for path, reader in (
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", links),
    ):
        if path not in parts:
            return None, False
        _read(archive, parts[path], reader)
    since = any(one.get("date1904") in ("1", "true") for one in book.kept)
    targets = {link.get("Id"): link.get("Target", "") for link in links.kept}
    for sheet in book.kept:
        if sheet.get("name") == name:
            key = next((v for k, v in sheet.items() if k.endswith(":id")), None)
            target = targets.get(key, "")
            path = str(PurePosixPath("/xl") / target)[1:].lower()
            return parts.get(path), since
    return None, since


def _styles(archive, parts):
    """Return (formats, [place of its format or None]) of the kinds of cells."""
    if "xl/styles.xml" not in parts:
        return [], []
    reader = _StyleReader()
    _read(archive, parts["xl/styles.xml"], reader)
    return number_formats.of_styles(reader.numbers, reader.codes)


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
    """Keeps the attributes of all elements of some names."""

    def __init__(self, *names):
        self.names, self.kept = names, []

    def start(self, name, attributes):
        if name.rpartition(":")[2] in self.names:
            self.kept.append(attributes)


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
    """Notes cells with a format and cells with an error, and hidden rows.

    Some programs write formulas without their values: nobody knows what these show.
    """

    parser: expat.XMLParserType

    def __init__(self, notes, styles):
        self.notes, self.styles = notes, styles
        self.row = self.column = -1
        self.kind, self.formula = "", False

    def start(self, name, attributes):
        if name == "c" or name.endswith(":c"):
            self._cell(attributes)
        elif name == "row" or name.endswith(":row"):
            self.row = int(attributes.get("r", self.row + 2)) - 1
            if not 0 <= self.row < MOST_ROWS:
                raise Refused("broken")
            self.column = -1
            self.notes.hidden += attributes.get("hidden") in ("1", "true")
        elif self.kind not in ("str", "e") and (name == "f" or name.endswith(":f")):
            self.formula = True
        elif self.formula and (name == "v" or name.endswith(":v")):
            self.parser.CharacterDataHandler = self._value

    def end(self, name):
        if name != "c" and not name.endswith(":c"):
            return
        if self.formula:
            self.notes.note_error(self.row, self.column, NO_VALUE)
            self.formula = False
        if self.parser.CharacterDataHandler:
            self.parser.CharacterDataHandler = None

    def _cell(self, attributes):
        self.column += 1
        if match := _REFERENCE.match(attributes.get("r", "")):
            self.column = _column(match[1])
        self.kind = attributes.get("t", "n")
        if self.kind == "e":
            self.parser.CharacterDataHandler = self._error
        elif self.kind == "n" and "s" in attributes:
            style = int(attributes["s"])
            code = self.styles[style] if style < len(self.styles) else None
            if code is not None:
                self.notes.note(self.row, self.column, code)

    def _value(self, text):
        if text.strip():
            self.formula = False

    def _error(self, text):
        if text.startswith("#"):
            self.notes.note_error(self.row, self.column, text.strip()[:20])


def _column(letters):
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
