"""The form of a price list with its prices."""

from django import forms
from django.forms.models import inlineformset_factory
from django.utils.translation import gettext_lazy as _

from contracts.models import Price, PriceList, Product
from contracts.models.price_lists import GROUPED, NO_GROUP, NOT_A_GROUP, WRONG_WAY_ROUND
from crm.forms.columns import ColumnsForm
from crm.forms.lookups import OFFERED, LookupField, LookupMultipleField
from crm.forms.model_fields import formfield
from crm.forms.parts import PartsFormSet
from crm.forms.records import RecordForm
from crm.models.groups import asked
from crm.related import known_to
from customers.models import Customer

HoldsFor = PriceList.HoldsFor
#: Prices that one page asks for; a list may have any number of them.
ON_A_PAGE = 100


class PriceListForm(RecordForm):
    """A price list, and for whom it holds."""

    repeats = ("reporter", "starts_on", "ends_on", "priority")
    groups = PriceList.groups

    customers = LookupMultipleField(
        Customer.objects.none(), label=_("named customers"), required=False
    )

    class Meta(RecordForm.Meta):
        model = PriceList
        fields = asked(PriceList)
        widgets = {"remarks": forms.Textarea({"rows": 2})}

    def __init__(self, *args, **options):
        """Show which customers are named already, as far as this person sees them."""
        super().__init__(*args, **options)
        self.fields["customers"].show(self["customers"].value())

    def clean(self):
        """Expect what says for whom it holds, and nothing that says otherwise."""
        values = super().clean()
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", WRONG_WAY_ROUND)
        holds_for = values.get("holds_for")
        given = [name for name in GROUPED if values.get(name)]
        if holds_for == HoldsFor.GROUP and not given:
            self.add_error("holds_for", NO_GROUP)
        elif holds_for != HoldsFor.GROUP:
            for name in given:
                self.add_error(name, NOT_A_GROUP)
        self._check_named(holds_for, values.get("customers"))
        return values

    def _check_named(self, holds_for, customers):
        """Expect customers of a list for named ones alone."""
        if "customers" in self.errors:
            return
        if holds_for == HoldsFor.NAMED and not customers and not self._unseen():
            self.add_error("customers", _("Name the customers for whom it holds."))
        elif holds_for and holds_for != HoldsFor.NAMED and customers:
            text = _("Only a list for named customers names some.")
            self.add_error("customers", text)

    def _unseen(self):
        """Return the customers it names that this person may not see."""
        if not self.instance.pk:
            return []
        named = self.instance.customers
        return list(named.exclude(pk__in=known_to(self.user, named.all())))

    def _save_m2m(self):
        """Keep those whom this person may not see while it holds for named ones."""
        if self.instance.holds_for == HoldsFor.NAMED:
            chosen = list(self.cleaned_data["customers"])
            self.cleaned_data["customers"] = [*chosen, *self._unseen()]
        super()._save_m2m()


class PriceForm(ColumnsForm, forms.ModelForm):
    """What a product costs by a list."""

    class Meta:
        model = Price
        fields = ("product", "min_qty", "price", "floor")
        formfield_callback = formfield

    def __init__(self, *args, products, offered, user, **options):
        """Take the products `user` may choose, and {id: product} of those shown."""
        super().__init__(*args, **options)
        field = self.fields["product"]
        field.offer(products, user)
        few = self.instance.pk is not None  # others are looked for
        chosen = field.keys(self["product"].value())
        field.widget.choices = [
            ("", "---------"),
            *(
                (pk, str(product))
                for pk, product in offered.items()
                if not few or pk in chosen
            ),
        ]
        self.fields["min_qty"].required = False

    def clean_min_qty(self):
        """Take any quantity unless one is given."""
        return self.cleaned_data["min_qty"] or 0

    def clean(self):
        """Expect no lowest price above the price."""
        values = super().clean()
        price, floor = values.get("price"), values.get("floor")
        if price is not None and floor is not None and floor > price:
            self.add_error("floor", _("The lowest price is above the price."))
        return values


class BasePriceFormSet(PartsFormSet):
    """Prices of a list, those of one page; their selects share one reading."""

    def __init__(self, *args, user, **options):
        """Take the person who fills them in."""
        super().__init__(*args, **options)
        self.extra = max(self.extra, len(self.initial_extra or ()) + 1)
        products = Product.objects.visible_to(user)
        offered = products.filter(on_sale=True).order_by("code")[:OFFERED]
        rows = {product.pk: product for product in offered}
        if missing := self._chosen() - rows.keys():
            rows |= products.in_bulk(missing)
        self.form_kwargs |= {"user": user, "products": products, "offered": rows}

    def _chosen(self):
        """Return the ids of the products that the prices name now."""
        keys = LookupField(Product.objects.none()).keys
        if self.is_bound:
            names = [name for name in self.data if name.endswith("-product")]
            return {key for name in names for key in keys(self.data[name])}
        held = self.get_queryset() if self.instance.pk else ()
        begun = self.initial_extra or ()
        return {row.product_id for row in held} | {one["product"] for one in begun}


PriceFormSet = inlineformset_factory(
    PriceList,
    Price,
    form=PriceForm,
    formset=BasePriceFormSet,
    extra=3,
    max_num=2 * ON_A_PAGE,
    validate_max=True,
)
