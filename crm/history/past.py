"""A record as it was on a day, and one old value of it: the history read backwards."""

import json

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from psycopg2 import sql

from crm.guards.acts import SAID
from crm.history.entries import exact, kind, readable
from crm.history.words import triggers_of
from crm.models import HistoryEntry

ROW = sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE id = %s")
#: Entries that are read for the parts of a record, and parts that are told.
MOST_ENTRIES = 2000
MOST_PARTS = 200
#: Numbers that a column of ids can hold.
MOST_DIGITS = 18


def as_it_was(record, moment, user):
    """Return the entry that tells what a record and its parts held at a moment.

    What has changed since is taken back, the latest change first. Columns whose
    changes the history does not keep are left out: nobody knows what they held.

    Returns:
        The entry in words for a reader, its `readable_changes` the columns that held
        something and its `parts` the lines, files and whatever else hung on the record,
        entries like it; None if the record was not there yet.
    """
    if record.created_at > moment:
        return None
    model = type(record)
    values, label = _row(record), model._meta.label_lower
    since = HistoryEntry.objects.filter(label=label, object_id=record.pk)
    for changes in (
        since.filter(at__gt=moment).order_by("-pk").values_list("changes", flat=True)
    ):
        values |= {column: pair[0] for column, pair in _pairs(changes)}
    entry = _state(label, record.pk, record, values)
    parts = _parts(record, moment)
    readable([entry, *parts], user)
    entry.parts = parts
    return entry


def _parts(record, moment):
    """Return what hung on a record at a moment: told by its history, read forward."""
    label, found = record._meta.label_lower, {}
    entries = HistoryEntry.objects.filter(
        subject_label=label, subject_id=record.pk, at__lte=moment
    )
    entries = entries.exclude(label__in=("", label)).exclude(verb__in=SAID)
    for entry in entries.order_by("-pk")[:MOST_ENTRIES][::-1]:
        key = entry.label, entry.object_id
        held = {column: pair[1] for column, pair in _pairs(entry.changes)}
        part = found.setdefault(key, {"values": {}, "title": ""})
        part["values"] |= held
        part["title"] = entry.title
        if "id" in held and held["id"] is None:  # it went
            del found[key]
    return [
        _state(one, pk, record, part["values"], part["title"])
        for (one, pk), part in found.items()
        if hangs_on(kind(one)) and part["values"].get("deleted_at") is None
    ][:MOST_PARTS]


def hangs_on(model):
    """Say whether rows of a kind are parts of a record: what ties two is none."""
    return model is not None and not hasattr(model, "tied_ids")


def _pairs(changes):
    """Return (column, [old, new]) of the changes that are such pairs."""
    return [
        (column, pair)
        for column, pair in changes.items()
        if isinstance(pair, list) and len(pair) == 2
    ]


def _state(label, pk, record, values, title=""):
    """Return an entry that tells the columns of a row as if they had just come."""
    model = apps.get_model(label)
    untracked = {
        column
        for trigger in triggers_of(model)
        for column in getattr(trigger, "untracked", ())
    }
    return HistoryEntry(
        label=label,
        subject_label=record._meta.label_lower,
        subject_id=record.pk,
        object_id=pk,
        verb="created",
        title=title,
        changes={
            field.column: [None, values.get(field.column)]
            for field in model._meta.concrete_fields
            if field.column not in untracked
        },
    )


def can_return(form_class, model):
    """Return the fields of an edit form: of those that their record can get back."""
    return form_class.base_fields.keys() - set(model.asked_once)


def old_value(record, entry, name):
    """Return {field of its form: the value before a change}; empty if there is none.

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
    asked = model.typed_into.get(name, name)
    if value is None or field.is_relation:
        return {asked: value}
    try:
        return {asked: exact(field, value)}
    except ValidationError:  # an older version knew such values
        return {}


def _row(record):
    """Return the columns of a record as the history writes them."""
    table = sql.Identifier(record._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(ROW.format(table), [record.pk])
        (found,) = cursor.fetchone()
    return json.loads(found)
