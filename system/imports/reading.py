"""From an upload to its rows: stored, read by a confined child, read back."""

import json
import os
import signal
import subprocess
import sys
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.attachments import path_of
from system.exports.sheets import CHOICES

EXTENSIONS = ("csv", "tsv", "txt", "xlsx", "xls", "et", "vcf")
#: So long may one file take; what waits for an answer longer has been given up.
SECONDS = 25
#: Rows that are looked up together.
BATCH = 1000
PARSER = ("-s", "-m", "system.imports.parser")
ROOT = Path(__file__).parents[2]
#: What the encodings are called by those who choose one.
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-32": "UTF-32",
    "gb18030": "GB18030",
    "cp950": "Big5",
    "cp1252": "Windows-1252",
}
SEPARATORS = {
    ",": gettext_lazy("commas"),
    ";": gettext_lazy("semicolons"),
    "\t": gettext_lazy("tabs"),
    "|": gettext_lazy("upright lines"),
}

REASONS = {
    "password": gettext_lazy(
        "The file is protected by a password, or damaged. Save it anew without one."
    ),
    "broken": gettext_lazy("The file is damaged, or it is no table that we can read."),
    "bomb": gettext_lazy("The file is far too large once it is unpacked."),
    "slow": gettext_lazy(
        "Reading this file takes too long. Split it into several smaller ones."
    ),
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
    "long_row": gettext_lazy("Row %(line)s is longer than 64,000 signs."),
    "open_quote": gettext_lazy(
        "From line %(line)s on, a quotation mark is open: whole rows would become one "
        "cell. Correct the marks there, or save the table as an Excel workbook."
    ),
}


def parse(sha256, choices=None, seconds=SECONDS):
    """Read a stored file in a child process and return what it says of it.

    The rows lie beside the file afterwards, see `rows`.

    Args:
        sha256: of the file.
        choices: {"encoding", "delimiter", "quotes", "sheet"} as a person has chosen.
        seconds: how long it may take at most.

    Raises:
        ValidationError: it is not a table, or too much of one.
        OSError: the file or its rows cannot be read or written, and not by its fault.
    """
    choices = choices or {}
    target = _rows_path(sha256, choices)
    # Two people may hand in one file at once: each child writes a file of its own.
    fresh = target.with_suffix(f".{uuid4().hex}")
    try:
        child = subprocess.run(
            [sys.executable, *PARSER, path_of(sha256), fresh, json.dumps(choices)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            env={"PYTHONUTF8": "1"},
            cwd=ROOT,
            check=True,
        )
        said = json.loads(child.stdout)
    except subprocess.TimeoutExpired:
        said = {"refused": "slow"}
    except subprocess.CalledProcessError as error:
        is_slow = error.returncode == -signal.SIGXCPU
        said = {"refused": "slow" if is_slow else "broken"}
    except ValueError:
        said = {"refused": "broken"}
    if "format" not in said:
        fresh.unlink(missing_ok=True)
    if "errno" in said:
        raise OSError(said["errno"], os.strerror(said["errno"]))
    if "refused" in said:
        raise ValidationError(
            REASONS[said["refused"]],
            code=said["refused"],
            params={"line": said.get("line")},
        )
    fresh.replace(target)
    return {**said, "choices": choices}


def is_kept(run):
    """Say whether the file of an import and its rows are still there."""
    return path_of(run.sha256).exists() and _rows_of(run).exists()


def rows(run, after=0):
    """Yield (number, cells) of the rows of an import's file that follow one.

    Args:
        run: the import, with what was said when its file was read.
        after: the number of the last row that is not wanted any more.
    """
    with _rows_of(run).open("rb") as lines:
        _skip(lines, after)
        for line in lines:
            yield json.loads(line)


def batches(rows):
    """Yield lists of so many rows as are looked up together."""
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _skip(lines, after):
    """Go to the first line behind a row, in a time that hardly grows with the file.

    Lines begin with the number of their row, in ascending order: halve the file
    until both ends stand at the same line.
    """
    low, high = 0, lines.seek(0, os.SEEK_END)
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


def seen_path(sha256, key, what="marks"):
    """Return the path of what a pass through a file keeps between its requests."""
    path = path_of(sha256)
    return path.with_name(f"{path.name}.{key}.{what}")


def shown(cell):
    """Return a cell as a text: an error says what stands there."""
    return cell["error"] if isinstance(cell, dict) else str(cell)


def described(said):
    """Return in words how a file was read, one sentence for each thing to know."""
    if said["format"] == "text":
        return [
            _("Text, %(encoding)s, columns separated by %(sign)s.")
            % {
                "encoding": ENCODINGS[said["encoding"]],
                "sign": SEPARATORS[said["delimiter"]],
            }
        ]
    if said["format"] == "cards":
        return [_("Address book (vCard), %s.") % ENCODINGS[said["encoding"]]]
    return [_("Sheet “%s”.") % said["sheet"], *_described_sheets(said)]


def _described_sheets(said):
    """Yield in words what of a workbook is not taken, or not as it may seem."""
    others = [
        n for n in said.get("sheets", said.get("ignored", [])) if n != said["sheet"]
    ]
    if others:
        sentence = ngettext(
            "%(count)d other sheet is not imported: %(names)s.",
            "%(count)d other sheets are not imported: %(names)s.",
            len(others),
        )
        yield sentence % {"count": len(others), "names": "、".join(others[:10])}
    hidden = [name for name in said.get("hidden_sheets", ()) if name != CHOICES]
    if hidden:
        names = "、".join(hidden[:10])
        yield _("Hidden sheets are not imported: %s.") % names
    if count := said.get("hidden_rows"):
        sentence = ngettext(
            "%(count)d hidden or filtered row is imported too.",
            "%(count)d hidden or filtered rows are imported too.",
            count,
        )
        yield sentence % {"count": count}
    if said.get("values_only"):
        yield _("Of this .xls file the values count, not the formats of their numbers.")


def _rows_of(run):
    return _rows_path(run.sha256, run.said.get("choices", {}))


def _rows_path(sha256, choices):
    """Return where the rows lie; they differ with the choices."""
    path, mark = path_of(sha256), ""
    if choices:
        text = json.dumps(choices, sort_keys=True)
        mark = "." + blake2b(text.encode(), digest_size=6).hexdigest()
    return path.with_name(f"{path.name}{mark}.rows")
