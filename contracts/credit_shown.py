"""Credit as pages tell it: figures, what an assessment rests on, warnings."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracts.credit import Credit
from contracts.models import CreditAssessment
from crm.display import label_of
from crm.models import User
from crm.models.registration import Registration
from customers.models import Customer


def may_see(user: User, customer: Customer) -> bool:
    """Say whether somebody may see what a customer owes in all.

    That is whoever may see its assessments: as of one that was made of it today.
    """
    one = CreditAssessment(
        customer=customer,
        owner_id=customer.owner_id,
        customer_owner_id=customer.owner_id,
        registration=Registration.REGISTERED,
    )
    return "view" in one.allowed(user, "view")


def figures_shown(credit: Credit, grade: Any) -> list[dict[str, Any]]:
    """Return what a customer owes beside its limit, as parts/figure.html has it.

    Args:
        credit: what it owes.
        grade: its grade, or nothing.
    """
    limit = _("without a limit") if credit.limit is None else _money(credit.limit)
    days = ngettext("%d day", "%d days", credit.overdue_days) % credit.overdue_days
    late = f"{_money(credit.overdue)} · {days}" if credit.overdue_days else _money(0)
    rows = [
        ("grade", label_of(Customer, "credit_grade"), str(grade or "–"), False),
        ("limit", label_of(Customer, "credit_limit"), limit, False),
        ("unpaid", _("Unpaid (CNY)"), _money(credit.unpaid), False),
        ("pending", _("Pending approval (CNY)"), _money(credit.pending), False),
        ("added", _("This contract (CNY)"), _money(credit.added), False),
        ("exposure", _("Exposure (CNY)"), _money(credit.exposure), credit.over > 0),
        ("over", _("Beyond the limit (CNY)"), _money(credit.over), True),
        ("free", _("Left of the limit (CNY)"), _money(credit.free or 0), False),
        ("overdue", _("Overdue (CNY)"), late, credit.overdue > 0),
    ]
    left_out = {
        "over" if not credit.over else "free",
        "free" if credit.free is None else "",
        "added" if not credit.added else "",
    }
    return [
        {"key": key, "label": label, "value": value, "tone": "bad" if bad else ""}
        for key, label, value, bad in rows
        if key not in left_out
    ]


def rests_on(figures: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (label, text) of what an assessment rests on.

    Args:
        figures: as `contracts.credit.figures_of` has them; nothing of a row that was
            made without them.
    """
    if not figures:
        return []
    share = figures["share"]
    rows = [
        (_("First contract"), figures["since"] or _("none")),
        (_("Contracts in force or completed"), str(figures["contracts"])),
        (_("Due in the last two years (CNY)"), _money(figures["due"])),
        (_("Of it paid in time (CNY)"), _money(figures["in_time"])),
        (_("Paid in time"), f"{share} %" if share else _("nothing was due yet")),
        (_("Longest delay (days)"), str(figures["worst"])),
        (_("Received in the last year (CNY)"), _money(figures["received"])),
    ]
    if figures["score"] is not None:
        rows += [
            (_("Score (of 100)"), str(figures["score"])),
            (_("Suggested grade"), figures["grade"]),
            (_("Suggested limit (CNY)"), _money(figures["limit"])),
        ]
    return rows


def warnings_of(credit: Credit) -> list[str]:
    """Return what whoever hands a contract in is to know of its customer's credit."""
    found = []
    if credit.over:
        words = (
            _(
                "With this contract the customer owes %(exposure)s CNY: %(over)s CNY"
                " beyond its credit limit."
            )
            if credit.added
            else _(
                "The customer owes %(exposure)s CNY: %(over)s CNY beyond its credit"
                " limit."
            )
        )
        sums = {"exposure": _money(credit.exposure), "over": _money(credit.over)}
        found.append(words % sums)
    if credit.warns:
        found.append(
            _("%(sum)s CNY of this customer is overdue, for up to %(days)d days.")
            % {"sum": _money(credit.overdue), "days": credit.overdue_days}
        )
    return found


def _money(value: Any) -> str:
    return f"{Decimal(value):,.2f}"
