"""The form of a contract with its lines."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import inlineformset_factory
from django.utils.translation import gettext_lazy as _

from contracts.models import (
    Amendment,
    AmendmentLine,
    Contract,
    ContractLine,
    Product,
)
from contracts.models.products import LARGEST_AMOUNT
from contracts.rounding import line_amount
from crm.display import number_text
from crm.forms.columns import ColumnsForm
from crm.forms.lookups import OFFERED, LookupField, LookupSelect
from crm.forms.model_fields import formfield
from crm.forms.parts import PartsFormSet
from crm.forms.records import RecordForm
from crm.models.groups import asked

_BASICS, _TERM, AGREED, _PEOPLE = Contract.groups


class ContractForm(RecordForm):
    """The fields of a contract; the amount follows from the lines if there are any."""

    repeats = ("reporter", "customer", "kind", "tax_rate", "signed_on")
    within = {"contact": "customer"}
    groups = Contract.groups
    #: Long, and settled last: the lines come before it.
    groups_below = (AGREED,)
    #: Whether the lines are valid, and then their sum; None without lines.
    lines_valid, lines_total = True, None
    #: What the stored lines add up to; None without lines.
    lines_held = None

    class Meta(RecordForm.Meta):
        model = Contract
        fields = asked(Contract)

    def __init__(self, *args, **options):
        """Let the amount be left to the lines."""
        super().__init__(*args, **options)
        self.fields["amount"].required = False
        self.fields["amount"].help_text = _("Left empty: the sum of the lines.")

    def clean_amount(self):
        """Take the sum of the lines, and refuse another amount beside them."""
        amount, total = self.cleaned_data["amount"], self.lines_total
        if total is not None and self._follows:
            amount = total
        if amount is None and not self.lines_valid:
            return amount  # the sum is not known before the lines are mended
        if amount is None and total is None:
            raise ValidationError(self.fields["amount"].error_messages["required"])
        if amount is None:
            amount = total
        elif total is not None and amount != total:
            raise ValidationError(
                _("The sum of the lines is %s.") % number_text(total), code="sum"
            )
        if amount > LARGEST_AMOUNT:
            raise ValidationError(_("The amount is too large."), code="max_value")
        return amount

    @property
    def _follows(self):
        """Whether the amount is still the old lines' sum, which nobody typed."""
        left_alone = "amount" not in self.changed_data
        return left_alone and self.initial.get("amount") == self.lines_held


class AmendmentForm(ContractForm):
    """The same for a change; who reported the contract is no part of it."""

    class Meta(ContractForm.Meta):
        model = Amendment
        fields = tuple(n for n in ContractForm.Meta.fields if n != "reporter")

    def clean_owner(self):
        """Leave the contract whose it is unless somebody else is chosen."""
        chosen = self.cleaned_data["owner"]
        return None if chosen == self.instance.contract.owner else chosen

    def _typed(self, **typed):
        """Return the contract with nothing but what was typed into some fields."""
        return Contract(pk=self.instance.contract_id, **typed)


class ProductSelect(LookupSelect):
    """A select whose options tell the price of what is chosen; `prices` are known."""

    prices = {}

    def create_option(self, name, value, *args, **options):
        """Add the price of a product that has one."""
        option = super().create_option(name, value, *args, **options)
        if (price := self.prices.get(value)) is not None:
            option["attrs"]["data-price"] = str(price)
        return option


class LineForm(ColumnsForm, forms.ModelForm):
    """A line of a contract; the price is the product's unless another is given."""

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

    def clean(self):
        """Take the product's price where none is given; keep the sum in bounds."""
        values = super().clean()
        product, quantity = values.get("product"), values.get("quantity")
        if product and values.get("unit_price") is None and "unit_price" in values:
            if product.price is None:
                self.add_error("unit_price", _("This product has no price; give one."))
            values["unit_price"] = product.price
        numbers = (quantity, values.get("unit_price"), values.get("discount"))
        if None not in numbers and self.amount > LARGEST_AMOUNT:
            self.add_error("quantity", _("The amount of this line is too large."))
        return values

    @property
    def amount(self):
        """What PostgreSQL will compute for the line."""
        return self.amount_of(self.cleaned_data)

    @staticmethod
    def amount_of(line):
        """Return what PostgreSQL will compute for {quantity, unit_price, discount}."""
        return line_amount(line["quantity"], line["unit_price"], line["discount"])


class BaseLineFormSet(PartsFormSet):
    """The lines of a contract; all their selects share one reading of products."""

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

    def held(self):
        """Return the sum of the stored lines, None if there is none."""
        if not self.instance.pk:
            return None
        amounts = [line.amount for line in self.get_queryset()]
        return sum(amounts) if amounts else None

    def total(self):
        """Return the sum of the valid lines that stay, None if there is none."""
        stay = [
            form.amount
            for form in self.forms
            if form.cleaned_data.get("product") and not form.cleaned_data.get("DELETE")
        ]
        return sum(stay) if stay else None


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
