"""Milestones of long orders (`crm.models.milestones`): set anew when far apart."""

from contextlib import suppress
from itertools import pairwise

from django.apps import apps
from django.db import OperationalError, connection, transaction
from django.db.models import Sum, Value
from psycopg2 import sql

from crm.guards.ledger import EMPTY
from crm.models import Milestones, Tally
from crm.models.milestones import ledger
from system.tallies import add, lock

#: Into so many stretches an order is divided, of so many rows at least.
STRETCHES, LEAST = 64, 1000
#: A stretch with so many times its share is walked for too long.
TOO_LONG = 4
#: Each so many rows of an order, by what they are told apart.
MARKS = """
SELECT coalesce(array_agg(DISTINCT mark ORDER BY mark), '{{}}')::{kind}[] FROM (
    SELECT {mark} AS mark, row_number() OVER (ORDER BY {mark}) AS place
    FROM {table} WHERE deleted_at IS NULL AND {column} IS {filled} NULL
) AS numbered WHERE place %% %s = 0
"""


def orders():
    """Return (model, path) of the orders that have milestones."""
    models = apps.get_models()
    return [(m, path) for m in models for path in getattr(m, "milestoned", ())]


def straighten():
    """Set the milestones anew of all orders that need it."""
    for model, path in orders():
        straighten_order(model, path)


def straighten_order(model, path):
    """Set the milestones anew of an order whose rows have crowded between two of them.

    Who writes to such a table waits while its rows are counted; if somebody has been
    writing for long already, it is left for another time.
    """
    if is_crowded(model, path):
        # No lock, or no time: what was begun is undone, the transaction goes on.
        with suppress(OperationalError), transaction.atomic():
            lay(model, path)


def is_crowded(model, path):
    """Say whether a stretch of an order has many times its share of the rows."""
    kept = Tally.objects.filter(label=ledger(model._meta.label_lower, path))
    sums = kept.order_by().values("state").annotate(total=Sum("n"))
    numbers = [int(n) for n in sums.values_list("total", flat=True)]
    return max(numbers, default=0) > TOO_LONG * _share(sum(numbers))


def lay(model, path):
    """Set the milestones of an order, and count what lies between them."""
    label = model._meta.label_lower
    share = _share(model.objects.count())
    values = _marks(model, path, path, "text", filled=True, share=share)
    ids = _marks(model, path, "id", "bigint", filled=False, share=share)
    with transaction.atomic():
        lock(model, seconds=1)
        Milestones.objects.update_or_create(
            {"values": values, "ids": ids}, label=label, path=path
        )
        _count(model, path, values, ids)


def _count(model, path, values, ids):
    """Write the ledger of an order anew, stretch by stretch; the table is locked.

    Each stretch is a piece of the order's index. To ask of every row where it lies, as
    a whole table is counted elsewhere, takes several times as long.
    """
    name = ledger(model._meta.label_lower, path)
    Tally.objects.filter(label=name).delete()
    filled = model.objects.exclude(**{path: None})
    empty = model.objects.filter(**{path: None})
    for prefix, rows, mark, marks in (
        ("", filled, path, values),
        (EMPTY, empty, "pk", ids),
    ):
        for number, (low, high) in enumerate(pairwise([None, *marks, None])):
            bounds = {f"{mark}__gte": low, f"{mark}__lt": high}
            within = {key: bound for key, bound in bounds.items() if bound is not None}
            add(name, model, rows.filter(**within), Value(f"{prefix}{number}"))


def _share(number):
    return max(LEAST, -(-number // STRETCHES))


def _marks(model, path, mark, kind, *, filled, share):
    """Return the values (or ids) of every so many rows with (without) a value."""
    query = sql.SQL(MARKS).format(
        kind=sql.SQL(kind),
        mark=sql.Identifier(mark),
        column=sql.Identifier(path),
        table=sql.Identifier(model._meta.db_table),
        filled=sql.SQL("NOT" if filled else ""),
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [share])
        return cursor.fetchone()[0]
