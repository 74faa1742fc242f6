"""Which price list says what a product costs a customer, on a day, so many of it.

A list that names the customer goes before one for its group, that before one for
everybody; of several the one with the highest priority, then the one that began last.
Within it, the price from the greatest quantity on that is reached. One that says
nothing of the product, or of so few, leaves it to the next. What is off sale has no
listed price, and neither has what no list prices: its own price is asked, then.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Case, F, IntegerField, Q, Value, When

from contracts.models.price_lists import Price, PriceList, PriceListCustomer
from crm.models.registration import BOOKS
from customers.models import Customer

HoldsFor = PriceList.HoldsFor
#: The nearer a list is to the customer, the more its word counts.
NEARER = Case(
    When(price_list__holds_for=HoldsFor.NAMED, then=Value(2)),
    When(price_list__holds_for=HoldsFor.GROUP, then=Value(1)),
    default=Value(0),
    output_field=IntegerField(),
)


def listed(
    customer: Customer | None, quantities: Mapping[int, Decimal], day: date
) -> dict[int, Price]:
    """Return {id of a product: its listed price}, each with its list, in one query.

    Args:
        customer: who buys; None if nobody is chosen yet: what costs everybody.
        quantities: {id of a product: how many of it in all}.
        day: of the contract.
    """
    if not quantities:
        return {}
    asked = reduce(
        or_, (Q(product=pk, min_qty__lte=many) for pk, many in quantities.items())
    )
    lists = holding(customer, day).order_by()
    rows = Price.objects.filter(
        asked,
        price_list__in=lists.values("pk"),
        product__on_sale=True,
        product__deleted_at=None,
    )
    rows = rows.order_by(
        "product_id",
        NEARER.desc(),
        F("price_list__priority").desc(),
        F("price_list__starts_on").desc(),
        F("price_list_id").desc(),
        F("min_qty").desc(),
    )
    found = rows.distinct("product_id").select_related("price_list")
    return {price.product_id: price for price in found}


def holding(customer, day):
    """Return the lists in the books that hold for a customer on a day."""
    for_whom = Q(holds_for=HoldsFor.EVERYBODY)
    if customer is not None:
        naming = PriceListCustomer.objects.filter(customer=customer).order_by()
        for_whom |= Q(holds_for=HoldsFor.NAMED, pk__in=naming.values("price_list"))
        for_whom |= Q(holds_for=HoldsFor.GROUP) & _fits(customer)
    rows = PriceList.objects.filter(BOOKS, for_whom, active=True, starts_on__lte=day)
    return rows.filter(Q(ends_on=None) | Q(ends_on__gte=day))


def _fits(customer):
    """Return the condition "the customer is of the group": in all that is given."""
    given = {
        "level": [customer.level_id],
        "industry": [customer.industry_id],
        "customer_kind": [customer.kind],
        "region": _regions_around(customer.region_id),
    }
    fitting = Q()
    for name, values in given.items():
        empty = Q(customer_kind="") if name == "customer_kind" else Q(**{name: None})
        fitting &= empty | Q(**{f"{name}__in": [v for v in values if v]})
    return fitting


def _regions_around(code):
    """Return the codes of a region and of those that it lies in."""
    return {code, f"{code[:4]}00", f"{code[:2]}0000"} if code else set()
