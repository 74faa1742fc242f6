"""From an upload to its rows: stored, read by a confined child, read back."""

import json
import subprocess
import sys
from os import SEEK_END
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.attachments import path_of

EXTENSIONS = ("csv", "tsv", "txt", "xlsx", "xls")
SECONDS = 120
PARSER = Path(__file__).with_name("parser.py")

REASONS = {
    "password": gettext_lazy(
        "The file is protected by a password, or damaged. Save it anew without one."
    ),
    "broken": gettext_lazy("The file is damaged, or it is no table that we can read."),
    "bomb": gettext_lazy("The file is far too large once it is unpacked."),
    "empty": gettext_lazy("There are no rows in this file."),
    "rows": gettext_lazy("The file has more than 200,000 rows. Split it."),
    "columns": gettext_lazy("The file has more than 300 columns."),
    "encoding": gettext_lazy(
        "The characters cannot be read. Save the file as UTF-8 or as an Excel workbook."
    ),
    "binary": gettext_lazy("This is no table: neither text nor an Excel workbook."),
    "web_page": gettext_lazy(
        "This is a web page by content. Open it in Excel and save it as .xlsx."
    ),
}


def parse(sha256):
    """Read a stored file in a child process and return what it says of it.

    The rows lie beside the file afterwards, see `rows`.

    Raises:
        ValidationError: it is not a table, or too much of one.
    """
    source = path_of(sha256)
    target = _rows_path(sha256)
    fresh = target.with_suffix(".new")
    try:
        child = subprocess.run(
            [sys.executable, "-I", PARSER, source, fresh],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            env={"PYTHONUTF8": "1"},
            check=True,
        )
        said = json.loads(child.stdout)
    except (subprocess.SubprocessError, ValueError):
        said = {"refused": "broken"}
    if "refused" in said:
        fresh.unlink(missing_ok=True)
        raise ValidationError(REASONS[said["refused"]], code=said["refused"])
    fresh.replace(target)
    return said


def rows(sha256, after=0):
    """Yield (number, cells) of the rows of a read file that follow one.

    Args:
        sha256: of the file.
        after: the number of the last row that is not wanted any more.
    """
    with _rows_path(sha256).open("rb") as lines:
        _skip(lines, after)
        for line in lines:
            yield json.loads(line)


def _skip(lines, after):
    """Go to the first line behind a row, in a time that hardly grows with the file.

    Lines begin with the number of their row, in ascending order: halve the file
    until both ends stand at the same line.
    """
    low, high = 0, lines.seek(0, SEEK_END)
    while low < high:
        middle = (low + high) // 2
        lines.seek(max(middle - 1, 0))
        if middle:
            lines.readline()
        start, line = lines.tell(), lines.readline()
        if line and int(line[1 : line.index(b",")]) <= after:
            low = start + len(line)
        else:
            high = middle
    lines.seek(low)


def seen_path(sha256, key):
    """Return the path of what one preview of a file keeps between its requests."""
    path = path_of(sha256)
    return path.with_name(f"{path.name}.{key}.seen")


def described(said):
    """Return in words how a file was read."""
    if said["format"] == "workbook":
        text = _("Sheet “%s”.") % said["sheet"]
        more = len(said["ignored"])
        if more:
            text += " " + ngettext(
                "%(count)d other sheet is not imported: %(names)s.",
                "%(count)d other sheets are not imported: %(names)s.",
                more,
            ) % {"count": more, "names": "、".join(said["ignored"][:10])}
        return text
    return _("Text, %(encoding)s, columns separated by %(sign)s.") % {
        "encoding": {"utf-8-sig": "UTF-8", "utf-16": "UTF-16"}.get(
            said["encoding"], "GB18030"
        ),
        "sign": {",": _("commas"), ";": _("semicolons"), "\t": _("tabs")}[
            said["delimiter"]
        ],
    }


def _rows_path(sha256):
    path = path_of(sha256)
    return path.with_name(f"{path.name}.rows")
