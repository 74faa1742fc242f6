"""Whether the kept numbers (`crm.Tally`) are those of the tables, and their repair."""

from collections import Counter, namedtuple

from django.db import connection, transaction
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Count,
    F,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce
from psycopg2 import sql

from crm.guards.ledger import NOBODY, by_owner
from crm.kinds import business
from crm.models import Tally
from crm.models.milestones import ledger, stretch_of
from crm.models.registration import BOOKS

Difference = namedtuple(
    "Difference", "label owner_id other_id registered state n amount"
)


def tallied():
    """Return {name in the ledger: (kind, columns its rows are added up by)}.

    Those of the kinds – by owners alone too, where these are kept – then those of the
    stretches between milestones of their orders.
    """
    models = [model for model in business() if model.is_tallied()]
    found = {m._meta.label_lower: (m, m.tallied_by()) for m in models}
    for model in models:
        if model.tallied_by()["summed"]:
            columns = model.tallied_by() | {"other": None}
            found[by_owner(model._meta.label_lower)] = model, columns
        for path in model.milestoned:
            stretch = RawSQL(stretch_of(model, path), ())  # noqa: S611 - our own columns
            columns = model.tallied_by() | {"state": stretch, "amount": None}
            found[ledger(model._meta.label_lower, path)] = model, columns
    return found


def differences():
    """Return by how much the kept numbers are too large (or small), where they are."""
    found = []
    for label in tallied():
        n, amount = Counter(), Counter()
        kept = Tally.objects.filter(label=label).values_list(
            "owner_id", "other_id", "registered", "state"
        )
        # One statement sees one moment, however many write meanwhile.
        together = kept.annotate(Sum("n"), Sum("amount")).union(
            _counted(label, sign=-1), all=True
        )
        for *key, number, total in together:
            n[tuple(key)] += int(number)
            amount[tuple(key)] += total
        found += [
            Difference(label, *key, n[key], amount[key])
            for key in n
            if n[key] or amount[key]
        ]
    return found


def _counted(label, *, sign=1):
    """Return the numbers of a table by the keys of the ledger, as a query."""
    model, columns = tallied()[label]
    return _by_keys(model.objects.all(), columns, sign)


def _by_keys(rows, columns, sign=1):
    """Return the numbers of some rows by the keys of the ledger, as a query."""
    rows = rows.order_by()
    other, state, amount = columns["other"], columns["state"], columns["amount"]
    keys = {
        "k_owner": _somebody(columns["owner"]),
        "k_other": _somebody(other) if other else Cast(None, BigIntegerField()),
        "k_registered": Case(
            When(BOOKS, then=True), default=False, output_field=BooleanField()
        ),
        "k_state": (F(state) if isinstance(state, str) else state) or Value(""),
    }
    total = Sum(amount) * sign if amount else Value(0)
    grouped = rows.values_list(*keys.values()).annotate(n=Count("pk") * sign)
    return grouped.annotate(total=total)


def _somebody(column):
    return Coalesce(F(column), NOBODY, output_field=BigIntegerField())


def repair():
    """Write the ledger anew from the tables. Who writes to one waits meanwhile."""
    for label, (model, _columns) in tallied().items():
        with transaction.atomic():
            lock(model)
            written_anew(label)


def lock(model, seconds=0):
    """Let nobody write to a table until the transaction ends.

    Args:
        model: whose table it is.
        seconds: for which those who write already are waited for; 0 for any time.
    """
    table = sql.Identifier(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = %s", [f"{seconds}s"])
        cursor.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(table))


def written_anew(label):
    """Count the rows behind a name in the ledger; their table is locked."""
    Tally.objects.filter(label=label).delete()
    _insert(label, _counted(label))


def add(label, model, rows, state):
    """Write the numbers of some rows of a kind into the ledger, all with one state.

    Args:
        label: the name in the ledger.
        model: the kind.
        rows: a queryset of it.
        state: an expression.
    """
    columns = model.tallied_by() | {"state": state, "amount": None}
    _insert(label, _by_keys(rows, columns))


def _insert(label, counts):
    query, values = counts.query.sql_with_params()
    statement = sql.SQL(ANEW).format(sql.SQL(query))
    with connection.cursor() as cursor:
        cursor.execute(statement, [label, *values])


ANEW = """
INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)
SELECT %s, counted.* FROM ({}) AS counted ORDER BY 2, 3, 4, 5
"""
