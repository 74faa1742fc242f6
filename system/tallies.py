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
from psycopg2 import sql

from crm.kinds import business
from crm.models import Tally
from crm.models.rows import BOOKS

Difference = namedtuple(
    "Difference", "label owner_id other_id registered state n amount"
)


def tallied():
    """Return the kinds whose numbers are kept."""
    return [model for model in business() if model.is_tallied()]


def differences():
    """Return by how much the kept numbers are too large (or small), where they are."""
    found = []
    for model in tallied():
        label = model._meta.label_lower
        n, amount = Counter(), Counter()
        kept = Tally.objects.filter(label=label).values_list(
            "owner_id", "other_id", "registered", "state"
        )
        # One statement sees one moment, however many write meanwhile.
        together = kept.annotate(Sum("n"), Sum("amount")).union(
            _counted(model, sign=-1), all=True
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


def _counted(model, *, sign=1):
    """Return the numbers of a table by the keys of the ledger, as a query."""
    columns, rows = model.tallied_by(), model.objects.order_by()
    other, state, amount = columns["other"], columns["state"], columns["amount"]
    keys = {
        "k_owner": F(columns["owner"]),
        "k_other": F(other) if other else Value(None, BigIntegerField()),
        "k_registered": Case(
            When(BOOKS, then=True), default=False, output_field=BooleanField()
        ),
        "k_state": F(state) if state else Value(""),
    }
    total = Sum(amount) * sign if amount else Value(0)
    grouped = rows.values_list(*keys.values()).annotate(n=Count("pk") * sign)
    return grouped.annotate(total=total)


def repair():
    """Write the ledger anew from the tables. Who writes to one waits meanwhile."""
    for model in tallied():
        label, table = model._meta.label_lower, sql.Identifier(model._meta.db_table)
        with transaction.atomic():
            with connection.cursor() as cursor:
                lock = sql.SQL("LOCK TABLE {} IN SHARE MODE").format(table)
                cursor.execute(lock)
            Tally.objects.filter(label=label).delete()
            Tally.objects.bulk_create(
                Tally(
                    label=label,
                    owner_id=owner,
                    other_id=other,
                    registered=registered,
                    state=state,
                    n=number,
                    amount=amount,
                )
                for owner, other, registered, state, number, amount in _counted(model)
            )
