"""Price lists: one for everybody, one for each level, and some for big customers."""

from decimal import Decimal
from random import Random

from contracts.models import Price, PriceList, PriceListCustomer, Product
from crm.fields import CENT
from crm.models import DictionaryItem
from customers.models import Customer

#: Of so many customers one has prices of its own; lists, and products of each.
OF_CUSTOMERS, FEWEST, MOST, PRODUCTS = 1000, 8, 500, 20
#: What a level pays of the price, the first one least; further ones pay the last.
LEVELS = (Decimal("0.90"), Decimal("0.95"), Decimal("0.98"))
LOWEST = Decimal("0.85")


class Prices:
    """Enters lists, kept by those who register; the same arguments make the same."""

    def __init__(self, staff, timeline, seed):
        """Take who keeps them, the days they fall on, and the seed."""
        self.staff, self.timeline = staff, timeline
        self.random = Random(seed)  # noqa: S311 - invented records, no secrets
        self.lists, self.prices, self.links = [], [], []

    def enter(self, customers):
        """Enter as many as a company of so many customers has."""
        products = list(Product.objects.order_by("pk"))
        standard = self._add("标准价目表")
        for product in products:
            self._price(standard, product, 1)
            self._price(standard, product, Decimal("0.97"), min_qty=100)
        levels = DictionaryItem.objects.filter(kind="customer_level").order_by("order")
        for place, level in enumerate(levels):
            found = self._add(
                f"{level.label}客户价目表", holds_for="group", level=level
            )
            share = LEVELS[min(place, len(LEVELS) - 1)]
            for product in products:
                self._price(found, product, share)
        many = min(MOST, max(FEWEST, customers // OF_CUSTOMERS))
        step = max(1, customers // many)
        rows = Customer.objects.registered().order_by("pk")
        for customer in rows.filter(pk__in=range(1, customers + 1, step))[:many]:
            self._name(customer, products)
        PriceList.objects.bulk_create(self.lists)
        Price.everything.bulk_create(self.prices)
        PriceListCustomer.everything.bulk_create(self.links)

    def _name(self, customer, products):
        found = self._add(f"{customer.short_name}专价"[:200], holds_for="named")
        link = {"pk": len(self.links) + 1, "price_list": found}
        self.links.append(PriceListCustomer(customer=customer, **link))
        for product in self.random.sample(products, min(PRODUCTS, len(products))):
            self._price(found, product, Decimal("0.88"))

    def _add(self, name, **fields):
        number = len(self.lists) + 1
        stamps = self.staff.stamps(self.timeline, 0, number, self.staff.registrar)
        starts = stamps["created_at"].date()
        found = PriceList(pk=number, name=name, starts_on=starts, **fields, **stamps)
        self.lists.append(found)
        return found

    def _price(self, found, product, share, min_qty=0):
        price = (Decimal(str(product.price)) * share).quantize(CENT)
        self.prices.append(
            Price(
                pk=len(self.prices) + 1,
                price_list=found,
                product=product,
                min_qty=min_qty,
                price=price,
                floor=(price * LOWEST).quantize(CENT),
            )
        )
