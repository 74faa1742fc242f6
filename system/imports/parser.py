"""Reads one uploaded table, in a process of its own with hard limits.

    python -s -m system.imports.parser <uploaded file> <rows to write> <choices>

Whatever a hostile file does to a parser, it does it here and not to the server. The
rows go to a neutral file, one JSON list [number of the row, [cells]] per line, and what
there is to say about the file to standard output, as JSON. What a cell may be is said
in `parsing.cells`; the choices are a JSON object of encoding, delimiter and sheet.
"""

import csv
import json
import resource
import sys
import zipfile
from pathlib import Path

from system.imports.parsing import texts, workbooks
from system.imports.parsing.refusal import Refused
from system.imports.parsing.workbooks import OLE, ZIP

MEMORY, SECONDS, LARGEST_OUTPUT = 1024**3, 60, 1024**3
LARGEST_UNZIPPED, MOST_PARTS = 300 * 1024**2, 5000
MOST_ROWS, MOST_COLUMNS = 200_000, 300


def main(source, target, choices="{}"):
    """Read the file, write its rows, return what there is to say about it."""
    content = Path(source).read_bytes()
    if content.startswith(ZIP):
        _check_zip(source)
    chosen = json.loads(choices)
    if content.startswith((ZIP, OLE)):
        about, rows = workbooks.table(source, chosen)
    else:
        about, rows = texts.table(content, chosen)
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
        if cells:
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
        said = {"refused": refused.code, "line": refused.line}
    except MemoryError:
        said = {"refused": "bomb"}
    sys.stdout.write(json.dumps(said))
