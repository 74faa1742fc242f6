"""The pool that the program brings along: that of all customers without another one."""

from crm.models import Shipment
from crm.shipped import shipping
from customers.models import Pool

POOL = "公海"


def fill():
    """Make the pool if it was never shipped here; nobody is its member yet."""
    with shipping():
        new = Shipment.objects.take(Shipment.Kind.POOL, {("", POOL): ""})
        rows = Pool.objects
        if not new or rows.filter(name=POOL).exists():
            return
        rows.create(name=POOL, is_default=not rows.filter(is_default=True).exists())
