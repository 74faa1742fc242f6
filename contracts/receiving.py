"""What becomes of money that came in: confirmed or rejected, and what it pays for.

Every verb locks the customer, then its receipts, then its contracts, each in the order
of their ids: two of them never wait for each other.
"""

from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from contracts.guards import OWING
from contracts.models import Allocation, Contract, Instalment, Receipt
from contracts.models.owing import NOTHING
from contracts.refusals import (
    INSTALMENT_GONE,
    OVERDRAWN,
    RECEIPT_MOVED_ON,
    REFUSALS,
)
from crm.approval.refusals import refused_in_words
from crm.display import number_text
from crm.guards import actor
from crm.models import User
from crm.notices.sending import notify
from crm.text import clean
from customers.models import Customer

Status = Receipt.Status
#: So many instalments are offered at once besides those that it pays for.
MOST = 200


def confirm(receipt: Receipt, *, by: User) -> None:
    """Say that the money is there; what went back pays for nothing any more.

    Raises:
        ValidationError: somebody else was quicker, it is their own, more goes back
            than there is, or its customer is not in the books.
    """
    with refused_in_words(REFUSALS), actor.acting(by, verb="confirmed"):
        locked = _locked(receipt)
        if receipt.refund_of_id:
            _take_back(locked[receipt.refund_of_id], -receipt.amount)
        _move(receipt, status=Status.CONFIRMED)
        _tell(receipt, "receipt_confirmed", by)


def reject(receipt: Receipt, *, by: User, reason: str) -> None:
    """Say that the money is not there, with the reason.

    Raises:
        ValidationError: there is no reason, or somebody else was quicker.
    """
    text = Receipt._meta.get_field("rejection").clean(clean(reason), None)
    if not text:
        raise ValidationError(_("Say why it is rejected."))
    with refused_in_words(REFUSALS), actor.acting(by, verb="rejected"):
        _locked(receipt)
        _move(receipt, status=Status.REJECTED, rejection=text)
        _tell(receipt, "receipt_rejected", by, text)


def allocate(receipt: Receipt, amounts: Mapping[int, Decimal], *, by: User) -> None:
    """Let a confirmed receipt pay for instalments; what is left stays a prepayment.

    Args:
        receipt: the money.
        amounts: {id of an instalment: what it pays of it}, 0 takes it back. What is
            not named stays as it is.
        by: who does it.

    Raises:
        ValidationError: more than is left or owed, money of another customer or not
            confirmed, a contract that is not in force, an instalment that is gone.
    """
    with refused_in_words(REFUSALS), actor.acting(by):
        _locked(receipt)
        lock_contracts(amounts)
        _refuse_gone(amounts)
        held = {row.instalment_id: row for row in receipt.allocations.all()}
        before = {key: row.amount for key, row in held.items()}
        # What becomes less comes first: what is left never goes below nothing.
        for key in sorted(amounts, key=lambda k: amounts[k] - before.get(k, 0)):
            _set(receipt, key, held.get(key), amounts[key])
        receipt.refresh_from_db()


def owed_to(receipt: Receipt, user: User) -> list[Instalment]:
    """Return what a receipt can pay for: of its customer, by contracts one may see.

    Those instalments that it pays for already, and of contracts in force and completed
    ones those that are not paid and due first; each knows what is `missing`, and what
    this receipt pays (`own`) and the `others`.
    """
    own = receipt.allocations.filter(instalment=OuterRef("pk")).values("amount")
    rows = Instalment.objects.visible_to(user).filter(
        contract__customer=receipt.customer_id
    )
    rows = rows.annotate(
        own=Coalesce(Subquery(own), Value(NOTHING)),
        others=F("paid") - F("own"),
        missing=F("amount") - F("paid"),
    )
    owed = rows.filter(contract__status__in=OWING, missing__gt=0)
    offered = owed.order_by("due_on", "pk").values("pk")[:MOST]
    found = rows.filter(Q(own__gt=0) | Q(pk__in=offered))
    return list(found.select_related("contract", "condition").order_by("due_on", "pk"))


def lock_contracts(instalments) -> None:
    """Lock the contracts of some instalments, in the order of their ids."""
    planned = Instalment.objects.filter(pk__in=instalments).order_by()
    rows = Contract.objects.filter(pk__in=planned.values("contract")).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))


def _refuse_gone(amounts: Mapping[int, Decimal]) -> None:
    """Refuse to pay for what the plan has lost, its contract being locked."""
    planned = Instalment.objects.filter(pk__in=amounts).order_by()
    there = set(planned.values_list("pk", flat=True))
    for key, amount in amounts.items():
        if amount > 0 and key not in there:
            text = _(INSTALMENT_GONE) % {"amount": number_text(amount)}
            raise ValidationError(text, code="conflict")


def _locked(receipt: Receipt) -> dict[int, Receipt]:
    """Lock its customer, and it with what it is a refund of; return these by id."""
    customers = Customer.everything.filter(pk=receipt.customer_id).order_by()
    list(customers.select_for_update(of=("self",), no_key=True).values_list("pk"))
    keys = [key for key in (receipt.pk, receipt.refund_of_id) if key]
    rows = Receipt.everything.filter(pk__in=keys).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(of=("self",), no_key=True)}


def _move(receipt: Receipt, **after: object) -> None:
    """Move a receipt that still waits to be confirmed."""
    rows = Receipt.objects.filter(pk=receipt.pk, status=Status.ENTERED)
    if not rows.update(**after):
        raise ValidationError(_(RECEIPT_MOVED_ON), code="conflict")
    receipt.refresh_from_db()


def _take_back(first: Receipt, amount: Decimal) -> None:
    """Free so much of a receipt, of what is due last."""
    missing = amount - first.prepaid
    held = first.allocations.order_by("-instalment__due_on", "-instalment")
    lock_contracts(held.values("instalment"))
    for row in held:
        if missing <= 0:
            return
        less = min(missing, row.amount)
        _set(first, row.instalment_id, row, row.amount - less)
        missing -= less
    if missing > 0:
        raise ValidationError(_(OVERDRAWN), code="conflict")


def _set(receipt: Receipt, instalment: int, held, amount: Decimal) -> None:
    """Let a receipt pay so much for an instalment."""
    if held is None and amount > 0:
        Allocation.objects.create(
            receipt=receipt, instalment_id=instalment, amount=amount
        )
    elif held is not None and amount <= 0:
        held.delete()
    elif held is not None and amount != held.amount:
        held.amount = amount
        held.save(update_fields=["amount"])


def _tell(receipt: Receipt, verb: str, by: User, reason: str = "") -> None:
    """Tell those whose it is and who brought it."""
    people = {receipt.owner_id, receipt.reporter_id, receipt.entered_by_id}
    for person in sorted(people):
        notify(person, verb, receipt, by=by, reason=reason)
