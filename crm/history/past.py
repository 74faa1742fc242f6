"""A record as it was on a day, and one old value of it: the history read backwards."""

import json

from django.core.exceptions import ValidationError
from django.db import connection
from psycopg2 import sql

from crm.history.entries import readable
from crm.models import HistoryEntry

ROW = sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE id = %s")
#: Numbers that a column of ids can hold.
MOST_DIGITS = 18


def as_it_was(record, moment, user):
    """Return [{label, new, name}] of what a record held at a moment, for a reader.

    What has changed since is taken back, the latest change first. Parts of the record
    have histories of their own.

    Returns:
        The columns that held something; None if the record was not there yet.
    """
    if record.created_at > moment:
        return None
    model = type(record)
    values, label = _row(record), model._meta.label_lower
    since = HistoryEntry.objects.filter(label=label, object_id=record.pk)
    for changes in (
        since.filter(at__gt=moment).order_by("-pk").values_list("changes", flat=True)
    ):
        values |= {
            column: pair[0]
            for column, pair in changes.items()
            if isinstance(pair, list) and len(pair) == 2
        }
    entry = HistoryEntry(
        label=label,
        subject_label=label,
        object_id=record.pk,
        verb="created",
        changes={
            field.column: [None, values.get(field.column)]
            for field in model._meta.concrete_fields
        },
    )
    return readable([entry], user)[0].readable_changes


def old_value(record, entry, name):
    """Return {name: the value a field had before a change}; empty if there is none.

    Args:
        record: whose value it is.
        entry: the number of the entry of its history, as somebody sent it.
        name: the field.
    """
    model = type(record)
    field = next((f for f in model._meta.concrete_fields if f.name == name), None)
    if field is None or not (entry.isascii() and entry.isdigit()):
        return {}
    found = HistoryEntry.objects.filter(
        pk=int(entry[:MOST_DIGITS]),
        label=model._meta.label_lower,
        object_id=record.pk,
        changes__has_key=field.column,
    ).first()
    if found is None:
        return {}
    value = found.changes[field.column][0]
    if value is None or field.is_relation:
        return {name: value}
    try:
        return {name: field.to_python(value)}
    except ValidationError:  # an older version knew such values
        return {}


def _row(record):
    """Return the columns of a record as the history writes them."""
    table = sql.Identifier(record._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(ROW.format(table), [record.pk])
        (found,) = cursor.fetchone()
    return json.loads(found)
