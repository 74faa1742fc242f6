"""No file takes a parser longer than its length does, however it is made."""

import gc
import json
import time
import zipfile
from contextlib import suppress
from io import BytesIO
from itertools import product
from string import ascii_uppercase

import pytest
import xlsxwriter

from crm.imports.cells import unpacked
from system.imports import parser
from system.imports.parsing import number_formats
from system.imports.parsing.refusal import Refused
from tests.samples import workbook

MB = 1_000_000
#: Signs in a format of numbers that a program may write.
FORMATTED = "#,##0.00" + '"元"' * 60


def card(line):
    """Return what makes an address book of one card with many such lines."""

    def book(size):
        lines = "".join(line % place for place in range(size // len(line % 1)))
        return f"BEGIN:VCARD\r\nFN:张\r\n{lines}END:VCARD\r\n".encode()

    return book


def repeated(piece, before="", after=""):
    """Return what makes a text of so many bytes out of one piece."""
    return lambda size: (
        f"{before}{piece * (size // len(piece.encode()))}{after}".encode()
    )


def merged(size):
    """Return a workbook of so many bytes with columns merged down all its rows."""
    rows = size // 50
    cells = "".join(
        f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, rows)
    )
    below = "".join(
        f'<mergeCell ref="{name}1:{name}{rows}"/>'
        for name in ("".join(letters) for letters in product(ascii_uppercase, repeat=3))
        if name < "XFD"
    )
    content = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(workbook(["名称"], ["甲"]))) as old,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            data = old.read(part).decode()
            if part.endswith("sheet1.xml"):
                head = data[: data.index("<sheetData")]
                sheet = f"<sheetData>{cells}</sheetData>"
                data = f"{head}{sheet}<mergeCells>{below}</mergeCells></worksheet>"
            new.writestr(part, data)
    return content.getvalue()


def formatted(code):
    """Return what makes a workbook whose cells all have one format."""

    def made(size):
        content = BytesIO()
        book = xlsxwriter.Workbook(content, {"in_memory": True})
        page = book.add_worksheet()
        money = book.add_format({"num_format": code(size)})
        for row in range(size // 100):
            page.write_number(row, 0, row, money)
        book.close()
        return content.getvalue()

    return made


def took(content, folder):
    """Return the seconds of the processor that reading a file takes.

    A file is read in a process of its own; here the collector of garbage would look
    through all that the tests have loaded.
    """
    source = folder / "file"
    source.write_bytes(content)
    gc.disable()
    begun = time.process_time()
    with suppress(Refused):  # slowly to refuse is as bad
        parser.main(source, folder / "rows", json.dumps({}))
    spent = time.process_time() - begun
    gc.enable()
    return spent


@pytest.mark.parametrize(
    "file",
    [
        repeated("=E5=BC=A0=\r\n", "BEGIN:VCARD\r\nN;ENCODING=QUOTED-PRINTABLE:"),
        repeated("张\r\n ", "BEGIN:VCARD\r\nFN:"),
        card("TEL:%07d\r\n"),
        card("X-%07d;TYPE=HOME:a\r\n"),
        repeated(";A", "BEGIN:VCARD\r\nFN"),
        repeated(";a", "BEGIN:VCARD\r\nORG:", "\r\nEND:VCARD"),
        repeated("BEGIN:VCARD\r\nFN:a\r\nEND:VCARD\r\n"),
        repeated("a,b\n"),
        repeated('"a\nb",c\n', "x,y\n"),
        repeated("a,b\n", 'x,y\n"'),
        repeated("'", "x\n"),
        repeated('""', 'x\n="'),
        repeated("\u0301", "x\na"),
        merged,
        formatted(lambda _size: FORMATTED[:250]),
        formatted(lambda size: '"' + "x" * size + '"0'),
    ],
)
def test_a_file_of_four_times_the_length_takes_no_more_than_that(tmp_path, file):
    one, four = (took(file(size), tmp_path) for size in (MB // 8, MB // 2))
    assert four < 8 * one + 0.5  # a quadratic one takes sixteen times as long
    assert four < 20


def test_a_format_longer_than_any_program_writes_is_none():
    codes, styles = number_formats.of_styles([200, 201], {200: "0" * 256, 201: "00"})
    assert (codes, styles) == (["00"], [None, 0])


def test_no_sheet_has_a_row_behind_its_last(tmp_path):
    source, content = BytesIO(workbook(["名称"], ["甲"])), BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(content, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            if part.endswith("sheet1.xml"):
                data = data.replace(b'<row r="2"', b'<row r="900000000"')
            new.writestr(part, data)
    assert took(content.getvalue(), tmp_path) < 10


def test_a_cell_of_nothing_but_brackets_is_a_text():
    cell = '[{"value":' * 4000
    assert unpacked(cell) == cell
