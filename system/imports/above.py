"""Rows of a file that name another row of it as their parent."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.chinese.folding import folded
from system.imports import reading

#: The field that may name a record of the same file.
FIELD = "parent"
#: Rows that a refusal names.
NAMED = 5


def names_of(run):
    """Return {folded name: (row, folded name of its parent)} of all rows of a file.

    Nothing of a file in which rows do not name each other.
    """
    columns = {int(column): name for column, name in run.mapping.items()}
    if FIELD not in columns.values():
        return {}
    found: dict = {}
    for number, cells in reading.rows(run, run.header_row):
        texts = {"name": [], FIELD: []}
        for column, name in columns.items():
            if name in texts and column < len(cells):
                texts[name].append(folded(reading.shown(cells[column])))
        parent = next(filter(None, texts[FIELD]), "")
        for name in texts["name"]:
            found.setdefault(name, (number, parent))
    return found


def circles(names):
    """Return {row: rows} of those that lie above themselves; a row alone is its own.

    Args:
        names: from `names_of`.
    """
    found: dict = {}
    done: set = set()
    for start in names:
        path: dict = {}
        name = start
        while name in names and name not in done and name not in path:
            path[name] = names[name][0]
            name = names[name][1]
        if name in path:
            rows = list(path.values())[list(path).index(name) :]
            found |= dict.fromkeys(rows, sorted(rows))
        done |= path.keys()
    return found


def refusal(rows):
    """Return {field: error} of a row that lies above itself.

    Args:
        rows: that it shares this with, itself among them; of others there are none.
    """
    if not rows:
        return {}
    if len(rows) == 1:
        return {FIELD: ValidationError(_("A customer is not its own parent."))}
    numbers = "、".join(map(str, rows[:NAMED])) + ("…" if rows[NAMED:] else "")
    text = _("Rows %(rows)s of this file lie above each other in a circle.")
    return {FIELD: ValidationError(text, params={"rows": numbers})}
