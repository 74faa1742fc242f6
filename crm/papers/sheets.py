"""What the sheet of any record says: its facts, and the newest of what hangs on it."""

from django.db import models
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from crm.display import label_of, reader, text
from crm.kinds import tabs_of
from crm.lists.columns import numbers_of
from crm.papers.paper import fact, frame, table
from crm.related import is_named, relations, seen_from
from crm.rights.permissions import permission
from crm.views.lists import listing_at

#: So many of the newest rows of each list, in so many of its columns.
ROWS, COLUMNS = 15, 6


def record_sheet(record, user, title, groups, tables=()):
    """Return what the sheet of a record says to a reader.

    Args:
        record: the record; the reader may see it.
        user: the reader.
        title: what the sheet is called.
        groups: ((heading, names of fields), …).
        tables: what stands before the lists that hang on the record.
    """
    subtitle = " · ".join(filter(None, (getattr(record, "number", ""), str(record))))
    of = record.owner and record.owner.department
    head = frame(user, title, subtitle, department=of)
    seen_ids = seen_from([record], user)
    shown = [
        {"heading": str(heading), "facts": _facts(record, names, seen_ids)}
        for heading, names in groups
    ]
    return {
        **head,
        "groups": [group for group in shown if group["facts"]],
        "tables": [*tables, *filter(None, _lists(record, user))],
    }


def _facts(record, names, seen_ids):
    """Return the facts that something is known of."""
    model, found = type(record), []
    for name in names:
        if name in relations(model) and not is_named(record, name, seen_ids):
            continue
        if said := reader(model, name)(record):
            wide = isinstance(model._meta.get_field(name), models.TextField)
            found.append(fact(name, label_of(model, name), said, wide=wide))
    return found


def _lists(record, user):
    """Yield the newest rows of each list that hangs on a record, as one may see it."""
    for kind, relation in tabs_of(type(record)):
        if user.has_perm(permission("view", kind)):
            listing = _listing(kind, user, f"{relation}={record.pk}")
            yield _newest(listing, relation)


def _listing(kind, user, conditions):
    """Return the view of a kind's list, as if a person had asked for its page."""
    asked = HttpRequest()
    asked.method, asked.user = "GET", user
    return listing_at(kind, asked, QueryDict(conditions, mutable=True))


def _newest(listing, relation):
    """Return the newest rows of a list as a table, None of an empty one."""
    rows = list(listing.get_queryset()[: ROWS + 1])
    if not rows:
        return None
    columns = [c for c in listing.table.shown if c.name != relation][:COLUMNS]
    note = _("The newest %d; there are more.") % ROWS if len(rows) > ROWS else ""
    heading = listing.model._meta.verbose_name_plural
    return {
        **rows_of(listing.table, columns, rows[:ROWS]),
        "heading": str(heading),
        "note": note,
    }


def rows_of(listed, columns, rows):
    """Return rows of a list as a table, each cell as the list words it.

    Args:
        listed: the crm.lists.tables.RecordTable, for the reader.
        columns: those of it that are shown.
        rows: the records.
    """
    listed.learn(rows)
    numbers = numbers_of(type(listed))
    heads = [(column.header, column.name in numbers) for column in columns]
    cells = [listed.exported(column.name) for column in columns]
    lines = ([text(cell(row)) for cell in cells] for row in rows)
    return table("", heads, lines)
