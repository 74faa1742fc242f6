"""What is kept of money beside what it is kept of: nothing may differ.

PostgreSQL keeps the columns (`contracts.guards.owing`, `contracts.guards.receipts`,
`contracts.guards.invoices`); here each of them is computed anew, from receipts,
allocations and invoices alone.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Min, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest

from contracts import guards
from contracts.models import Allocation, Contract, Instalment, Invoice, Receipt
from contracts.models.owing import NOTHING

#: So many are told at most.
MOST = 200
ISSUED = Q(status=Invoice.Status.ISSUED)


@dataclass(frozen=True)
class Difference:
    """A kept column of a row that is not what it is kept of.

    `record` is the row, or the contract of an instalment; `label` is what the column
    is called.
    """

    record: Any
    column: str
    label: str
    kept: Decimal | date | None
    right: Decimal | date | None

    def __str__(self):
        return f"{self.record} {self.column}: {self.kept} ({self.right})"


def differences() -> list[Difference]:
    """Return what differs in receipts, invoices, instalments and contracts."""
    found: list[Difference] = []
    for rows, column in (
        (_receipts(), "prepaid"),
        (_instalments(), "paid"),
        (_received(), "received"),
        (_unpaid(), "unpaid"),
        (_due(), "next_due_on"),
        (_standing(), "standing"),
        (_invoiced(), "invoiced"),
        (_invoiced_unpaid(), "invoiced_unpaid"),
    ):
        wrong = rows.filter(_differs(column))
        label = rows.model._meta.get_field(column).verbose_name
        found += [
            Difference(
                getattr(row, "contract", row),
                column,
                label,
                getattr(row, column),
                row.right,
            )
            for row in wrong.order_by("pk")[:MOST]
        ]
    return found


def _differs(column):
    """Return the condition that a column is not `right`: nothing differs from a value.

    Of two of which one is NULL, PostgreSQL says neither that they are equal nor not.
    """
    one_alone = Q(right=None) ^ Q(**{column: None})
    return one_alone | ~Q(right=F(column)) & Q(right__isnull=False)


def repair() -> None:
    """Let PostgreSQL write all that is kept anew."""
    for rows, column in (
        (Receipt.everything, "prepaid"),
        (Invoice.everything, "standing"),
        (Instalment.objects, "paid"),
        (Contract.everything, "received"),
    ):
        rows.update(**{column: F(column)})


def _sum(rows, by):
    """Return the sum of the amounts of rows, by a column that holds the outer id."""
    own = rows.filter(**{by: OuterRef("pk")}).order_by().values(by)
    return Coalesce(Subquery(own.annotate(sum=Sum("amount")).values("sum")), NOTHING)


def _receipts():
    confirmed = Q(status=Receipt.Status.CONFIRMED)
    back = Receipt.everything.filter(confirmed)
    left = F("amount") + _sum(back, "refund_of") - _sum(Allocation.objects, "receipt")
    right = Case(When(confirmed, amount__gt=0, then=left), default=NOTHING)
    return Receipt.everything.annotate(right=right)


def _instalments():
    rows = Instalment.objects.select_related("contract")
    return rows.annotate(right=_sum(Allocation.objects, "instalment"))


def _received():
    right = _sum(Allocation.objects, "instalment__contract")
    return Contract.everything.annotate(right=right)


def _unpaid():
    left = F("amount") - _sum(Allocation.objects, "instalment__contract")
    right = Case(When(status__in=guards.OWING, then=left), default=NOTHING)
    return Contract.everything.annotate(right=right)


def _due():
    open_ones = Instalment.objects.alias(
        really=_sum(Allocation.objects, "instalment")
    ).filter(contract=OuterRef("pk"), really__lt=F("amount"))
    first = open_ones.order_by().values("contract").annotate(day=Min("due_on"))
    due = Subquery(first.values("day"))
    right = Case(When(status__in=guards.OWING, then=due), default=Value(None))
    return Contract.everything.annotate(right=right)


def _standing():
    left = F("amount") + _sum(Invoice.everything.filter(ISSUED), "red_of")
    right = Case(When(ISSUED, amount__gt=0, then=left), default=NOTHING)
    return Invoice.everything.annotate(right=right)


def _invoiced():
    right = _sum(Invoice.everything.filter(ISSUED), "contract")
    return Contract.everything.annotate(right=right)


def _invoiced_unpaid():
    invoiced = _sum(Invoice.everything.filter(ISSUED), "contract")
    left = invoiced - _sum(Allocation.objects, "instalment__contract")
    return Contract.everything.annotate(right=Greatest(left, NOTHING))
