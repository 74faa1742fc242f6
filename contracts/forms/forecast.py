"""What is asked of a contract that is being written: who will have to approve it."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _

from contracts.approval import FLOW
from contracts.chinese_amounts import in_capitals
from contracts.credit import (
    NO_CREDIT,
    credit_of,
    looks_on_credit,
    looks_on_overdue,
)
from contracts.credit_shown import may_see, warnings_of
from contracts.models import ApprovalRule, Contract
from contracts.rounding import tax_within
from crm.approval.forecast import Forecast, TypedForm
from crm.approval.reasons import reasons
from crm.display import number_text, short_number_text
from crm.fields import LARGEST_AMOUNT
from crm.forms.typed_fields import NumberField


class ForecastForm(TypedForm):
    """What decides which rule asks for approval; whatever is wrong counts as open."""

    #: The contract to which this is a change.
    amends = forms.ModelChoiceField(Contract.objects.none(), required=False)
    lines_total = NumberField(required=False, min_value=0, max_value=LARGEST_AMOUNT)
    lines_full = NumberField(required=False, min_value=0, max_value=LARGEST_AMOUNT)
    lines_discount = NumberField(required=False, min_value=0, max_value=100)

    def __init__(self, data, *, kind, user):
        """Let changes be to contracts that the person may see."""
        super().__init__(data, kind=kind, user=user)
        self.fields["amends"].queryset = Contract.objects.visible_to(user)

    @property
    def columns(self):
        """{column: value} of the contract as far as it is typed."""
        columns = super().columns
        if amended := self.cleaned_data.get("amends"):
            columns |= {"id": amended.pk, "received": amended.received}
        if columns["amount"] is None:
            columns["amount"] = self.cleaned_data.get("lines_total")
        return columns


def forecast_of(data, user):
    """Return the Forecast of a contract as far as it is typed.

    It names the rules that would ask from a higher amount on, too.
    """
    form = ForecastForm(data, kind=Contract, user=user)
    columns = form.columns
    amount = columns["amount"] or Decimal(0)
    discount = form.cleaned_data.get("lines_discount") or Decimal(0)
    rules = ApprovalRule.objects.prefetch_related(
        "steps__role", "steps__person", "conditions"
    )
    fitting = list(rules.fitting(columns, discount))
    credit = _credit(form, amount, user)
    if credit is None:  # what it owes is not theirs to know, rule by rule neither
        fitting = [rule for rule in fitting if not looks_on_credit(rule)]
    asking = [rule for rule in fitting if rule.amount_from <= amount]
    higher = {
        rule.amount_from: rule
        for rule in reversed(fitting)
        if rule.amount_from > amount
    }
    rule = asking[0] if asking else None
    return Forecast(
        rule=rule,
        reasons=reasons(FLOW, rule) if rule else (),
        further=[_from(start, higher[start]) for start in sorted(higher)],
        is_known=columns["amount"] is not None,
        sums=list(_sums(columns, form.cleaned_data)),
        warnings=_warnings(credit, rule) if credit else (),
    )


def _credit(form, amount, user):
    """Return the Credit of the customer with this contract; None if it is not theirs.

    Without a customer nothing is owed.
    """
    customer = form.cleaned_data.get("customer")
    if customer is None:
        return NO_CREDIT
    if not may_see(user, customer):
        return None
    amended = form.cleaned_data.get("amends")
    added = amount - (amended.received if amended else 0)
    return credit_of(customer, without=amended and amended.pk, added=added)


def _warnings(credit, rule):
    """Return what speaks against it, and that it will be refused if it will."""
    found = warnings_of(credit)
    if credit.blocks and not (rule and looks_on_overdue(rule)):
        found.append(_("It is refused when it is handed in: payments are overdue."))
    return found


def _sums(columns, typed):
    """Yield (label, text) of what an amount comes to: off the price, tax, capitals."""
    amount, rate = columns["amount"], columns["tax_rate"]
    full, total = typed.get("lines_full"), typed.get("lines_total")
    if full is not None and total is not None and full > total:
        yield _("Taken off the full price (CNY)"), number_text(full - total)
    if amount is None:
        return
    if rate is not None:
        tax = tax_within(amount, rate)
        yield _("Tax contained (CNY)"), number_text(tax)
        yield _("Without tax (CNY)"), number_text(amount - tax)
    yield _("Amount in capitals"), f"人民币{in_capitals(amount)}"


def _from(amount, rule):
    """Say from which amount on a rule would ask whom."""
    steps = " → ".join(map(str, rule.steps.all()))
    return _("From %(amount)s CNY on it needs approval: %(steps)s.") % {
        "amount": short_number_text(amount),
        "steps": steps,
    }
