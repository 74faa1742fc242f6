"""History entries as a reader sees them: labels for columns, names for ids.

A row that the reader may not see keeps its name to itself.
"""

from collections import defaultdict
from datetime import datetime
from itertools import groupby

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import TextField, Value
from django.db.models.functions import Cast
from django.utils.dateparse import parse_datetime, parse_time
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import dictionaries
from crm.display import number_text, text
from crm.guards.acts import SAID
from crm.history.words import (
    NAMES_ITS_PART,
    OF_NO_COLUMN,
    act,
    field_of,
    title_of,
    word_of,
)
from crm.kinds import every_permission
from crm.models import DictionaryItem, HistoryEntry, Record
from crm.models.kind_names import KindField
from crm.queries.unions import together
from crm.related import rows_for
from crm.rights.permissions import words
from crm.rights.roles import Reach

#: Stands for the name of a row that the reader may not see.
UNSEEN = gettext_lazy("(not visible to you)")
#: Columns whose change only repeats what the verb says already.
SILENT = frozenset(("registered_at", "registered_by_id", "entered_by_id"))


def readable(entries, user):
    """Return the entries in words for a reader.

    Each gets `verb_label`, `kind_label`, `part_label` – the kind as it is said beside
    the act –, `readable_title`, `readable_changes` – a list of {label, name, old, new,
    leads_up} – and `one_sided`: something came or went as a whole, there is no old
    beside a new. Ids of other rows become names, looked up once per model for all
    entries.
    """
    entries = list(entries)
    names = _names(entries, user)
    for entry in entries:
        model = kind(entry.label)
        entry.verb_label, entry.kind_label = act(entry.verb), kind_label(entry)
        entry.part_label = "" if entry.verb in NAMES_ITS_PART else entry.kind_label
        text_, row = _title(model, entry)
        entry.readable_title = names.get(_key(*row), UNSEEN) if row else text_
        entry.readable_changes = [
            change
            for column, pair in entry.changes.items()
            if column not in SILENT and isinstance(pair, list) and len(pair) == 2
            for change in _changes(entry, model, column, pair, names)
            if change["old"] or change["new"]
        ]
        entry.one_sided = _came_or_went(entry)
    return entries


def _came_or_went(entry):
    """Say whether an entry tells of a row that came or went, or of facts alone.

    An edit that only fills or only empties fields still has an old beside its new.
    """
    if entry.verb not in OF_NO_COLUMN:
        return "id" in entry.changes
    return not all(
        any(change[side] for change in entry.readable_changes)
        for side in ("old", "new")
    )


def entries_of(person):
    """Return what a person – an id, or an OuterRef – has entered or changed.

    That they came, went, looked or took something away is no entry.
    """
    return HistoryEntry.objects.filter(actor_id=person).exclude(verb__in=SAID)


def grouped(entries):
    """Return entries in their order, parts of a record below what happened to it.

    What one request did to a record and to its parts – a contract and its lines – is
    one thing to a reader: the entry of the record has the others as `parts`. Where
    only parts changed, the first of them has the others.
    """
    heads = []
    for _one, run in groupby(entries, key=_occasion):
        run = list(run)
        own = [entry for entry in run if entry.label == entry.subject_label]
        head = (own or run)[-1]
        for entry in run:
            entry.parts = []
        head.parts = [e for e in reversed(run) if e is not head and e not in own]
        heads += own or [head]
    return heads


def _occasion(entry):
    """Return what entries of one occasion have in common; an id if it is nothing."""
    if not entry.request_id or entry.subject_id is None:
        return entry.pk
    return entry.request_id, entry.subject_label, entry.subject_id


def kind(label):
    """Return the model of a label, or None."""
    try:
        return apps.get_model(label) if label else None
    except LookupError:
        return None


def kind_label(entry):
    """Return what the kind of row that changed is called."""
    label = entry.label or entry.subject_label
    return _kind_name(label) if label else ""


def _kind_name(label):
    """Return what the kind of a label is called."""
    model = kind(label)
    return _("Former kind") if model is None else str(model._meta.verbose_name)


def _key(model, pk):
    return model, str(pk)


def _title(model, entry):
    """Return the title of an entry as `title_of`; of many rows it is a text."""
    of_many = entry.verb in OF_NO_COLUMN and entry.object_id is None
    return title_of(None if of_many else model, entry.title)


