"""The form of a payment plan, and how an amount is divided into one."""

import re
from calendar import monthrange
from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import inlineformset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.models import Contract, Instalment
from contracts.refusals import PLAN_HAS_MONEY
from contracts.rounding import equal_parts, parts_by_percent
from crm.display import number_text
from crm.forms.columns import ColumnsForm
from crm.forms.inputs import DayInput
from crm.forms.model_fields import formfield
from crm.forms.options import OptionsHeld
from crm.forms.parts import PartsFormSet
from crm.forms.typed_fields import DayField, NumberField, WholeNumberField
from crm.validators import validate_business_date

#: A plan of more instalments nobody reads: five years, month by month.
MOST = 60


class InstalmentForm(OptionsHeld, ColumnsForm, forms.ModelForm):
    """An instalment of a contract."""

    class Meta:
        model = Instalment
        fields = ("due_on", "amount", "condition")
        formfield_callback = formfield

    def clean_amount(self):
        """Keep it from being less than what was received."""
        amount = self.cleaned_data["amount"]
        paid = self.instance.paid
        if amount < paid:
            text = _("%s of it was received already.") % number_text(paid)
            raise ValidationError(text)
        return amount


class BasePlanFormSet(PartsFormSet):
    """All instalments of a contract; of one in force they add up to its amount."""

    def __init__(self, *args, **options):
        """Make room for what is filled in but not stored yet."""
        super().__init__(*args, **options)
        begun = self.initial_extra or ()
        self.extra = len(begun) if begun else self.extra

    def add_fields(self, form, index):
        """Let what was divided anew take the place of what is planned and not paid."""
        super().add_fields(form, index)
        if self.initial_extra and form.instance.pk and not form.instance.paid:
            form.fields["DELETE"].initial = True

    def clean(self):
        """Refuse a plan of a contract in force that is not its amount.

        What money was received for stays.
        """
        super().clean()
        if any(form.instance.pk and form.instance.paid for form in self.deleted_forms):
            raise ValidationError(_(PLAN_HAS_MONEY))
        if any(self.errors) or self.instance.is_writable:
            return
        total, amount = self.total(), self.instance.amount
        if total is not None and total != amount:
            raise ValidationError(not_the_amount(total, amount))

    def total(self):
        """Return the sum of the valid instalments that stay, None if there is none."""
        stay = [
            form.cleaned_data["amount"]
            for form in self.forms
            if form.cleaned_data.get("amount") and not form.cleaned_data.get("DELETE")
        ]
        return sum(stay) if stay else None


def not_the_amount(total: Decimal, amount: Decimal) -> str:
    """Say what a plan comes to, beside the amount of the contract."""
    return _(
        "The payment plan comes to %(total)s, the contract amount is %(amount)s:"
        " %(difference)s too much or too little."
    ) % {
        "total": number_text(total),
        "amount": number_text(amount),
        "difference": number_text(abs(total - amount)),
    }


PlanFormSet = inlineformset_factory(
    Contract,
    Instalment,
    form=InstalmentForm,
    formset=BasePlanFormSet,
    extra=2,
    max_num=MOST,
    validate_max=True,
)


class DivisionForm(forms.Form):
    """How the amount of a contract is divided: equally, or by percent."""

    parts = WholeNumberField(
        label=gettext_lazy("equal parts"),
        min_value=1,
        max_value=MOST,
        required=False,
    )
    shares = forms.CharField(
        label=gettext_lazy("or shares in percent"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("For example 30/40/25/5"),
    )
    first_on = DayField(
        label=gettext_lazy("first payment due on"),
        widget=DayInput(),
        validators=[validate_business_date],
    )
    months = WholeNumberField(
        label=gettext_lazy("months from one to the next"),
        min_value=0,
        max_value=MOST,
    )

    def __init__(self, *args, amount, **options):
        """Take the amount that is divided."""
        super().__init__(*args, **options)
        self.amount = amount

    def clean_shares(self):
        """Return the shares as numbers that add up to 100; None for none."""
        texts = re.split(r"[\s/、,\uff0c;\uff1b+]+", self.cleaned_data["shares"])
        try:
            read = NumberField().clean
            shares = [read(text.rstrip("%\uff05")) for text in texts if text]
        except ValidationError as error:
            raise ValidationError(_("Write numbers with / between them.")) from error
        if not shares:
            return None
        if not all(share.is_finite() and 0 < share <= 100 for share in shares):
            raise ValidationError(_("A share is more than 0 and at most 100 percent."))
        if len(shares) > MOST:
            raise ValidationError(_("These are more than %d instalments.") % MOST)
        if sum(shares) != 100:
            text = number_text(sum(shares))
            raise ValidationError(_("The shares add up to %s, not to 100.") % text)
        return shares

    def clean(self):
        """Ask for one way to divide, and for parts of a cent at least."""
        values = super().clean()
        if "parts" in self.errors or "shares" in self.errors:
            return values
        if (values["parts"] is None) == (values["shares"] is None):
            raise ValidationError(_("Give either a number of parts or shares."))
        if min(self._amounts()) <= 0:
            raise ValidationError(_("The amount is too small for so many parts."))
        if "first_on" in values and "months" in values:
            self._check_last(values, len(self._amounts()))
        return values

    def instalments(self):
        """Return [{due_on, amount}] of a valid division."""
        values = self.cleaned_data
        return [
            {
                "due_on": months_later(values["first_on"], place * values["months"]),
                "amount": part,
            }
            for place, part in enumerate(self._amounts())
        ]

    def _amounts(self):
        values = self.cleaned_data
        if values["parts"] is not None:
            return equal_parts(self.amount, values["parts"])
        return parts_by_percent(self.amount, values["shares"])

    def _check_last(self, values, count):
        """Refuse a plan whose last day lies beyond the days of business."""
        try:
            last = months_later(values["first_on"], (count - 1) * values["months"])
            validate_business_date(last)
        except ValidationError as error:
            self.add_error("months", error)


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
