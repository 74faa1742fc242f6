"""The pool that the program brings along: that of all customers without another one."""

from crm.models import DictionaryItem, Shipment
from crm.shipped import shipping
from customers.dictionaries import CUSTOMER_LEVEL
from customers.models import Pool

POOL = "公海"
#: (reason, level or None for all, days)
RULES = (
    ("no_contact", "A", 60),
    ("no_contact", "B", 30),
    ("no_contact", "C", 15),
    ("not_won", None, 180),
)


def fill():
    """Make the pool if it was never shipped here; nobody is its member yet.

    Its rules are not in use: a company switches them on.
    """
    with shipping():
        new = Shipment.objects.take(Shipment.Kind.POOL, {("", POOL): ""})
        rows = Pool.objects
        if not new or rows.filter(name=POOL).exists():
            return
        pool = rows.create(
            name=POOL, is_default=not rows.filter(is_default=True).exists()
        )
        found = DictionaryItem.objects.filter(kind=CUSTOMER_LEVEL.kind)
        levels = {None: None} | {item.code: item for item in found}
        for reason, level, days in RULES:
            if level in levels:
                pool.rules.create(
                    reason=reason, level=levels[level], days=days, active=False
                )
