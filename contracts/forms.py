"""The forms of contracts, their lines, products, approval rules, and of verbs."""

from decimal import ROUND_HALF_UP, Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet, inlineformset_factory
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.models import (
    ApprovalRule,
    ApprovalStep,
    Contract,
    ContractLine,
    Product,
)
from contracts.models.products import LARGEST_AMOUNT
from crm.display import number_text
from crm.forms import ModelForm, RecordForm, formfield
from crm.lookups import OFFERED, LookupField
from crm.models import DictionaryItem, User
from crm.validators import validate_business_date

CENT = Decimal("0.01")


class ContractForm(RecordForm):
    """The fields of a contract; the amount follows from the lines if there are any."""

    repeats = ("reporter", "customer", "kind", "tax_rate", "signed_on")
    within = {"contact": "customer"}
    groups = (
        (_("Basics"), ("title", "customer", "kind", "amount", "tax_rate")),
        (
            _("Signing and term"),
            ("signed_on", "starts_on", "ends_on", "signatory", "contact"),
        ),
        (_("What is agreed"), ("terms",)),
        (_("Who is responsible"), ("owner", "reporter")),
    )
    #: The sum of the lines, set once they are valid; None without lines.
    lines_total = None

    class Meta(RecordForm.Meta):
        model = Contract
        fields = (
            "title",
            "customer",
            "kind",
            "amount",
            "tax_rate",
            "signed_on",
            "starts_on",
            "ends_on",
            "signatory",
            "contact",
            "terms",
            "owner",
            "reporter",
        )

    def __init__(self, *args, **options):
        """Let the amount be left to the lines."""
        super().__init__(*args, **options)
        self.fields["amount"].required = False
        self.fields["amount"].help_text = _("Left empty: the sum of the lines.")

    def clean_amount(self):
        """Take the sum of the lines, and refuse another amount beside them."""
        amount, total = self.cleaned_data["amount"], self.lines_total
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


class LineForm(forms.ModelForm):
    """A line of a contract; the price is the product's unless another is given."""

    class Meta:
        model = ContractLine
        fields = ("product", "quantity", "unit_price", "discount")
        formfield_callback = formfield

    def __init__(self, *args, products, choices, **options):
        """Take the products one may choose and those the select shows."""
        super().__init__(*args, **options)
        field = self.fields["product"]
        field.queryset = products
        field.widget.choices = choices
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
        values = self.cleaned_data
        full = values["quantity"] * values["unit_price"]
        return (full * (100 - values["discount"]) / 100).quantize(
            CENT, rounding=ROUND_HALF_UP
        )


class BaseLineFormSet(BaseInlineFormSet):
    """The lines of a contract; all their selects share one reading of products."""

    def __init__(self, *args, user, **options):
        """Take the person who fills them in."""
        super().__init__(*args, **options)
        products = Product.objects.visible_to(user)
        offered = {p.pk: str(p) for p in products.filter(on_sale=True)[:OFFERED]}
        offered |= {p.pk: str(p) for p in products.filter(pk__in=self._chosen())}
        self.form_kwargs |= {
            "products": products,
            "choices": [("", "---------"), *offered.items()],
        }

    def _chosen(self):
        """Return the ids of the products that the lines name now."""
        if not self.is_bound:
            pk = self.instance.pk
            return {line.product_id for line in self.get_queryset()} if pk else set()
        keys = LookupField(Product.objects.none()).keys
        names = (name for name in self.data if name.endswith("-product"))
        return {key for name in names for key in keys(self.data[name])}

    def total(self):
        """Return the sum of the valid lines that stay, None if there is none."""
        stay = [
            form.amount
            for form in self.forms
            if form.cleaned_data.get("product") and not form.cleaned_data.get("DELETE")
        ]
        return sum(stay) if stay else None


LineFormSet = inlineformset_factory(
    Contract,
    ContractLine,
    form=LineForm,
    formset=BaseLineFormSet,
    extra=2,
    max_num=200,
    validate_max=True,
)


