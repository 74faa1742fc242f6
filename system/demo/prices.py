"""Price lists of the demo: for everybody, for key customers, and for one by name."""

from decimal import Decimal

from contracts.models import PriceList
from crm.dictionaries import items_of
from crm.fields import CENT
from crm.guards.actor import acting
from system.demo.clock import day, past

HoldsFor = PriceList.HoldsFor
#: Products of which many are bought at once, and what they cost then.
MANY, OF_MANY = ("DB-100", "SB-050"), Decimal("0.95")
#: What key customers pay of the price, and what nobody goes below.
OF_KEY, LOWEST = Decimal("0.92"), Decimal("0.85")
#: What one customer pays whatever anybody else does.
AGREED = {"DB-100": Decimal(335), "SB-050": Decimal(1020)}


def enter(customers, products, people):
    """Enter the lists; what the demo's contracts say was agreed before them.

    Args:
        customers: {number: customer}.
        products: {code: product}.
        people: {username: person}.
    """
    by = people["infoadmin"]
    with acting(by):
        _fill(by, customers, products)


def _fill(by, customers, products):
    sold = [product for product in products.values() if product.on_sale]
    standard = _enter("标准价目表", by)
    for product in sold:
        _price(standard, product, product.price)
    for code in MANY:
        _price(standard, products[code], products[code].price * OF_MANY, min_qty=100)
    level = next(one for one in items_of("customer_level") if one.code == "A")
    key = _enter("重点客户价目表", by, holds_for=HoldsFor.GROUP, level=level)
    for product in sold:
        _price(key, product, product.price * OF_KEY)
    agreed = _enter("年度框架协议价", by, holds_for=HoldsFor.NAMED, forced=True)
    agreed.customers.set([customers[0]])
    for code, price in AGREED.items():
        agreed.prices.create(product=products[code], price=price)


def _enter(name, by, **fields):
    found = PriceList(
        name=name, starts_on=day(30), owner=by, created_at=past(30), **fields
    )
    found.enter(by)
    return found


def _price(prices, product, price, min_qty=0):
    price = price.quantize(CENT)
    prices.prices.create(
        product=product,
        min_qty=min_qty,
        price=price,
        floor=(price * LOWEST).quantize(CENT),
    )
