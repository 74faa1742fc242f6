"""On which day a customer goes back into its pool, and why: computed, never stored.

One expression, which the list's column, its condition, the reminder, the trial and the
job ask. Whatever gives a customer an owner starts the clock anew; rules are switched
off and on without touching it.
"""

from datetime import timedelta

from django.db.models import (
    BigIntegerField,
    DateField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
)
from django.utils import timezone

from crm.queries.days import start_of
from customers.models import Customer, Extension, Lock, Ownership
from customers.models.recycling import RecycleRule

Reason = RecycleRule.Reason
#: Those who bought are left alone for so long after their last contract.
AFTER_CONTRACT = 90
DAY = "({} AT TIME ZONE 'Asia/Shanghai')::date"
TODAY = DAY.format("now()")
#: Contracts and opportunities are kinds of higher floors: PostgreSQL knows them.
DUE = f"""(
SELECT {{said}} FROM (
    SELECT rule.id AS rule_id, pool.id AS pool_id, greatest(
        {DAY.format("owned.from_at")} + rule.days,
        CASE rule.reason
            WHEN '{Reason.NO_CONTACT}'
            THEN {DAY.format("{last_contact_at}")} + rule.days
            WHEN '{Reason.NO_OPPORTUNITY}'
            THEN (
                SELECT {DAY.format("max(entered_stage_at)")} FROM sales_opportunity
                WHERE customer_id = {{pk}} AND deleted_at IS NULL
                    AND registration = 'registered'
            ) + rule.days
        END,
        (
            SELECT max(ends_on) FROM contracts_contract
            WHERE customer_id = {{pk}} AND deleted_at IS NULL
                AND status IN ('registered', 'completed', 'terminated')
        ) + {AFTER_CONTRACT} + rule.days,
        {DAY.format("rule.active_since")} + rule.grace_days,
        CASE WHEN owned.how IN ('claimed', 'assigned')
            THEN {DAY.format("owned.from_at")} + pool.protect_days END,
        (
            SELECT max(until) FROM customers_extension
            WHERE customer_id = {{pk}} AND at >= owned.from_at
        )
    ) AS due
    FROM customers_ownership AS owned
    JOIN customers_pool AS pool ON pool.id = coalesce(
        (SELECT id FROM customers_pool WHERE id = owned.pool_id AND active),
        (SELECT id FROM customers_pool WHERE is_default)
    )
    JOIN customers_recyclerule AS rule ON rule.pool_id = pool.id AND rule.active AND (
        rule.level_id = {{level}} OR rule.level_id IS NULL
        AND NOT EXISTS (
            SELECT FROM customers_recyclerule AS nearer
            WHERE nearer.pool_id = pool.id AND nearer.active
                AND nearer.reason = rule.reason
                AND nearer.level_id = {{level}}
        )
    )
    WHERE owned.customer_id = {{pk}} AND owned.to_at IS NULL
        AND owned.holder_id IS NOT NULL
        AND {{registration}} = 'registered'
        AND NOT EXISTS (
            SELECT FROM contracts_contract
            WHERE customer_id = {{pk}} AND deleted_at IS NULL
                AND (status = 'registered'
                    OR status = 'completed' AND next_due_on IS NOT NULL)
        )
        AND NOT EXISTS (
            SELECT FROM customers_lock
            WHERE customer_id = {{pk}} AND at >= owned.from_at
                AND until >= {TODAY}
        )
        AND NOT (rule.reason = '{Reason.NOT_WON}'
            AND {{status}} IN ('won', 'loyal'))
        AND NOT (rule.reason = '{Reason.NO_OPPORTUNITY}' AND EXISTS (
            SELECT FROM sales_opportunity
            WHERE customer_id = {{pk}} AND deleted_at IS NULL
                AND status = 'open'
        ))
) AS said ORDER BY due, rule_id LIMIT 1
)"""  # noqa: S608 - of our own names


class Due(Func):
    """What is said of the way of a customer into its pool: the day, the rule, the pool.

    It asks for the columns of the row, under whatever name a query has its table.
    """

    columns = ("pk", "last_contact_at", "level", "status", "registration")

    def __init__(self, *_columns, said, **options):
        """Take what is to be said: `due`, `rule_id` or `pool_id`."""
        super().__init__(*map(F, self.columns), said=said, **options)

    def as_sql(self, compiler, _connection, **_options):
        """Return the query of it."""
        parts = map(compiler.compile, self.get_source_expressions())
        columns = (column for column, _params in parts)
        named = dict(zip(self.columns, columns, strict=True))
        return DUE.format(said=self.extra["said"], **named), ()


def recycle_on():
    """Return the expression of the day on which a customer goes into its pool."""
    return Due(said="due", output_field=DateField())


def kept_out():
    """Return {name: expression} of what keeps a customer with its owner for a while.

    `locked_until` is the day, `is_extended` whether it was put off already.
    """
    now = Ownership.objects.filter(customer=OuterRef("customer"), to_at=None)
    since = Subquery(now.values("from_at")[:1])
    today = timezone.localdate()
    locks = Lock.objects.filter(customer=OuterRef("pk"), at__gte=since)
    locks = locks.filter(until__gte=today).order_by("-until")
    extensions = Extension.objects.filter(customer=OuterRef("pk"), at__gte=since)
    return {
        "locked_until": Subquery(locks.values("until")[:1]),
        "is_extended": Exists(extensions),
    }


def said_of_it():
    """Return {name: expression} of the day, the rule and the pool."""
    whole = BigIntegerField()
    return {
        "recycle_on": recycle_on(),
        "recycle_rule": Due(said="rule_id", output_field=whole),
        "recycle_pool": Due(said="pool_id", output_field=whole),
    }


def due_until(rows, day):
    """Narrow customers to those that go into a pool until a day, that day included.

    What columns with an index can tell narrows them first.

    Args:
        rows: a queryset of customers.
        day: the last day.
    """
    rules = RecycleRule.objects.filter(active=True).order_by()
    may_be = Q(pk__in=())
    for rule in rules:
        before = start_of(day + timedelta(days=1 - rule.days))
        older = Q(created_at__lt=before)
        if rule.reason == Reason.NO_CONTACT:
            older &= Q(last_contact_at=None) | Q(last_contact_at__lt=before)
        elif rule.reason == Reason.NOT_WON:
            older &= ~Q(status__in=("won", "loyal"))
        if rule.level_id is not None:
            older &= Q(level=rule.level_id)
        may_be |= older
    rows = rows.filter(may_be, owner__isnull=False).alias(due=recycle_on())
    return rows.filter(due__lte=day)


def due_now(rows=None):
    """Return the customers that go into a pool today, with day, rule and pool."""
    rows = Customer.objects.all() if rows is None else rows
    return due_until(rows, timezone.localdate()).annotate(**said_of_it())


def days_left(day):
    """Return the number of days until a day."""
    return (day - timezone.localdate()).days
