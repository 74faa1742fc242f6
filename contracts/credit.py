"""Credit (信用): what customers owe and are to owe, and how far to trust them.

Exposure is what is unpaid of contracts in force or completed, and what waits to be
approved; PostgreSQL says it (`contracts_credit`), of all contracts, whoever asks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db import connection, models
from django.db.models import F, Func, Max, Min, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from contracts.guards import OWING
from contracts.models import ApprovalRule, Contract, Instalment, Receipt
from contracts.models.owing import NOTHING
from crm.models.registration import Registration
from customers.models import Customer

#: Handing in warns of payments overdue by more days than this, and is refused beyond
#: the other, unless a rule of approval looks on the days overdue.
WARNS_AFTER, BLOCKS_AFTER = 30, 90
#: How a customer paid is looked at for so long.
LOOKED_BACK = timedelta(days=730)
#: Turnover is looked at for so long.
YEAR, MONTHS = timedelta(days=365), 12
#: What the share of money paid in time, the worst delay and the time since the first
#: contract count for in the score of 0 to 100.
IN_TIME, DELAY, KNOWN = 50, 30, 20
#: So many days late nothing is left of what the worst delay counts for; so many months
#: after its first contract a customer is known.
WORST, LONG_KNOWN = 90, 24
#: (score from, grade, months of money received that it is trusted with), best first.
GRADES = (
    (90, "AAA", Decimal(4)),
    (80, "AA", Decimal(3)),
    (70, "A", Decimal(2)),
    (55, "B", Decimal(1)),
    (40, "C", Decimal("0.5")),
    (0, "D", Decimal(0)),
)
#: A suggested limit is whole thousands.
STEP = Decimal(1000)


@dataclass(frozen=True)
class Credit:
    """What a customer owes, in CNY, beside its limit (None: without one)."""

    unpaid: Decimal
    pending: Decimal
    overdue: Decimal
    overdue_days: int
    limit: Decimal | None
    #: What one more contract, or a change to one, adds.
    added: Decimal = NOTHING

    @property
    def exposure(self) -> Decimal:
        """What it would owe in all."""
        return self.unpaid + self.pending + self.added

    @property
    def over(self) -> Decimal:
        """By how much that is beyond the limit; nothing where there is none."""
        if self.limit is None:
            return NOTHING
        return max(self.exposure - self.limit, NOTHING)

    @property
    def free(self) -> Decimal | None:
        """What is left of the limit; None without one."""
        return None if self.limit is None else max(self.limit - self.exposure, NOTHING)

    @property
    def warns(self) -> bool:
        """Whether payments are overdue for so long that whoever hands in is told."""
        return self.overdue_days > WARNS_AFTER

    @property
    def blocks(self) -> bool:
        """Whether they are overdue for so long that nothing more is handed in."""
        return self.overdue_days > BLOCKS_AFTER


def credit_of(
    customer: Customer, *, without: int | None = None, added: Decimal = NOTHING
) -> Credit:
    """Return the Credit of a customer as it stands.

    Args:
        customer: whose.
        without: the id of a contract that is not counted.
        added: what is counted instead, in CNY.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM contracts_credit(%s, %s)", [customer.pk, without])
        return Credit(*cursor.fetchone(), limit=customer.credit_limit, added=added)


def credit_expression() -> Func:
    """Return the expression of what the customer of a contract owes without it.

    It has the keys that `credit_said` reads; of a contract whose change waits, the
    customer is the change's.
    """
    return Func(
        F("pk"),
        Value(None, output_field=models.BigIntegerField()),
        function="contracts_credit_beside",
        output_field=models.JSONField(),
    )


def credit_said(said: dict[str, Any], added: Decimal) -> Credit:
    """Return the Credit that was read, or that a round keeps.

    Args:
        said: the keys of Credit; numbers as JSON has them.
        added: what the contract or the change adds, in CNY.
    """
    limit = said["limit"]
    return Credit(
        *(Decimal(str(said[name])) for name in ("unpaid", "pending", "overdue")),
        overdue_days=said["overdue_days"],
        limit=None if limit is None else Decimal(str(limit)),
        added=added,
    )


def added_by(amount: Decimal, contract: Contract) -> Decimal:
    """Return what a content adds to the exposure: its amount less what was received."""
    return amount - contract.received


