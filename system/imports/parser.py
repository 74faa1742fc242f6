"""Reads one uploaded table, in a process of its own with hard limits.

    python -s -m system.imports.parser <uploaded file> <rows to write> <choices>

Whatever a hostile file does to a parser, it does it here and not to the server. The
rows go to a neutral file, one JSON list [number of the row, [cells]] per line, and what
there is to say about the file to standard output, as JSON. What a cell may be is said
in `parsing.cells`; the choices are a JSON object of encoding, delimiter, quotes, sheet.
"""

import csv
import errno
import json
import resource
import sys
import zipfile
from pathlib import Path

from system.imports.parsing import texts, vcards, workbooks
from system.imports.parsing.refusal import Refused
from system.imports.parsing.workbooks import OLE, ZIP

MEMORY, SECONDS = 1024**3, 25
LARGEST_UNZIPPED, MOST_PARTS = 300 * 1024**2, 5000
MOST_ROWS, MOST_COLUMNS = 200_000, workbooks.WIDEST
#: One sign more than the longest field that can be filled takes: what is cut here is
#: refused there as too long, and no row takes the memory of the server.
LONGEST_CELL, LONGEST_ROW = 50_001, 64_000
#: A full disk is not the fault of the file.
DISK = frozenset((errno.ENOSPC, errno.EDQUOT))
#: What the rows may take on the disk: ten times the file, a small one more.
TIMES, SMALL_OUTPUT, LARGEST_OUTPUT = 10, 5_000_000, 100_000_000


def main(source, target, choices="{}"):
    """Read the file, write its rows, return what there is to say about it."""
    content = Path(source).read_bytes()
    if content.startswith(ZIP):
        _check_zip(source)
    chosen = json.loads(choices)
    if content.startswith((ZIP, OLE)):
        about, rows = workbooks.table(source, chosen)
    elif vcards.is_card(content):
        about, rows = vcards.table(content, chosen)
    else:
        about, rows = texts.table(content, chosen)
    room = min(max(TIMES * len(content), SMALL_OUTPUT), LARGEST_OUTPUT)
    with Path(target).open("wb") as file:
        count = _write(file, rows, room)
    if not count:
        raise Refused("empty")
    return {**about, "rows": count}


def _write(file, rows, room):
    """Write the rows in which anything stands; return how many there are.

    Args:
        file: where to, open for bytes.
        rows: (number, cells) each.
        room: the bytes that all of them may take.
    """
    count = 0
    for number, cells in rows:
        while cells and cells[-1] == "":
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise Refused("columns")
        if cells:
            count += 1
            line = _line(number, cells)
            room -= len(line)
            if room < 0:
                raise Refused("bomb")
            file.write(line)
        if count > MOST_ROWS:
            raise Refused("rows")
    return count


def _line(number, cells):
    """Return a row as it is written."""
    cells = [c[:LONGEST_CELL] if isinstance(c, str) else c for c in cells]
    if sum(len(cell) for cell in cells if isinstance(cell, str)) > LONGEST_ROW:
        raise Refused("long_row", number)
    return json.dumps([number, cells], ensure_ascii=False).encode() + b"\n"


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


def confine():
    """Give up the means to do harm before the file is touched."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_OUTPUT, LARGEST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    csv.field_size_limit(1024 * 1024)


if __name__ == "__main__":
    confine()
    try:
        said = main(*sys.argv[1:])
    except Refused as refused:
        said = {"refused": refused.code, "line": refused.line}
    except MemoryError:
        said = {"refused": "bomb"}
    except OSError as error:
        if error.errno not in DISK:
            raise
        said = {"errno": error.errno}
    sys.stdout.write(json.dumps(said))
