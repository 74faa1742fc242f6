"""History entries as a reader sees them: labels for columns, names for ids.

A row that the reader may not see keeps its name to itself.
"""

from collections import defaultdict
from datetime import datetime

from django.apps import apps
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from crm.display import number_text, text
from crm.permissions import words
from crm.related import rows_for
from crm.roles import EVERY_PERMISSION, Reach

VERBS = {
    "created": gettext_noop("created"),
    "changed": gettext_noop("changed"),
    "deleted": gettext_noop("deleted"),
    "removed": gettext_noop("removed"),
    "restored": gettext_noop("restored"),
    "registered": gettext_noop("registered"),
    "returned": gettext_noop("returned"),
    "reported": gettext_noop("reported again"),
    "submitted": gettext_noop("submitted for approval"),
    "approved": gettext_noop("approved"),
    "rejected": gettext_noop("rejected"),
    "recalled": gettext_noop("recalled"),
    "amended": gettext_noop("amended"),
    "completed": gettext_noop("completed"),
    "terminated": gettext_noop("terminated"),
    "imported": gettext_noop("imported"),
    "exported": gettext_noop("exported"),
    "downloaded": gettext_noop("downloaded"),
    "replaced": gettext_noop("replaced everywhere"),
    "deactivated": gettext_noop("deactivated"),
    "reactivated": gettext_noop("reactivated"),
    "left": gettext_noop("left"),
    "rejoined": gettext_noop("rejoined"),
    "password_set": gettext_noop("password set"),
    "signed_in": gettext_noop("signed in"),
    "signed_out": gettext_noop("signed out"),
    "sign_in_failed": gettext_noop("sign-in failed"),
    "refused": gettext_noop("refused"),
    "shipped": gettext_noop("brought by a new version"),
}
#: Columns whose change only repeats what the verb says already.
SILENT = frozenset(("id", "registered_at", "registered_by_id", "entered_by_id"))


def told(entries, user):
    """Return the entries with `verb_label` and `told_changes` for a reader.

    Ids of other rows become names, looked up once per model for all entries.
    """
    entries = list(entries)
    names = _names(entries, user)
    for entry in entries:
        entry.verb_label = _(VERBS.get(entry.verb, entry.verb))
        entry.told_changes = [
            change
            for column, pair in entry.changes.items()
            if column not in SILENT and isinstance(pair, list) and len(pair) == 2
            for change in _changes(_model(entry.label), column, pair, names)
            if change["old"] or change["new"]
        ]
    return entries


def _model(label):
    try:
        return apps.get_model(label) if label else None
    except LookupError:
        return None


def _field(model, column):
    if model is None:
        return None
    for field in model._meta.concrete_fields:
        if field.column == column:
            return field
    return None


def _names(entries, user):
    """Return {(model, id): name} of every row that the changes refer to."""
    wanted = defaultdict(set)
    for entry in entries:
        model = _model(entry.label)
        for column, pair in entry.changes.items():
            field = _field(model, column)
            if field is not None and field.is_relation and isinstance(pair, list):
                wanted[field.related_model].update(v for v in pair if v is not None)
    found = {}
    for model, ids in wanted.items():
        for row in rows_for(user, model).filter(pk__in=ids):
            found[model, str(row.pk)] = str(row)
    return found


def _changes(model, column, pair, names):
    """Return what changed in a column; of a dictionary, each key by itself."""
    field = _field(model, column)
    if any(isinstance(value, dict) for value in pair):
        return _by_key(column, *(value or {} for value in pair))
    label = field.verbose_name if field is not None else column
    old, new = (_value(field, value, names) for value in pair)
    return [{"label": label, "name": column, "old": old, "new": new}]


def _by_key(column, old, new):
    """Return the changes within a dictionary: the rights of a role, one by one."""
    reaches = {reach.value: reach.label for reach in Reach}
    found = []
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) == new.get(key):
            continue
        right = key in EVERY_PERMISSION
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
            }
        )
    return found


def _value(field, value, names):
    if value is None or value == "":
        return ""
    if field is None:
        return str(value)
    if isinstance(field, models.GeneratedField):
        field = field.output_field
    if field.is_relation:
        return names.get((field.related_model, str(value)), _("(not visible to you)"))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(str(value))
        return text(moment) if isinstance(moment, datetime) else str(value)
    if isinstance(field, models.DecimalField):
        # JSON has lost the zeros behind the point: 7350.00 comes back as 7350.0.
        return number_text(round(field.to_python(str(value)), field.decimal_places))
    return text(value)