def figures_of(customer: Customer) -> dict[str, Any]:
    """Return how a customer paid, as JSON values, and what that suggests.

    The source of every number are the customer's own payment plans, allocations and
    receipts of the last two years, whoever's they are.

    Returns:
        {since, contracts, due, in_time, share, worst, received, score, grade, limit}:
        the first day of a contract, how many are in force or completed, what was due
        and what of it was paid in time (CNY), its share (percent), the longest delay
        (days), what was received in a year (CNY); score, grade and limit (CNY) are
        None as long as nothing was due.
    """
    today = timezone.localdate()
    contracts = Contract.objects.filter(
        customer=customer, status__in=OWING, registration=Registration.REGISTERED
    ).aggregate(since=Min(Coalesce("signed_on", "starts_on")), number=models.Count("*"))
    paid = _paid(customer, today)
    received = Receipt.objects.filter(
        customer=customer,
        status=Receipt.Status.CONFIRMED,
        received_on__gt=today - YEAR,
        received_on__lte=today,
    ).aggregate(sum=Sum("amount"))["sum"]
    found = {
        "since": _text(contracts["since"]),
        "contracts": contracts["number"],
        "due": str(paid["due"]),
        "in_time": str(paid["in_time"]),
        "share": _text(paid["share"]),
        "worst": paid["worst"],
        "received": str(received or NOTHING),
    }
    return found | _suggested(paid, contracts["since"], received or NOTHING, today)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _paid(customer: Customer, today: date) -> dict[str, Any]:
    """Return what was due lately, what of it was paid in time, and the worst delay."""
    due = Instalment.objects.filter(
        contract__customer=customer,
        contract__status__in=OWING,
        due_on__lt=today,
        due_on__gte=today - LOOKED_BACK,
    )
    in_time = Q(allocations__receipt__received_on__lte=F("due_on"))
    sums = due.order_by().aggregate(
        in_time=Sum("allocations__amount", filter=in_time),
        paid_late=Max(F("allocations__receipt__received_on") - F("due_on")),
    )
    open_ = due.filter(paid__lt=F("amount")).aggregate(first=Min("due_on"))["first"]
    total = due.aggregate(sum=Sum("amount"))["sum"] or NOTHING
    late = sums["paid_late"].days if sums["paid_late"] else 0
    still = (today - open_).days if open_ else 0
    paid = sums["in_time"] or NOTHING
    share = (100 * paid / total).quantize(Decimal("0.1"), ROUND_DOWN) if total else None
    return {"due": total, "in_time": paid, "share": share, "worst": max(late, still, 0)}


def _suggested(
    paid: dict[str, Any], since: date | None, received: Decimal, today: date
) -> dict[str, Any]:
    """Return {score, grade, limit}; nothing is suggested while nothing was due."""
    if paid["share"] is None:
        return {"score": None, "grade": None, "limit": None}
    months = (today - since).days / Decimal("30.4") if since else Decimal(0)
    score = (
        IN_TIME * paid["share"] / 100
        + DELAY * max(0, 1 - Decimal(paid["worst"]) / WORST)
        + KNOWN * min(1, max(months, 0) / LONG_KNOWN)
    )
    score = int(score.quantize(Decimal(1), ROUND_DOWN))
    grade, factor = next(
        (grade, months) for least, grade, months in GRADES if score >= least
    )
    limit = max(received, NOTHING) / MONTHS * factor // STEP * STEP
    return {"score": score, "grade": grade, "limit": str(limit.quantize(Decimal(1)))}


#: Nobody owes anything.
NO_CREDIT = Credit(NOTHING, NOTHING, NOTHING, 0, limit=None)


def looks_on_overdue(rule: Any) -> bool:
    """Say whether a rule of approval asks for how many days payments are overdue."""
    fields = [condition.field for condition in rule.conditions.all()]
    return "credit.overdue_days" in fields


def looks_on_credit(rule: Any) -> bool:
    """Say whether a rule of approval asks for anything that a customer owes."""
    return any(one.field.startswith("credit.") for one in rule.conditions.all())


def any_looks_on_overdue() -> bool:
    """Say whether any rule in force does."""
    rules = ApprovalRule.objects.filter(
        active=True, conditions__field="credit.overdue_days"
    )
    return rules.exists()


def by_band(customer: Customer, bands: Iterable[tuple[str, Q]]) -> dict[str, Decimal]:
    """Return {band: what is owed} of a customer's instalments, of all its contracts."""
    owed = Instalment.objects.owed().filter(contract__customer=customer).order_by()
    sums = owed.aggregate(
        **{
            f"band_{name}": Sum(F("amount") - F("paid"), filter=condition)
            for name, condition in bands
        }
    )
    return {name[5:]: value or NOTHING for name, value in sums.items()}
