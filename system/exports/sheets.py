"""Tables as files, written row by row in constant memory, never with a formula."""

import csv
import io
import re
import tempfile
from decimal import Decimal
from itertools import islice

import xlsxwriter
from django.utils.translation import gettext as _

CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
#: What Excel itself can hold.
MOST_ROWS = 1_048_575
LONGEST_CELL = 32_767
LARGEST_NUMBER = 10**15
#: Rows of a CSV file that are sent together.
PIECE = 500
#: Sheets up to this size are kept in memory, larger ones on disk.
IN_MEMORY = 1024 * 1024

#: A spreadsheet program takes a cell that begins so for a formula. One that begins
#: with apostrophes before such a sign gets one more, so that reading takes one away.
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")


class TooManyRows(Exception):
    """A sheet of this kind cannot hold that many rows."""


def harmless(text):
    """Return a text that no spreadsheet program takes for a formula."""
    if _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def write(kind, title, headers, rows):
    """Write a table to a temporary file and return it, at its start.

    Args:
        kind: `xlsx` or `csv`.
        title: the name of the sheet.
        headers: the texts of the first row.
        rows: lists of texts and numbers (int, Decimal); taken one at a time.

    Raises:
        TooManyRows: more than an XLSX sheet holds.
    """
    # The answer that sends the file closes it.
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    if kind == "csv":
        file.writelines(csv_pieces(headers, rows))
    else:
        _write_xlsx(file, title, headers, rows)
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
            lines.writerow([harmless(v) if isinstance(v, str) else str(v) for v in row])


def _write_xlsx(file, title, headers, rows):
    """Write texts as text cells, so that codes and telephone numbers stay whole."""
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, {"constant_memory": True, **options})
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31] or _("Sheet"))
    plain, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
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
                _write_number(sheet, count, place, value, plain)
    book.close()


def _write_number(sheet, line, place, value, plain):
    """Write a number as one, as text if Excel would round it."""
    if abs(value) < LARGEST_NUMBER:
        sheet.write_number(line, place, value)
    else:
        sheet.write_string(line, place, str(value), plain)


def number(value):
    """Return a number as `write` takes it, an empty text for None."""
    return "" if value is None else value if isinstance(value, int) else Decimal(value)
