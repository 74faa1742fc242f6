"""The pool of the demo: what is in it, and whose customers are on their way there."""

from datetime import timedelta

from django.utils import timezone

from crm.dictionaries import items_of
from crm.guards.actor import acting
from customers import pools
from customers.models import Customer, Lock, Pool, RecycleRule
from customers.ownership import because
from customers.recycling import due_until
from system.demo.clock import past
from system.demo.market import item
from system.demo.tables import rows

#: Days without contact, by level: longer in use than the company is old.
RULES = {"A": 60, "B": 30, "C": 15}
IN_USE = timedelta(days=500)
#: What else is overdue its owner has locked.
LOCKED = timedelta(days=30)


def enter(people):
    """Let the pool be everybody's who sells, set its rules, put customers into it."""
    pool = Pool.objects.get(is_default=True)
    with acting(people["infoadmin"]):
        pool.departments.add(people["director"].department)
        pool.admins.add(people["supervisor"], people["supervisor2"])
        _set_rules(pool)
    levels = {item.code: item for item in items_of("customer_level")}
    reasons = {item.code: item for item in items_of("release_reason")}
    for row in rows("pooled"):
        customer = _customer(row, levels, people)
        if row["how"]:
            _put_back(pool, customer, row, reasons, people["sysadmin"])


def _set_rules(pool):
    """Set the rules anew, in use for so long that nothing has days of grace."""
    pool.rules.all().delete()
    levels = {item.code: item for item in items_of("customer_level")}
    for code, days in RULES.items():
        pool.rules.create(
            level=levels[code],
            reason=RecycleRule.Reason.NO_CONTACT,
            days=days,
            active_since=timezone.now() - IN_USE,
        )


def _customer(row, levels, people):
    owner = people[row["owner"]]
    customer = Customer(
        name=row["name"],
        short_name=row["short_name"],
        region_id=row["region"],
        industry=item("industry", row["industry"]),
        level=levels[row["level"]],
        phone=row["phone"],
        owner=owner,
        created_at=past(int(row["ago"])),
    )
    customer.enter(owner)
    customer.register(people["infoadmin"])
    return customer


def _put_back(pool, customer, row, reasons, recycler):
    """Release or recycle a customer; its owner had it until then."""
    by, said = customer.owner, {"note": row["note"]}
    if row["how"] == "released":
        said["reason"] = reasons[row["reason"]].pk
    else:
        by = recycler
        code = row["level"]
        said["note"] = f"{customer.level} · {RULES[code]} 天未联系"
    with because(**said), acting(by, verb=row["how"]):
        pools.into(pool, [customer.pk])


def lock_the_rest():
    """Leave nothing overdue but what 张伟 has on its way to the pool today."""
    today = timezone.localdate()
    overdue = due_until(Customer.objects.all(), today)
    overdue = overdue.exclude(
        short_name__in=[row["short_name"] for row in rows("pooled")]
    )
    for customer in overdue.select_related("owner").order_by("pk"):
        with acting(customer.owner):
            Lock.objects.create(
                customer=customer, until=today + LOCKED, by=customer.owner
            )
