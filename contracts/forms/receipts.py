"""The forms of a receipt: what came in, and what it pays for."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contracts.models import Instalment, Receipt
from contracts.receiving import owed_to
from contracts.refusals import INSTALMENT_GONE
from crm.display import number_text
from crm.fields import LARGEST_AMOUNT
from crm.forms.records import RecordForm
from crm.forms.typed_fields import NumberField
from crm.models.groups import asked

#: What the field of an instalment is called.
FIELD = re.compile(r"instalment-([0-9]{1,18})")


class ReceiptForm(RecordForm):
    """Money that came in, or went back of what came in before."""

    repeats = ("reporter", "received_on", "method")
    within = {"refund_of": "customer"}
    groups = Receipt.groups

    class Meta(RecordForm.Meta):
        model = Receipt
        fields = asked(Receipt)
        widgets = {"remarks": forms.Textarea({"rows": 3})}

    def clean(self):
        """Expect money that goes back to have come in before, and no more of it."""
        values = super().clean()
        amount, first = values.get("amount"), values.get("refund_of")
        if amount == 0:
            self.add_error("amount", _("The amount is not nothing."))
        elif amount is not None and (amount < 0) != (first is not None):
            text = (
                _("What is this a refund of?")
                if amount < 0
                else _("The amount of a refund is less than nothing.")
            )
            field = "refund_of" if amount < 0 else "amount"
            # Whom the form does not ask: who may not see the first receipt.
            self.add_error(field if field in self.fields else None, text)
        elif first is not None:
            self._check_refund(first, amount, values.get("customer"))
        return values

    def save(self, commit=True):
        """Save it; a rejected one is handed in again by that."""
        self.instance.hand_in_again()
        return super().save(commit)

    def _check_refund(self, first, amount, customer):
        """Refuse to give back what never came in, or more than that."""
        if first.status != Receipt.Status.CONFIRMED or first.customer != customer:
            text = _("Money goes back of a confirmed receipt of the same customer.")
            self.add_error("refund_of", text)
        elif -amount > first.amount:
            text = _("No more goes back than what was received: %s.")
            self.add_error("amount", text % number_text(first.amount))


class AllocationForm(forms.Form):
    """What a receipt pays of each instalment; what is left stays a prepayment.

    Attributes:
        owed: the instalments (`contracts.receiving.owed_to`), each with its `field`.
        left: what of the receipt the rows can share.
    """

    def __init__(self, *args, receipt, user, **options):
        """Take the receipt and who allocates it.

        What it pays for by contracts they may not see stays. Where it pays for
        nothing, begin with what is due first.
        """
        super().__init__(*args, **options)
        self.receipt, self.user = receipt, user
        self.owed = owed_to(receipt, user)
        self.left = receipt.prepaid + sum(row.own for row in self.owed)
        self.is_begun = not receipt.allocations.exists()
        rest = self.left if self.is_begun else Decimal(0)
        for row in self.owed:
            begun = min(rest, row.amount - row.others)
            rest -= begun
            self.fields[f"instalment-{row.pk}"] = _amount_field(
                label=_("%(contract)s, instalment due on %(day)s (CNY)")
                % {"contract": row.contract.number, "day": row.due_on},
                initial=(begun if self.is_begun else row.own) or None,
            )

    @property
    def rows(self):
        """[(instalment, its bound field)]."""
        return [(row, self[f"instalment-{row.pk}"]) for row in self.owed]

    @property
    def amounts(self):
        """{id of an instalment: what is to pay for it} of a valid form."""
        values = self.cleaned_data
        return {
            row.pk: values.get(f"instalment-{row.pk}") or Decimal(0)
            for row in self.owed
        }

    def clean(self):
        """Expect no more than what each is short of, and than what there is.

        Nor anything for what is not offered any more since the page was drawn.
        """
        values = super().clean()
        for text in self._lost():
            self.add_error(None, text)
        if self.errors:
            return values
        for row in self.owed:
            short = row.amount - row.others
            if self.amounts[row.pk] > short:
                text = _("No more than %s is missing here.") % number_text(short)
                self.add_error(f"instalment-{row.pk}", text)
        total = sum(self.amounts.values())
        if not self.errors and total > self.left:
            words = {"total": number_text(total), "left": number_text(self.left)}
            text = _("This comes to %(total)s, and %(left)s is there to allocate.")
            raise ValidationError(text % words)
        return values

    def _lost(self):
        """Return in words what was typed for instalments that are not offered."""
        typed = {}
        for name in self.data.keys() - self.fields.keys():
            if (found := FIELD.fullmatch(name)) and (amount := _typed(self.data[name])):
                typed[int(found[1])] = amount
        rows = Instalment.objects.visible_to(self.user).filter(
            pk__in=typed, contract__customer=self.receipt.customer_id
        )
        there = rows.select_related("contract").in_bulk() if typed else {}
        return [_why_lost(typed[key], there.get(key)) for key in sorted(typed)]


def _amount_field(**options):
    return NumberField(
        required=False,
        min_value=0,
        max_value=LARGEST_AMOUNT,
        max_digits=18,
        decimal_places=2,
        **options,
    )


def _typed(value):
    """Return an amount as it is shown, "" for none; what is no number as it stands."""
    try:
        amount = _amount_field().clean(value)
    except ValidationError:
        return value[:30]
    return number_text(amount) if amount else ""


def _why_lost(amount, row):
    """Say what has become of an instalment; of one out of sight, that it is gone."""
    if row is None:
        return _(INSTALMENT_GONE) % {"amount": amount}
    text = _(
        "%(amount)s was for %(contract)s, instalment due on %(day)s: that is no longer"
        " owed."
    )
    return text % {"amount": amount, "contract": row.contract.number, "day": row.due_on}