def _names(entries, user):
    """Return {(model, id): name} of every row that the entries refer to."""
    wanted = defaultdict(set)
    for entry in entries:
        model = kind(entry.label)
        row = _title(model, entry)[1]
        if row and row[1].isdigit():
            wanted[row[0]].add(int(row[1]))
        for column, pair in entry.changes.items():
            field = field_of(model, column)
            if field is not None and field.is_relation and isinstance(pair, list):
                wanted[field.related_model].update(v for v in pair if v is not None)
    ties = _ties(wanted)
    found = {
        _key(DictionaryItem, pk): str(item)
        for pk, item in dictionaries.items().items()
        if pk in wanted.get(DictionaryItem, ())
    }
    wanted.pop(DictionaryItem, None)
    found |= _called_by_one_column(wanted, user)
    for model, ids in wanted.items():
        for row in rows_for(user, model).filter(pk__in=ids):
            found[_key(model, row.pk)] = str(row)
    for key, rows in ties.items():
        found[key] = " = ".join(str(found.get(row, UNSEEN)) for row in rows)
    return found


def _called_by_one_column(wanted, user):
    """Return {(model, id): name} of kinds whose name is a column, out of the wanted.

    One query for all of them, however many kinds they are. What stands no longer, such
    as a verdict that was taken back, keeps its name.
    """
    kinds = [model for model in wanted if getattr(model, "name_field", "")]
    parts = [
        (
            rows_for(user, model)
            if issubclass(model, Record)
            else model._base_manager.all()
        )
        .filter(pk__in=wanted.pop(model))
        .values_list(Value(place), Cast("pk", TextField()), model.name_field)
        for place, model in enumerate(kinds)
    ]
    return {_key(kinds[place], pk): name for place, pk, name in together(parts)}


def _ties(wanted):
    """Return {(model, id): keys of its rows} of what ties rows, and want their names.

    A pair or a merge has no name of its own: it is called by the rows it is about.
    """
    found = {}
    for model in [model for model in wanted if hasattr(model, "tied_ids")]:
        for tie in model.objects.filter(pk__in=wanted.pop(model)):
            ids = tie.tied_ids
            wanted[tie.model].update(ids)
            found[_key(model, tie.pk)] = [_key(tie.model, pk) for pk in ids]
    return found


def _changes(entry, model, column, pair, names):
    """Return what changed in a column; of a dictionary, each key by itself."""
    label = word_of(model, entry.verb, column)
    if label is None:
        return []
    if any(isinstance(value, dict) for value in pair):
        return _by_key(column, *(value or {} for value in pair))
    field = None if entry.verb in OF_NO_COLUMN else field_of(model, column)
    old, new = (value_text(field, value, names) for value in pair)
    up = field is not None and field.is_relation and _leads_up(entry, field, pair)
    return [{"label": label, "name": column, "old": old, "new": new, "leads_up": up}]


def _leads_up(entry, field, pair):
    """Say whether a relation only names the record whose history shows the entry."""
    label = field.related_model._meta.label_lower
    return label == entry.subject_label and entry.subject_id in pair


def _by_key(column, old, new):
    """Return the changes within a dictionary: the rights of a role, one by one."""
    reaches = {reach.value: reach.label for reach in Reach}
    found = []
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) == new.get(key):
            continue
        right = key in every_permission()
        before, after = (
            str(reaches.get(value, value)) if right else text(value)
            for value in (old.get(key, ""), new.get(key, ""))
        )
        found.append(
            {
                "label": words(key) if right else key,
                "name": f"{column}.{key}",
                "old": before,
                "new": after,
                "leads_up": False,
            }
        )
    return found


def value_text(field, value, names=None):
    """Return a value that PostgreSQL wrote as JSON, as a reader sees it.

    Args:
        field: the field whose value it is; None if it is no column's.
        value: as JSON has it.
        names: {(model, id): name} of the rows that relations lead to.
    """
    if value is None or value == "":
        return ""
    if field is None:
        return str(value)
    if isinstance(field, models.GeneratedField):
        field = field.output_field
    if field.is_relation:
        return names.get(_key(field.related_model, value), UNSEEN)
    if field.choices:
        return capfirst(str(dict(field.flatchoices).get(value, value)))
    if isinstance(field, ArrayField):
        return "、".join(value_text(field.base_field, one, names) for one in value)
    if isinstance(field, KindField):
        return _kind_name(value)
    return _plain_text(field, value)


def _plain_text(field, value):
    """Return the value of a column of plain values."""
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(str(value))
        return text(moment) if isinstance(moment, datetime) else str(value)
    if isinstance(field, models.TimeField):
        return text(parse_time(str(value)))
    if isinstance(field, models.DecimalField):
        return number_text(exact(field, value))
    return text(value)


def exact(field, value):
    """Return the value of a column that the history has kept as JSON.

    JSON has no decimal numbers: 0.0125 comes back a little larger, 7350.00 as 7350.0.

    Raises:
        ValidationError: an older version knew such values.
    """
    if not isinstance(field, models.DecimalField):
        return field.to_python(value)
    return field.to_python(round(field.to_python(str(value)), field.decimal_places))
