"""What is asked of a quotation that is being written: who will have to approve it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contracts.forms.terms import Terms
from contracts.rounding import tax_within, to_cents
from crm.approval.forecast import Forecast, TypedForm
from crm.approval.reasons import reasons
from crm.display import number_text, short_number_text
from crm.models import User
from sales.approval import FLOW
from sales.forms.quotations import QuotationForm, QuotationLines
from sales.models import Quotation


class QuotationTyped(TypedForm):
    """A quotation as far as it is typed, for its rules."""

    @classmethod
    def names(cls, kind: Any) -> list[str]:
        """Read all of the form: the lines decide."""
        return ["*"]


def forecast_of(data: Mapping[str, Any], user: User) -> Forecast:
    """Return the Forecast of a quotation as far as it is typed, lines included."""
    columns = QuotationTyped(data, kind=Quotation, user=user).columns
    lines = _lines_of(data, user, columns["discount"] or Decimal(0))
    amount = sum((line.amount for line in lines), Decimal(0))
    subject = Quotation(
        **{**columns, "discount": columns["discount"] or Decimal(0)},
        amount=amount,
        discount_most=max((line.off_list for line in lines), default=Decimal(0)),
        below_floor=any(line.is_below_floor for line in lines),
    )
    rule = FLOW.rule_for(subject)
    return Forecast(
        rule,
        reasons(FLOW, rule) if rule else (),
        is_known=bool(lines),
        sums=list(_sums(subject, lines)),
        unruled=_("No rule asks for approval of this: submitted, it may be sent."),
    )


def _lines_of(data: Mapping[str, Any], user: User, discount: Decimal) -> list[Any]:
    """Return the forms of the lines that are whole by now, each beside its list."""
    written = _written(data, user)
    form = QuotationForm(data, instance=written, user=user)
    lines = QuotationLines(data, instance=written, user=user)
    lines.terms = Terms.of_today(form)
    lines.order_discount, lines.is_to_keep = discount, False
    lines.full_clean()
    wanted = ("product", "quantity", "unit_price")
    return [
        line
        for line in lines.kept
        if all(line.cleaned_data.get(name) is not None for name in wanted)
        and line.cleaned_data.get("discount") is not None
    ]


def _written(data: Mapping[str, Any], user: User) -> Quotation:
    """Return the quotation to which the first line belongs, a new one if it is new.

    A form that tells of stored lines is of the quotation that has them.
    """
    whole = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    try:
        line = whole.clean(data.get("lines-0-id"))
    except ValidationError:
        return Quotation()
    rows = Quotation.objects.visible_to(user)
    return rows.filter(lines=line).first() or Quotation()


def _sums(subject: Quotation, lines: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield (label, text) of what the lines come to, and what that is off the list."""
    if not lines:
        return
    yield _("Quoted amount (CNY)"), number_text(subject.amount)
    full = sum(
        to_cents(
            line.cleaned_data["quantity"]
            * (line.instance.list_price or line.cleaned_data["unit_price"])
        )
        for line in lines
    )
    if full > subject.amount:
        yield _("Below the list (CNY)"), number_text(full - subject.amount)
    if subject.discount_most:
        off = f"{short_number_text(subject.discount_most)} %"
        yield _("Furthest below the list"), off
    if subject.tax_rate is not None:
        yield (
            _("Tax contained (CNY)"),
            number_text(tax_within(subject.amount, subject.tax_rate)),
        )
