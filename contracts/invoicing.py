"""What becomes of an invoice that was asked for: issued, rejected, sent, voided.

Every verb locks the customer, then the contract, then the invoice and what it takes
back, in the order of their ids: two of them never wait for each other.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils.translation import gettext as _

from contracts.guards import OWING
from contracts.models import Contract, Invoice
from contracts.models.owing import NOTHING
from contracts.refusals import (
    INVOICE_IN_FORCE,
    INVOICE_MOVED_ON,
    NO_MORE_INVOICED,
    REFUSALS,
)
from crm.approval.refusals import refused_in_words
from crm.display import number_text
from crm.guards import actor
from crm.models import User
from crm.notices.sending import notify, settle
from crm.rights.permissions import permission
from crm.text import clean
from customers.models import Customer

Status = Invoice.Status


def left_to_ask(contract: Contract, besides: int | None = None) -> Decimal:
    """Return what of a contract nobody has invoiced or asked to be invoiced yet.

    Args:
        contract: as it was read.
        besides: the id of an invoice that is not counted.
    """
    waiting = contract.invoices.filter(status=Status.REQUESTED, amount__gt=0)
    waiting = waiting.exclude(pk=besides).aggregate(sum=Sum("amount"))["sum"]
    return contract.amount - contract.invoiced - (waiting or NOTHING)


def left_to_reverse(first: Invoice, besides: int | None = None) -> Decimal:
    """Return what of an issued invoice no red one takes back, or is asked to."""
    waiting = first.reds.filter(status=Status.REQUESTED)
    waiting = waiting.exclude(pk=besides).aggregate(sum=Sum("amount"))["sum"]
    return first.standing + (waiting or NOTHING)


def tell_asked(invoice: Invoice, *, by: User) -> None:
    """Tell everybody who may issue it that it waits."""
    if not invoice.is_registered:
        return
    right = permission("issue", Invoice)
    people = User.objects.active().filter(roles__grants__has_key=right)
    for person in people.distinct().order_by("pk"):
        if invoice.allowed(person, "issue"):
            notify(person.pk, "invoice_requested", invoice, by=by)


def issue(invoice: Invoice, paper: Mapping[str, Any], *, by: User) -> None:
    """Note that it was issued; a red one takes back from the first.

    Args:
        invoice: what was asked for.
        paper: its number, perhaps code, day and courier, by their columns.
        by: who issued it.

    Raises:
        ValidationError: somebody else was quicker, it is their own, the contract is not
            in force or has no more to invoice, or it takes back what is not there.
    """
    with refused_in_words(REFUSALS), actor.acting(by, verb="issued"):
        contract = _locked(invoice)
        if not invoice.is_red and contract.status not in OWING:
            raise ValidationError(_(INVOICE_IN_FORCE), code="conflict")
        left = contract.amount - contract.invoiced
        if invoice.amount > left:
            text = _(NO_MORE_INVOICED) % number_text(left)
            raise ValidationError(text, code="conflict")
        _move(invoice, Status.REQUESTED, status=Status.ISSUED, **paper)
        _tell(invoice, "invoice_issued", by)


def reject(invoice: Invoice, *, by: User, reason: str) -> None:
    """Say that it is not issued, with the reason.

    Raises:
        ValidationError: there is no reason, or somebody else was quicker.
    """
    text = _reason("rejection", reason, _("Say why it is rejected."))
    with refused_in_words(REFUSALS), actor.acting(by, verb="rejected"):
        _locked(invoice)
        _move(invoice, Status.REQUESTED, status=Status.REJECTED, rejection=text)
        _tell(invoice, "invoice_rejected", by, text)


def void(invoice: Invoice, *, by: User, reason: str) -> None:
    """Make an issued one void: in the month of its issue, while none takes from it.

    Raises:
        ValidationError: there is no reason, it is too late, it is their own, a red
            invoice takes from it or is asked for, or somebody else was quicker.
    """
    text = _reason("void_reason", reason, _("Say why it is voided."))
    with refused_in_words(REFUSALS), actor.acting(by, verb="voided"):
        _locked(invoice)
        if invoice.reds.filter(status=Status.REQUESTED).exists():
            said = _("A red invoice of it is asked for: reject or delete that first.")
            raise ValidationError(said, code="conflict")
        _move(invoice, Status.ISSUED, status=Status.VOIDED, void_reason=text)
        _tell(invoice, "invoice_voided", by, text)


def send(invoice: Invoice, courier: Mapping[str, str], *, by: User) -> None:
    """Note by which courier an issued one goes to the buyer.

    Raises:
        ValidationError: it is not issued, or no longer.
    """
    with refused_in_words(REFUSALS), actor.acting(by):
        _locked(invoice)
        _move(invoice, Status.ISSUED, **courier)


def _reason(column: str, text: str, missing: str) -> str:
    text = Invoice._meta.get_field(column).clean(clean(text), None)
    if not text:
        raise ValidationError(missing)
    return text


def _locked(invoice: Invoice) -> Contract:
    """Lock its customer, its contract, and it with what it takes back."""
    customers = Customer.everything.filter(pk=invoice.customer_id).order_by()
    list(customers.select_for_update(of=("self",), no_key=True).values_list("pk"))
    contracts = Contract.everything.select_for_update(of=("self",), no_key=True)
    contract = contracts.get(pk=invoice.contract_id)
    keys = [key for key in (invoice.pk, invoice.red_of_id) if key]
    rows = Invoice.everything.filter(pk__in=keys).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))
    return contract


def _move(invoice: Invoice, before: str, **after: Any) -> None:
    """Write an invoice that still stands as it did."""
    rows = Invoice.objects.filter(pk=invoice.pk, status=before)
    if not rows.update(**after):
        raise ValidationError(_(INVOICE_MOVED_ON), code="conflict")
    invoice.refresh_from_db()
    if before == Status.REQUESTED:
        settle(invoice, permission("issue", Invoice))


def _tell(invoice: Invoice, verb: str, by: User, reason: str = "") -> None:
    """Tell those whose it is and who asked for it."""
    people = {
        invoice.owner_id,
        invoice.reporter_id,
        invoice.entered_by_id,
        invoice.requested_by_id,
    }
    for person in sorted(people - {None}):
        notify(person, verb, invoice, by=by, reason=reason)
