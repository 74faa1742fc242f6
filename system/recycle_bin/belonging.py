"""What went into the recycle bin with a record: deleted just before it, filed under it.

Nothing that is referred to can be deleted: who deletes a customer deletes its contacts
first. What was deleted long before had reasons of its own and stays.
"""

from datetime import timedelta

from django.db import IntegrityError, connection
from django.db.models import CharField, Count, F, Q, Value

from crm.guards.actor import acting
from crm.guards.refusals import explained
from crm.kinds import business
from crm.queries.unions import together
from system.recycle_bin.kinds import deleted
from system.references import references

#: Deleted at most so long before the record it belongs to, it went with that.
BEFORE = timedelta(days=1)


def keys_to(model):
    """Return the foreign keys by which rows of kinds of records lead to a kind."""
    return [field for field in references(model) if field.model in business()]


def numbers_of(records, user):
    """Return {(label, id): how many went with it} of records in the bin, in one query.

    Counted is what leads to them directly, as far as the person may bring it back.
    """
    ids, parts = {}, []
    for record in records:
        ids.setdefault(type(record), []).append(record.pk)
    for model, pks in ids.items():
        for field in keys_to(model):
            rows = _went_with(field, pks, user).order_by()
            label = Value(model._meta.label_lower, output_field=CharField())
            parts.append(rows.values_list(label, field.attname).annotate(n=Count("pk")))
    found = {}
    if parts:
        for label, pk, number in parts[0].union(*parts[1:], all=True):
            found[label, pk] = found.get((label, pk), 0) + number
    return found


def _went_with(field, pks, user):
    """Return the deleted rows that lead to some records by a key and went with them."""
    above = F(f"{field.name}__deleted_at")
    return deleted(field.model, user).filter(
        **{f"{field.name}__in": pks},
        deleted_at__gte=above - BEFORE,
        deleted_at__lte=above,
    )


def gathered(record, user):
    """Return {kind: ids} of all that went with a record, and with that in turn.

    One query for each step down, whatever the number of kinds.
    """
    kinds, known = business(), {(type(record), record.pk)}
    waiting = {type(record): {record.pk}}
    while waiting:
        rows = together(
            _went_with(field, pks, user)
            .order_by()
            .values_list(Value(kinds.index(field.model)), "pk")
            for model, pks in waiting.items()
            for field in keys_to(model)
        )
        new = {(kinds[place], pk) for place, pk in rows} - known
        known |= new
        waiting = _by_kind(new)
    found = _by_kind(known - {(type(record), record.pk)})
    return {model: found[model] for model in kinds if model in found}


def _by_kind(pairs):
    """Return {kind: ids} of some (kind, id)."""
    found = {}
    for model, pk in pairs:
        found.setdefault(model, set()).add(pk)
    return found


def restore_with(record, gathered_ids, by):
    """Bring a record back with what went with it; return how many came besides.

    Three queries for each step down, whatever the number of kinds. What belongs to
    something else as well that stays in the bin stays there, too.

    Raises:
        ValidationError: the record, or something of it, cannot come back now.
    """
    record.restore(by)
    number, came = 0, 1
    with acting(by, verb="restored"):
        while came:
            ready = _ready(gathered_ids)
            came = _restore(ready) if ready else 0
            number += came
    return number


def _ready(gathered_ids):
    """Return {kind: ids} of those in the bin that belong to nothing in it any more."""
    kinds = list(gathered_ids)
    rows = together(
        model.everything.filter(pk__in=ids)
        .exclude(deleted_at=None)
        .filter(~_held_back(model))
        .values_list(Value(kinds.index(model)), "pk")
        for model, ids in gathered_ids.items()
    )
    return _by_kind((kinds[place], pk) for place, pk in rows)


def _restore(ready):
    """Take rows of several kinds out of the bin in one query; return how many came.

    Raises:
        ValidationError: another row has taken the place of one of them.
    """
    tables = {model._meta.db_table: model for model in ready}
    parts = ", ".join(
        f"back_{place} AS (UPDATE {connection.ops.quote_name(table)}"  # noqa: S608 - ours
        " SET deleted_at = NULL, deleted_by_id = NULL"
        " WHERE id = ANY(%s) AND deleted_at IS NOT NULL RETURNING id)"
        for place, table in enumerate(tables)
    )
    counted = " + ".join(
        f"(SELECT count(*) FROM back_{place})"  # noqa: S608 - ours
        for place, _table in enumerate(tables)
    )
    try:
        with connection.cursor() as cursor:
            ids = [sorted(found) for found in ready.values()]
            cursor.execute(f"WITH {parts} SELECT {counted}", ids)
            return cursor.fetchone()[0]
    except IntegrityError as error:
        table = getattr(getattr(error.__cause__, "diag", None), "table_name", None)
        raise explained(error, tables.get(table, next(iter(ready)))) from error


def _held_back(model):
    """Return the condition "something that the row belongs to lies in the bin"."""
    held = Q(pk__in=())
    for field in model._meta.concrete_fields:
        if field.many_to_one and field.related_model in business():
            held |= Q(**{f"{field.name}__deleted_at__isnull": False})
    return held
