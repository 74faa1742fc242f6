"""Checks of single rows: numbers, dates, and what belongs to a state."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.guards.owing import contract_owing_checks
from crm.validators import EARLIEST, LATEST

DATES = ("signed_on", "starts_on", "ends_on")
WRITABLE = ("draft", "reported", "rejected", "recalled")
ENDS = ("completed_on", "terminated_on")
INVOICE_STATES = ("requested", "issued", "rejected", "voided")


def contract_checks(largest):
    """Return the checks of a contract; no amount is above `largest`."""
    return (
        *_bounds("contract", largest, (*DATES, *ENDS)),
        *_states(),
        *contract_owing_checks(),
    )


def amendment_checks(largest):
    """Return the checks of a change; no amount is above `largest`."""
    return (
        *_bounds("amendment", largest, DATES),
        models.CheckConstraint(
            condition=Q(
                state__in=(
                    "writing",
                    "reported",
                    "pending",
                    "rejected",
                    "recalled",
                    "withdrawn",
                    "applied",
                )
            ),
            name="amendment_state_known",
        ),
    )


def _bounds(kind, largest, dates):
    """Numbers and dates are possible ones, and in order."""
    bounded = Q()
    for name in dates:
        bounded &= Q(**{name: None}) | Q(**{f"{name}__range": (EARLIEST, LATEST)})
    return (
        models.CheckConstraint(
            condition=Q(amount__gte=0, amount__lte=largest),
            name=f"{kind}_amount_in_bounds",
        ),
        models.CheckConstraint(
            condition=Q(tax_rate=None) | Q(tax_rate__gte=0, tax_rate__lte=100),
            name=f"{kind}_tax_in_bounds",
        ),
        models.CheckConstraint(condition=bounded, name=f"{kind}_dates_in_bounds"),
        models.CheckConstraint(
            condition=Q(starts_on=None)
            | Q(ends_on=None)
            | Q(ends_on__gte=F("starts_on")),
            name=f"{kind}_dates_in_order",
            violation_error_message=_("The contract ends before it starts."),
        ),
    )


def _states():
    """Each state has what belongs to it."""
    terminated = Q(
        status="terminated",
        terminated_on__isnull=False,
        termination_reason__isnull=False,
    )
    going_on = Q(terminated_on=None, termination_reason=None) & ~Q(status="terminated")
    return (
        models.CheckConstraint(
            condition=Q(
                status__in=(
                    "draft",
                    "reported",
                    "pending",
                    "rejected",
                    "recalled",
                    "registered",
                    "completed",
                    "terminated",
                )
            ),
            name="contract_status_known",
        ),
        models.CheckConstraint(
            condition=terminated | going_on, name="contract_termination_has_reason"
        ),
        models.CheckConstraint(
            condition=Q(status="completed", completed_on__isnull=False)
            | (Q(completed_on=None) & ~Q(status="completed")),
            name="contract_completion_has_day",
        ),
        models.CheckConstraint(
            condition=Q(deleted_at=None) | Q(status__in=WRITABLE),
            name="contract_deleted_only_as_draft",
        ),
        models.CheckConstraint(
            condition=Q(status__in=WRITABLE) | Q(registration="registered"),
            name="contract_under_way_is_registered",
        ),
    )


def line_checks(kind, largest):
    """Return the checks of one line; `kind` starts their names."""
    return (
        models.CheckConstraint(
            condition=Q(quantity__gte=0), name=f"{kind}_quantity_not_negative"
        ),
        models.CheckConstraint(
            condition=Q(unit_price__gte=0, unit_price__lte=largest),
            name=f"{kind}_price_in_bounds",
        ),
        models.CheckConstraint(
            condition=Q(discount__gte=0, discount__lte=100),
            name=f"{kind}_discount_in_bounds",
        ),
        models.CheckConstraint(
            condition=Q(amount__lte=largest), name=f"{kind}_amount_in_bounds"
        ),
    )


def invoice_checks(largest):
    """Return the checks of one invoice; no amount is above `largest`."""
    return (
        *_invoice_amounts(largest),
        *_invoice_states(),
        models.UniqueConstraint(
            "paper_code",
            "paper_number",
            name="invoice_paper_once",
            condition=~Q(paper_number=""),
        ),
        models.CheckConstraint(
            condition=Q(requested_on__range=(EARLIEST, LATEST))
            & (Q(issued_on=None) | Q(issued_on__range=(EARLIEST, LATEST))),
            name="invoice_days_in_bounds",
        ),
    )


def _invoice_amounts(largest):
    """An amount is not nothing, and less than that on a red one alone."""
    return (
        models.CheckConstraint(
            condition=~Q(amount=0) & Q(amount__gte=-largest, amount__lte=largest),
            name="invoice_amount_in_bounds",
            violation_error_message=_("The amount is not nothing."),
        ),
        models.CheckConstraint(
            condition=Q(status__in=("requested", "rejected"))
            | Q(amount__gt=0, red_of=None)
            | Q(amount__lt=0, red_of__isnull=False),
            name="invoice_red_is_negative",
        ),
        models.CheckConstraint(
            condition=Q(tax_rate__gte=0, tax_rate__lte=100),
            name="invoice_tax_in_bounds",
        ),
        models.CheckConstraint(
            condition=Q(standing__gte=0), name="invoice_not_overturned"
        ),
    )


def _invoice_states():
    """Each state has what belongs to it."""
    issued = Q(deleted_at=None, issued_on__isnull=False, issued_by__isnull=False) & ~Q(
        paper_number=""
    )
    voided = Q(voided_by__isnull=False, voided_at__isnull=False) & ~Q(void_reason="")
    special = ~Q(title="") & ~Q(tax_number="")
    return (
        models.CheckConstraint(
            condition=Q(status__in=INVOICE_STATES), name="invoice_status_known"
        ),
        models.CheckConstraint(
            condition=~Q(status__in=("issued", "voided")) | issued,
            name="invoice_issued_stays",
        ),
        models.CheckConstraint(
            condition=~Q(status="voided") | voided, name="invoice_void_has_reason"
        ),
        models.CheckConstraint(
            condition=~Q(status="rejected") | ~Q(rejection=""),
            name="invoice_rejection_has_reason",
        ),
        models.CheckConstraint(
            condition=~Q(status="issued", kind="special") | special,
            name="invoice_special_has_buyer",
        ),
    )
