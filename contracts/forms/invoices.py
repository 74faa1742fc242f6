"""The forms of an invoice: what is asked for, and what finance notes on it."""

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.guards import OWING
from contracts.invoicing import left_to_ask, left_to_reverse
from contracts.models import Invoice
from contracts.refusals import INVOICE_IN_FORCE, NO_MORE_INVOICED, RED_OF
from crm.display import number_text
from crm.forms.records import CleanTexts, RecordForm
from crm.forms.typed_fields import DayField
from crm.models.groups import asked
from crm.validators import validate_day_of_deed
from customers.forms import CreditCodeField

Kind, Status = Invoice.Kind, Invoice.Status


class InvoiceForm(RecordForm):
    """What is to be invoiced of a contract, or taken back by a red invoice.

    The buyer is the customer, as far as it is left open; the tax rate the contract's.
    """

    repeats = ("reporter", "requested_on", "kind")
    within = {"red_of": "contract", "contract": "customer"}
    groups = Invoice.groups

    class Meta(RecordForm.Meta):
        model = Invoice
        fields = asked(Invoice)
        field_classes = {"tax_number": CreditCodeField}
        widgets = {"remarks": forms.Textarea({"rows": 3})}

    def __init__(self, *args, **options):
        """Let the tax rate be left to the contract."""
        super().__init__(*args, **options)
        if "tax_rate" in self.fields:
            self.fields["tax_rate"].required = False
            self.fields["tax_rate"].help_text = _("Left empty: that of the contract.")

    def clean(self):
        """Fill in the buyer; expect what the contract has left, or what was issued."""
        values = super().clean()
        self._fill(values)
        amount, first = self._said("amount"), self._said("red_of")
        if amount == 0:
            self._say("amount", _("The amount is not nothing."))
        elif amount is not None and (amount < 0) != (first is not None):
            self._say(
                *(
                    ("red_of", _("Which invoice does this red one take back?"))
                    if amount < 0
                    else (
                        "amount",
                        _("The amount of a red invoice is less than nothing."),
                    )
                )
            )
        elif amount is not None and first is not None:
            self._check_red(first, amount)
        elif amount is not None:
            self._check_left(amount)
        self._check_buyer()
        return values

    def save(self, commit=True):
        """Save it; a rejected one is asked for again by that."""
        self.instance.hand_in_again()
        return super().save(commit)

    def _said(self, name):
        """Return what the form says of a field, or the row where it is not asked."""
        if name in self.fields:
            return self.cleaned_data.get(name)
        return getattr(self.instance, name, None)

    def _say(self, name, text):
        """Tell what is wrong with a field, or with all where it is not asked."""
        self.add_error(name if name in self.fields else None, text)

    def _fill(self, values):
        """Take what is left open from the first invoice, the customer, the contract."""
        first, customer = self._said("red_of"), self._said("customer")
        contract = self._said("contract")
        buyer = {}
        if first is not None:
            buyer = {"title": first.title, "tax_number": first.tax_number}
        elif customer is not None and customer.allowed(self.user, "view"):
            buyer = {"title": customer.name, "tax_number": customer.credit_code}
        for name, value in buyer.items():
            if name in self.fields and not values.get(name) and name not in self.errors:
                values[name] = value
        if "tax_rate" in self.fields and values.get("tax_rate") is None:
            rate = first.tax_rate if first else getattr(contract, "tax_rate", None)
            values["tax_rate"] = rate or 0

    def _check_left(self, amount):
        """Refuse more than is left of a contract that holds."""
        contract = self._said("contract")
        if contract is None:
            return
        if contract.status not in OWING:
            self._say("contract", _(INVOICE_IN_FORCE))
            return
        left = left_to_ask(contract, self.instance.pk)
        if amount > left:
            text = _(NO_MORE_INVOICED) % number_text(max(left, 0))
            waits = contract.amount - contract.invoiced - left
            if waits:
                more = _("%s is asked for already and not issued yet.")
                text = f"{text} {more % number_text(waits)}"
            self._say("amount", text)

    def _check_red(self, first, amount):
        """Refuse to take back what was never issued, or more than that."""
        is_same = (first.contract, first.tax_rate) == (
            self._said("contract"),
            self._said("tax_rate"),
        )
        if first.status != Status.ISSUED or first.is_red or not is_same:
            self._say("red_of", _(RED_OF))
            return
        left = left_to_reverse(first, self.instance.pk)
        if -amount > left:
            text = _("No more than %s is left to take back of this invoice.")
            self._say("amount", text % number_text(max(left, 0)))

    def _check_buyer(self):
        """Expect who buys; of a special invoice, the tax number as well."""
        if not self._said("title") and "title" not in self.errors:
            self._say("title", _("Say to whom it is issued."))
        is_special = self._said("kind") == Kind.SPECIAL
        missing = not self._said("tax_number") and "tax_number" not in self.errors
        if is_special and missing:
            text = _("A special VAT invoice needs the buyer's tax number.")
            self._say("tax_number", text)


class CourierForm(CleanTexts, forms.Form):
    """By whom an issued invoice goes to the buyer."""

    courier = forms.CharField(
        label=gettext_lazy("courier company"), max_length=50, required=False
    )
    courier_number = forms.CharField(
        label=gettext_lazy("courier number"), max_length=50, required=False
    )


class IssueForm(CourierForm):
    """What stands on the invoice that was issued."""

    paper_code = forms.CharField(
        label=gettext_lazy("invoice code"),
        required=False,
        validators=[
            RegexValidator(
                "^[0-9]{10,12}$", gettext_lazy("An invoice code has 10 to 12 digits.")
            )
        ],
    )
    paper_number = forms.CharField(
        label=gettext_lazy("invoice number"),
        validators=[
            RegexValidator(
                "^[0-9]{8,20}$", gettext_lazy("An invoice number has 8 to 20 digits.")
            )
        ],
    )
    issued_on = DayField(
        label=gettext_lazy("issued on"),
        required=False,
        validators=[validate_day_of_deed],
    )

    def clean_issued_on(self):
        """Take today where no day is given."""
        return self.cleaned_data["issued_on"] or timezone.localdate()
