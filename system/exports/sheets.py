"""Tables as files, written row by row in constant memory, never with a formula."""

import csv
import datetime
import io
import re
import tempfile
from decimal import Decimal
from itertools import islice
from types import MappingProxyType

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
#: What Excel itself can hold.
MOST_ROWS = 1_048_575
LONGEST_CELL = 32_767
LARGEST_NUMBER = 10**15
#: The hidden sheet of what cells offer, and the row down to which they do.
CHOICES, OFFERED = "_options", 10_000
#: Rows of a CSV file that are sent together.
PIECE = 500
#: Sheets up to this size are kept in memory, larger ones on disk.
IN_MEMORY = 1024 * 1024

#: A spreadsheet program takes a cell that begins so for a formula. One that begins
#: with apostrophes before such a sign gets one more, so that reading takes one away.
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]|'+\d[\d\s()-]*$")
#: Numbers, and telephones with their country: digits alone do nothing.
_PLAIN_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?|\+\d[\d\s()-]*")
#: What Excel takes for a day begins behind its false 29 February 1900.
FIRST_DAY = datetime.date(1900, 3, 1)


class TooManyRows(Exception):
    """A sheet of this kind cannot hold that many rows."""


def harmless(text):
    """Return a text that no spreadsheet program takes for a formula."""
    if _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def write(kind, title, headers, rows, choices=MappingProxyType({})):
    """Write a table to a temporary file and return it, at its start.

    Args:
        kind: `xlsx` or `csv`.
        title: the name of the sheet.
        headers: the texts of the first row.
        rows: lists of texts, numbers (int, Decimal), days and local moments without a
            zone; taken one at a time.
        choices: {place of a column: texts} that a cell of an XLSX file offers.

    Raises:
        TooManyRows: more than an XLSX sheet holds.
    """
    # The answer that sends the file closes it.
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    if kind == "csv":
        file.writelines(csv_pieces(headers, rows))
    else:
        _write_xlsx(file, title, headers, rows, choices)
    file.seek(0)
    return file


def csv_pieces(headers, rows):
    """Yield a CSV file piece by piece, its header at once.

    UTF-8 with a byte order mark: Excel takes it for GBK without one.
    """
    text = io.StringIO()
    lines = csv.writer(text)
    text.write("\ufeff")
    lines.writerow(map(harmless, headers))
    rows = iter(rows)
    while text.tell():
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
        for row in islice(rows, PIECE):
            lines.writerow(list(map(_csv_cell, row)))


def _csv_cell(value):
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value)


def _write_xlsx(file, title, headers, rows, choices):
    """Write texts as text cells, so that codes and telephone numbers stay whole."""
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, {"constant_memory": True, **options})
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31] or _("Sheet"))
    formats, bold = _Formats(book), book.add_format({"bold": True})
    plain = formats["@"]
    for place, header in enumerate(headers):
        sheet.set_column(place, place, max(12, min(40, 2 * len(header) + 2)), plain)
    sheet.freeze_panes(1, 0)
    for place, header in enumerate(headers):
        sheet.write_string(0, place, header, bold)
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise TooManyRows
        for place, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(count, place, value[:LONGEST_CELL], plain)
            else:
                _write_value(sheet, (count, place), value, formats)
    if choices:
        _offer(book, sheet, choices)
    book.close()


def _offer(book, sheet, choices):
    """Let cells be chosen from lists, which stand on a sheet that is hidden."""
    listed = book.add_worksheet(CHOICES)
    listed.hide()
    for line in range(max(map(len, choices.values()))):
        for place, texts in choices.items():
            if line < len(texts):
                listed.write_string(line, place, texts[line])
    for place, texts in choices.items():
        column = xl_col_to_name(place, col_abs=True)
        source = f"='{CHOICES}'!{column}$1:{column}${len(texts)}"
        checked = {"validate": "list", "source": source, "error_type": "warning"}
        sheet.data_validation(1, place, OFFERED, place, checked)


class _Formats(dict):
    """The formats of cells by their codes, made when the first such cell is met."""

    def __init__(self, book):
        super().__init__()
        self.book = book

    def __missing__(self, code):
        self[code] = self.book.add_format({"num_format": code})
        return self[code]


def _write_value(sheet, place, value, formats):
    """Write a number, a day or a moment as one; as text what Excel would change."""
    if isinstance(value, datetime.date):
        moment = isinstance(value, datetime.datetime)
        if (value.date() if moment else value) >= FIRST_DAY:
            code = "yyyy-mm-dd hh:mm" if moment else "yyyy-mm-dd"
            sheet.write_datetime(*place, value, formats[code])
            return
    elif abs(value) < LARGEST_NUMBER:
        sheet.write_number(*place, value, formats[_number_format(value)])
        return
    sheet.write_string(*place, str(value), formats["@"])


def _number_format(value):
    """Return the format with as many decimals as a number is kept with."""
    if isinstance(value, int):
        return "0"
    places = max(0, -value.as_tuple().exponent)
    return "#,##0" + ("." + "0" * places if places else "")


def number(value):
    """Return a number as `write` takes it, an empty text for None."""
    return "" if value is None else value if isinstance(value, int) else Decimal(value)


def moment(value):
    """Return a moment as `write` takes it: by our clocks; an empty text for None."""
    return "" if value is None else timezone.make_naive(value)
