"""An old .xls is read as its sheet shows it: errors, formats, hidden rows."""

import struct

import pytest

from contracts.models import Product
from system.imports.parsing import biff, workbooks
from tests.samples import counts, run

pytestmark = pytest.mark.django_db

SECTOR, NOTHING, LAST, TABLE = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def record(kind, body=b""):
    return struct.pack("<HH", kind, len(body)) + body


def start(what):
    return record(0x0809, struct.pack("<HHHHII", 0x0600, what, 0, 0, 0, 0))


def label(row, column, text):
    head = struct.pack("<HHHHB", row, column, 0, len(text), 1)
    return record(0x0204, head + text.encode("utf-16-le"))


def number(row, column, value, style=0):
    return record(0x0203, struct.pack("<HHHd", row, column, style, value))


def whole_numbers(row, column, *cells):
    """Return the record of (value, style) beside each other, as Excel packs them."""
    packed = (struct.pack("<HI", style, value << 2 | 2) for value, style in cells)
    last = struct.pack("<H", column + len(cells) - 1)
    return record(0x00BD, struct.pack("<HH", row, column) + b"".join(packed) + last)


def formula(row, column, value, style):
    head = struct.pack("<HHHd", row, column, style, value)
    return record(0x0006, head + bytes(6) + b"\x03\0\x1e\x01\0")


def hidden(row):
    return record(0x0208, struct.pack("<HHHHHHI", row, 0, 3, 255, 0, 0, 0x20))


def format_of(number, text):
    head = struct.pack("<HHB", number, len(text), 1)
    return record(0x041E, head + text.encode("utf-16-le"))


def style(number):
    return record(0x00E0, struct.pack("<HH", 0, number) + bytes(16))


def error(row, column, code):
    return record(0x0205, struct.pack("<HHHBB", row, column, 0, code, 1))


def formula_error(row, column, code):
    result = bytes((2, 0, code, 0, 0, 0, 0xFF, 0xFF))
    head = struct.pack("<HHH", row, column, 0)
    return record(0x0006, head + result + bytes(6) + b"\x03\0\x1c" + bytes((code, 0)))


def workbook(*cells, styles=b""):
    """Return the records of a workbook with one sheet."""
    opening, closing = start(0x0005) + styles, record(0x000A)
    name = b"\x06\x00Sheet1"
    at = len(opening) + 4 + 6 + len(name) + len(closing)
    sheet = record(0x0085, struct.pack("<IH", at, 0) + name)
    return opening + sheet + closing + start(0x0010) + b"".join(cells) + closing


def entry(name, kind, where, size, child=NOTHING):
    text = (name + "\0").encode("utf-16-le")
    head = struct.pack("<64sHBB", text, len(text), kind, 1)
    tail = struct.pack("<III36xIII", NOTHING, NOTHING, child, where, size, 0)
    return head + tail


def compound(book):
    """Return a compound file: its table, its folder, the stream of the workbook."""
    book = book.ljust(4096, b"\0")
    book += bytes(-len(book) % SECTOR)
    sectors = len(book) // SECTOR
    chain = [TABLE, LAST, *range(3, sectors + 2), LAST]
    chain += [NOTHING] * (SECTOR // 4 - len(chain))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, LAST, 0, LAST, 0)
    head += struct.pack("<109I", 0, *[NOTHING] * 108)
    folder = entry("Root Entry", 5, LAST, 0, child=1)
    folder += entry("Workbook", 2, 2, len(book)) + bytes(256)
    return head + struct.pack("<128I", *chain) + folder + book


BOOK = compound(
    workbook(
        label(0, 0, "客户名称"),
        label(0, 1, "年营业额"),
        label(1, 0, "错误甲有限公司"),
        error(1, 1, 0x07),
        label(2, 0, "错误乙有限公司"),
        formula_error(2, 1, 0x2A),
        label(3, 0, "没有错误有限公司"),
        number(3, 1, 12.5),
    )
)


def test_an_error_is_an_error_of_its_row(lina, sign_in):
    found = run(sign_in(lina), BOOK, "旧表.xls")
    assert counts(found) == (3, 1, 0, 0, 2)
    said = [row.reasons for row in found.refusals.order_by("number")]
    assert [reason[0][0] for reason in said] == ["年营业额", "年营业额"]
    assert "#DIV/0!" in said[0][0][1]
    assert "#N/A" in said[1][0][1]


@pytest.mark.parametrize("length", [0, 8, 76, 600, 1100, len(BOOK) - 1])
def test_a_book_that_is_cut_off_has_no_errors_but_those_in_it(tmp_path, length):
    cut = tmp_path / "a.xls"
    cut.write_bytes(BOOK[:length])
    found = biff.notes(cut, 0)
    assert found is None or set(found.errors) <= {1, 2}
    cut.write_bytes(BOOK)
    assert biff.notes(cut, 0).errors == {1: {1: "#DIV/0!"}, 2: {1: "#N/A"}}
    assert biff.notes(cut, 7) is None


def test_sectors_in_a_circle_end(tmp_path):
    odd = bytearray(BOOK)
    struct.pack_into("<I", odd, SECTOR + 4 * 3, 3)  # a sector that follows itself
    path = tmp_path / "a.xls"
    path.write_bytes(odd)
    assert biff.notes(path, 0).errors


#: The formats of the styles 0 to 7; those from 164 on have a text in the file.
FORMATS = (0, 9, 4, 14, 49, 164, 165, 31)
STYLES = (
    format_of(164, "00000") + format_of(165, '"P-"000') + b"".join(map(style, FORMATS))
)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (number(0, 0, 12, style=0), "12"),
        (number(0, 0, 0.5, style=1), "50%"),
        (number(0, 0, 1234.5666666667, style=2), "1,234.57"),
        (number(0, 0, 45000, style=3), "2023-03-15"),
        (number(0, 0, 45000.75, style=3), "2023-03-15 18:00:00"),
        (number(0, 0, 12, style=4), "12"),
        (number(0, 0, 12, style=5), "00012"),
        (number(0, 0, 7, style=6), "P-007"),
        (number(0, 0, 45000, style=7), "2023-03-15"),
        (whole_numbers(0, 0, (12, 5), (7, 6)), "00012"),
        (formula(0, 0, 12, style=5), "00012"),
        (label(0, 0, "00012"), "00012"),
    ],
)
def test_a_number_is_what_the_sheet_shows(tmp_path, cell, shown):
    path = tmp_path / "a.xls"
    path.write_bytes(compound(workbook(cell, styles=STYLES)))
    about, rows = workbooks.table(path, {})
    assert next(rows)[1][0] == shown
    assert about["values_only"] is False


def test_cells_are_told_apart_whatever_their_order(tmp_path):
    path = tmp_path / "a.xls"
    cells = number(1, 0, 3, 5), whole_numbers(0, 0, (1, 5), (2, 6)), label(1, 1, "3")
    path.write_bytes(compound(workbook(hidden(1), *cells, styles=STYLES)))
    about, rows = workbooks.table(path, {})
    assert list(rows) == [(1, ["00001", "P-002"]), (2, ["00003", "3"])]
    assert about["hidden_rows"] == 1


def test_codes_of_an_old_workbook_keep_their_zeros(lina, sign_in):
    cells = label(0, 0, "产品编码"), label(0, 1, "产品名称"), number(1, 0, 12, 5)
    book = compound(workbook(*cells, label(1, 1, "电阻箱"), styles=STYLES))
    found = run(sign_in(lina), book, "产品.xls", "/products/import/")
    assert counts(found) == (1, 1, 0, 0, 0)
    assert Product.objects.get().code == "00012"
