"""The lines in the form of a contract or of a change: what is sold, and for how much.

A price that is left open is the listed one (`contracts.models.listed`), else the
product's own. Where a list fixes its prices, a line has that price and no discount;
where it says a lowest price, none goes below it, discount included. That is asked of
lines that are new or changed, of all lines where their customer or the day of the
contract changed, and of those of a product of which the contract now has more or
fewer: what was agreed before a list began stays.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.models import inlineformset_factory
from django.utils.translation import gettext_lazy as _

from contracts.forms.terms import Terms
from contracts.models import (
    Amendment,
    AmendmentLine,
    Contract,
    ContractLine,
    Price,
    Product,
)
from contracts.models.listed import listed
from contracts.rounding import line_amount
from crm.display import number_text
from crm.fields import LARGEST_AMOUNT
from crm.forms.columns import ColumnsForm
from crm.forms.lookups import OFFERED, LookupField, LookupSelect
from crm.forms.model_fields import formfield
from crm.forms.parts import PartsFormSet


class ProductSelect(LookupSelect):
    """A select whose options tell the price of what is chosen; `prices` are known."""

    prices: Mapping[Any, Decimal | None] = {}

    def create_option(self, name, value, *args, **options):
        """Add the price of a product that has one."""
        option = super().create_option(name, value, *args, **options)
        if (price := self.prices.get(value)) is not None:
            option["attrs"]["data-price"] = str(price)
        return option


class LineForm(ColumnsForm, forms.ModelForm):
    """A line of a contract; the price is the listed one unless another is given."""

    class Meta:
        model = ContractLine
        fields = ("product", "quantity", "unit_price", "discount")
        formfield_callback = formfield
        widgets = {"product": ProductSelect}

    def __init__(self, *args, products, offered, user, **options):
        """Take the products `user` may choose, and {id: product} of those shown."""
        super().__init__(*args, **options)
        field = self.fields["product"]
        field.offer(products, user)
        field.widget.choices = [
            ("", "---------"),
            *((pk, str(product)) for pk, product in offered.items()),
        ]
        field.widget.prices = {pk: one.price for pk, one in offered.items()}
        self.fields["unit_price"].required = False
        self.fields["discount"].required = False

    def clean_discount(self):
        """Grant none unless one is given."""
        return self.cleaned_data["discount"] or Decimal(0)

    @property
    def before(self):
        """(id of the product, quantity) of the line as it is stored, or None."""
        if not self.instance.pk:
            return None
        return self._before["product_id"], self._before["quantity"]

    @property
    def says(self):
        """(id of the product, quantity, unit price, discount), as it is typed."""
        names = ("quantity", "unit_price", "discount")
        values = (self.cleaned_data.get(name) for name in names)
        return self.cleaned_data["product"].pk, *values

    @property
    def is_changed(self):
        """Whether it is new, or says something else than what is stored."""
        if not self.instance.pk:
            return True
        names = ("product_id", "quantity", "unit_price", "discount")
        return self.says != tuple(self._before[name] for name in names)

    def settle(self, price: Price | None, *, is_asked: bool) -> None:
        """Take the listed or the product's price where none is given; check the line.

        Args:
            price: the listed one, if there is one.
            is_asked: whether the line has to keep to it.
        """
        values = self.cleaned_data
        if "unit_price" in values and values["unit_price"] is None:
            usual = price.price if price else values["product"].price
            if usual is None:
                self.add_error("unit_price", _("This product has no price; give one."))
            else:
                values["unit_price"] = self.instance.unit_price = usual
        numbers = [values.get(name) for name in ("quantity", "unit_price", "discount")]
        if None in numbers:
            return
        if self.amount > LARGEST_AMOUNT:
            self.add_error("quantity", _("The amount of this line is too large."))
        elif price and is_asked:
            self._keep_to(price)

    def _keep_to(self, price):
        """Refuse another price than a fixed one, and one below the lowest."""
        given, discount = self.cleaned_data["unit_price"], self.cleaned_data["discount"]
        asked = (100 - discount) * given / 100
        words = {"list": price.price_list, "price": number_text(price.price)}
        if price.price_list.forced and given != price.price:
            text = _("“%(list)s” fixes the price: %(price)s.")
            self.add_error("unit_price", text % words)
        elif price.price_list.forced and discount:
            text = _("“%(list)s” fixes the price: %(price)s, without a discount.")
            self.add_error("discount", text % words)
        elif price.floor is not None and asked < price.floor:
            text = _("The lowest price of “%(list)s” is %(floor)s.")
            words["floor"] = number_text(price.floor)
            name = "discount" if discount and given >= price.floor else "unit_price"
            self.add_error(name, text % words)

    @property
    def amount(self):
        """What PostgreSQL will compute for the line."""
        return self.amount_of(self.cleaned_data)

    @staticmethod
    def amount_of(line):
        """Return what PostgreSQL will compute for {quantity, unit_price, discount}."""
        return line_amount(line["quantity"], line["unit_price"], line["discount"])


class BaseLineFormSet(PartsFormSet):
    """The lines of a contract; all their selects share one reading of products.

    `terms` say which price lists hold; `prices_url`, where a page asks for them;
    `agreed` counts the lines whose prices a quotation agreed on: no list asks them.
    """

    terms = Terms(None, date.min)
    prices_url = ""
    agreed: Counter[tuple[Any, ...]] = Counter()

    def __init__(self, *args, user, **options):
        """Take the person who fills them in."""
        super().__init__(*args, **options)
        self.extra = max(self.extra, len(self.initial_extra or ()) + 1)
        products = Product.objects.visible_to(user)
        offered = products.filter(on_sale=True)[:OFFERED]
        if chosen := self._chosen():
            named = products.filter(pk__in=chosen).order_by()
            offered = offered.union(named, all=True)
        self.form_kwargs |= {
            "user": user,
            "products": products,
            "offered": {product.pk: product for product in offered},
        }

    def _chosen(self):
        """Return the ids of the products that the lines name now."""
        if not self.is_bound:
            held = self.get_queryset() if self.instance.pk else ()
            begun = self.initial_extra or ()
            return {line.product_id for line in held} | {
                one["product"] for one in begun
            }
        keys = LookupField(Product.objects.none()).keys
        names = (name for name in self.data if name.endswith("-product"))
        return {key for name in names for key in keys(self.data[name])}

    def clean(self):
        """Let each line keep to the price list that holds, or take its price.

        How many of a product there are counts over all lines.
        """
        super().clean()
        kept = [form for form in self.forms if self._stays(form)]
        before, now = Counter(), Counter()
        for product, quantity in filter(None, (form.before for form in self.forms)):
            before[product] += quantity
        for form in kept:
            product, quantity = (
                form.cleaned_data.get(n) for n in ("product", "quantity")
            )
            now[product.pk] += quantity or 0
        agreed = self.agreed.copy()
        asked = {
            form
            for form in kept
            if not _takes(agreed, form.says)
            and (
                self.terms.moved
                or form.is_changed
                or before[form.cleaned_data["product"].pk]
                != now[form.cleaned_data["product"].pk]
            )
        }
        products = {form.cleaned_data["product"].pk for form in asked}
        prices = listed(
            self.terms.customer, {pk: now[pk] for pk in products}, self.terms.day
        )
        for form in kept:
            price = prices.get(form.cleaned_data["product"].pk)
            form.settle(price, is_asked=form in asked)

    @staticmethod
    def _stays(form):
        values = getattr(form, "cleaned_data", {})
        return values.get("product") and not values.get("DELETE")

    def held(self):
        """Return the sum of the stored lines, None if there is none."""
        if not self.instance.pk:
            return None
        amounts = [line.amount for line in self.get_queryset()]
        return sum(amounts) if amounts else None

    def total(self):
        """Return the sum of the valid lines that stay, None if there is none."""
        stay = [form.amount for form in self.forms if self._stays(form)]
        return sum(stay) if stay else None


def _takes(agreed, line):
    """Take a line off those that were agreed; say whether it was among them."""
    if agreed[line] <= 0:
        return False
    agreed[line] -= 1
    return True


class AmendmentLineForm(LineForm):
    """A line that a change proposes."""

    class Meta(LineForm.Meta):
        model = AmendmentLine


SHAPE = {
    "formset": BaseLineFormSet,
    "extra": 2,
    "max_num": 200,
    "validate_max": True,
}
LineFormSet = inlineformset_factory(Contract, ContractLine, form=LineForm, **SHAPE)
AmendmentLineFormSet = inlineformset_factory(
    Amendment, AmendmentLine, form=AmendmentLineForm, **SHAPE
)
