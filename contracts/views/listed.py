"""What the price lists say, for the form of a contract while it is typed."""

from collections import Counter

from django import forms
from django.http import JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from contracts.models import Contract, Product
from contracts.models.listed import listed
from crm.display import number_text
from crm.forms.typed_fields import DayField, NumberField
from crm.views import PageMixin
from customers.models import Customer

#: Lines of which one may ask at once.
MOST = 200


class ListedPrices(PageMixin, View):
    """The prices of products for a customer on a day: `?customer=&signed_on=`, and
    `product=&quantity=` of every line. What is wrong counts as not said."""

    model = Contract
    action = "add"

    def get(self, request):
        """Answer {"prices": {id of a product: {price, forced, said}}}."""
        quantities, user = self._quantities(), request.user
        rows = Product.objects.visible_to(user).in_bulk(list(quantities))
        known = {pk: quantities[pk] for pk in rows}
        found = listed(self._customer(), known, self._day())
        prices = {pk: _said(row, found.get(pk)) for pk, row in rows.items()}
        return JsonResponse({"prices": prices})

    def _quantities(self):
        asked, found = self.request.GET, Counter()
        pairs = zip(asked.getlist("product"), asked.getlist("quantity"), strict=False)
        whole = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
        number = NumberField(min_value=0, max_value=10**8, required=False)
        for product, quantity in list(pairs)[:MOST]:
            if (pk := _read(whole, product)) is not None:
                found[pk] += _read(number, quantity) or 0
        return found

    def _customer(self):
        whole = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
        pk = _read(whole, self.request.GET.get("customer", ""))
        seen = Customer.objects.visible_to(self.request.user)
        return seen.filter(pk=pk).first() if pk is not None else None

    def _day(self):
        day = _read(DayField(required=False), self.request.GET.get("signed_on", ""))
        return day or timezone.localdate()


def _read(field, text):
    try:
        return field.clean(text[:40])
    except forms.ValidationError:
        return None


def _said(product, price):
    """Return what a page fills in and tells of a product: {price, forced, said}."""
    if price is None:
        own = "" if product.price is None else str(product.price)
        return {"price": own, "forced": False, "said": ""}
    prices = price.price_list
    said = f"{prices}: {number_text(price.price)}"
    if price.floor is not None and not prices.forced:
        said = _("%(listed)s, at least %(floor)s") % {
            "listed": said,
            "floor": number_text(price.floor),
        }
    return {"price": str(price.price), "forced": prices.forced, "said": said}
