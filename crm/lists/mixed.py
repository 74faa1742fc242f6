"""Records of several kinds, read whole: as many queries for twenty kinds as for one.

Kinds have columns of their own. Each row comes as JSON, and the record is made of it.
"""

import json
from decimal import Decimal

from django.apps import apps
from django.db.models import TextField, Value
from django.db.models.expressions import RawSQL

from crm.fields import held_by
from crm.models import Record, User
from crm.queries.ids import any_of
from crm.queries.unions import together


def read_mixed(querysets, *, people=()):
    """Return {(label, id): record} of the rows of several kinds, in three queries.

    What a record refers to, and those who are named by `people`, are read along: these
    are to be shown, whoever may see them.

    Args:
        querysets: rows of one kind each.
        people: names of columns that lead to people.
    """
    found = _records(querysets)
    wanted, persons = {}, set()
    for record in found.values():
        for field in leading_to_records(type(record)):
            if target := getattr(record, field.attname):
                wanted.setdefault(field.related_model, set()).add(target)
        persons |= {record.serializable_value(name) for name in people}
    related = _records(
        model._base_manager.filter(any_of("pk", sorted(ids)))
        for model, ids in wanted.items()
    )
    named = User.objects.in_bulk(persons - {None})
    for record in found.values():
        for field in leading_to_records(type(record)):
            label = field.related_model._meta.label_lower
            key = label, getattr(record, field.attname)
            setattr(record, field.name, related.get(key))
        for name in people:
            setattr(record, name, named.get(record.serializable_value(name)))
    return found


def leading_to_records(model):
    """Return the fields by which a kind refers to records."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.is_relation and issubclass(field.related_model, Record)
    ]


def _records(querysets):
    """Return {(label, id): record}, in one query."""
    parts = [
        rows.values_list(Value(rows.model._meta.label_lower), _row(rows.model))
        for rows in querysets
        if not rows.query.is_empty()
    ]
    found = {}
    for label, text in together(parts):
        record = _made(apps.get_model(label), json.loads(text, parse_float=Decimal))
        found[label, record.pk] = record
    return found


def _row(model):
    """Return the whole row as an expression; JSON's own functions take few columns."""
    table = model._meta.db_table
    return RawSQL(f'to_jsonb("{table}")::text', (), TextField())  # noqa: S611 - our own


def _made(model, values):
    """Return the record of a row of JSON."""
    fields = model._meta.concrete_fields
    return model.from_db(
        None,
        [field.attname for field in fields],
        [held_by(field).to_python(values[field.column]) for field in fields],
    )
