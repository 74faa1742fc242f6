"""The form of a contract, and of a change to one."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.models import Amendment, Contract
from contracts.refusals import INVOICED_ALREADY
from crm.display import number_text
from crm.fields import LARGEST_AMOUNT
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

    def __init__(self, *args, **options):
        """Say which contract is changed: its customer owes for it already."""
        super().__init__(*args, **options)
        self.fields["amends"] = forms.IntegerField(
            required=False,
            widget=forms.HiddenInput,
            initial=self.instance.contract_id,
        )

    def clean_owner(self):
        """Leave the contract whose it is unless somebody else is chosen."""
        chosen = self.cleaned_data["owner"]
        return None if chosen == self.instance.contract.owner else chosen

    def clean_amount(self):
        """Take no less than what is invoiced already."""
        amount, invoiced = super().clean_amount(), self.instance.contract.invoiced
        if amount is not None and amount < invoiced:
            words = gettext(INVOICED_ALREADY) % {"invoiced": number_text(invoiced)}
            raise ValidationError(words)
        return amount

    def _typed(self, **typed):
        """Return the contract with nothing but what was typed into some fields."""
        return Contract(pk=self.instance.contract_id, **typed)
