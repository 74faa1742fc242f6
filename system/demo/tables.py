"""The tables of demo data that lie beside the program."""

import csv
from pathlib import Path

FOLDER = Path(__file__).parent / "data"


def rows(name):
    """Return the rows of a table as dicts."""
    return read(FOLDER / f"{name}.csv")


def read(file):
    """Return the rows of a file as dicts."""
    with file.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))