class ProductForm(RecordForm):
    """A product."""

    repeats = ("reporter", "category", "unit")
    groups = (
        (_("Basics"), ("code", "name", "category", "unit", "price", "on_sale")),
        (_("Other"), ("description", "owner", "reporter")),
    )

    class Meta(RecordForm.Meta):
        model = Product
        fields = (
            "code",
            "name",
            "category",
            "unit",
            "price",
            "on_sale",
            "description",
            "owner",
            "reporter",
        )


class DecisionForm(forms.Form):
    """A verdict; the rest of its rules are `contracts.approval`'s."""

    approved = forms.TypedChoiceField(
        choices=(("true", _("Approve")), ("false", _("Reject"))),
        coerce=lambda value: value == "true",
    )
    opinion = forms.CharField(required=False, strip=False)


class SeenForm(DecisionForm):
    """A verdict on one contract, with the round whose content was seen."""

    round = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class TerminationForm(forms.Form):
    """Why and when a contract ends before its time."""

    reason = forms.ModelChoiceField(
        DictionaryItem.objects.filter(kind="termination_reason", active=True),
        to_field_name="label",
        label=_("termination reason"),
    )
    day = forms.DateField(
        label=_("terminated on"),
        validators=[validate_business_date],
        required=False,
    )

    def clean_day(self):
        """Take today where no day is given."""
        return self.cleaned_data["day"] or timezone.localdate()


class ApprovalRuleForm(ModelForm):
    """The conditions of an approval rule."""

    groups = (
        (
            _("Contracts that meet all of this"),
            ("name", "amount_from", "kind", "discount_over", "credit_grade"),
        ),
        (_("How the rule works"), ("order", "active", "last_resort")),
    )

    class Meta(ModelForm.Meta):
        model = ApprovalRule
        fields = (
            "name",
            "amount_from",
            "kind",
            "discount_over",
            "credit_grade",
            "order",
            "active",
            "last_resort",
        )

    def __init__(self, *args, **options):
        """Offer the people who work here as last resort."""
        super().__init__(*args, **options)
        field = self.fields["last_resort"]
        field.queryset = User.objects.active()
        field.show(self["last_resort"].value())
        field.help_text = _(
            "Decides where every head is barred, absent without a deputy, or missing."
        )


class StepForm(ModelForm):
    """A step: whom it asks."""

    class Meta(ModelForm.Meta):
        model = ApprovalStep
        fields = ("asks", "role", "person")

    def __init__(self, *args, **options):
        """Offer the people who work here; a blank line asks nobody yet."""
        super().__init__(*args, **options)
        if not self.instance.pk:
            self.initial["asks"] = ""
        self.fields["asks"].choices = [("", "---------"), *ApprovalStep.Asks.choices]
        field = self.fields["person"]
        field.queryset = User.objects.active()
        field.show(self["person"].value())

    def clean(self):
        """Keep only the name that this way of asking needs."""
        values = super().clean()
        asks = values.get("asks")
        for name in (ApprovalStep.Asks.ROLE, ApprovalStep.Asks.PERSON):
            if asks != name:
                values[name.value] = None
            elif not values.get(name.value):
                self.add_error(name.value, _("Name who decides."))
        return values


class BaseStepFormSet(BaseInlineFormSet):
    """The steps of a rule; their place on the page is their position."""

    def save(self, commit=True):
        """Number the steps that stay, then save those that changed."""
        stay = [form for form in self.forms if form not in self.deleted_forms]
        filled = [form for form in stay if form.instance.pk or form.has_changed()]
        for position, form in enumerate(filled, start=1):
            form.instance.position = position
        saved = super().save(commit)
        for form in self.initial_forms:
            if form in filled and not form.has_changed():
                form.instance.save()
        return saved


StepFormSet = inlineformset_factory(
    ApprovalRule,
    ApprovalStep,
    form=StepForm,
    formset=BaseStepFormSet,
    extra=1,
    min_num=1,
    validate_min=True,
    max_num=10,
    validate_max=True,
)
