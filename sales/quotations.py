"""What becomes of a quotation: sent, answered, offered anew, made a contract.

Each move locks the quotation, asks for the right on the stored row, and goes on only
from where it thinks it is; PostgreSQL refuses the rest (`sales.guards.quotations`).
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.models import Contract, ContractLine, Price
from crm.approval.flow import move
from crm.display import date_text
from crm.guards.actor import acting
from crm.models import DictionaryItem, User
from crm.notices.sending import notify
from crm.rights.permissions import permission
from crm.text import single_line
from crm.validators import fitting
from sales.approval import FLOW
from sales.models import Quotation, QuotationLine
from sales.models.offers import usual_end
from sales.pricing import keep_list, listed_for

Status = Quotation.Status
#: What of a quotation a new version begins with.
CARRIED = (
    "title",
    "customer",
    "contact",
    "opportunity",
    "discount",
    "tax_rate",
    "terms",
)


def send(quotation: Quotation, *, by: User) -> None:
    """Note that the customer has it.

    Raises:
        ValidationError: it may not be sent, or no more (`conflict`), or not theirs.
    """
    with FLOW.changing(quotation, by, "sent", "change", statuses=(Status.APPROVED,)):
        _refuse_late(quotation)
        _go(quotation, Status.SENT, sent_on=timezone.localdate())


def accept(quotation: Quotation, *, by: User, note: str = "") -> None:
    """Note that the customer takes it.

    Raises:
        ValidationError: it is not offered any more (`conflict`), or not theirs.
    """
    _answer(quotation, Status.ACCEPTED, by, note)


def decline(
    quotation: Quotation, *, by: User, reason: DictionaryItem | None, note: str = ""
) -> None:
    """Note that the customer does not take it, and why.

    Raises:
        ValidationError: no reason is given, it is not offered any more (`conflict`),
            or not theirs.
    """
    if reason is None:
        raise ValidationError(_("Choose a reason."), code="reason")
    _answer(quotation, Status.DECLINED, by, note, decline_reason=reason)


def reopen(quotation: Quotation, *, by: User) -> None:
    """Take back what was noted of the answer: it is with the customer again.

    The draft of a contract that was made of it stays, and is no longer of it.

    Raises:
        ValidationError: nothing is answered, or a contract that was made of it is
            under way (`conflict`), or not theirs.
    """
    answered = (Status.ACCEPTED, Status.DECLINED)
    with FLOW.changing(quotation, by, "reopened", "change", statuses=answered):
        if not is_reopenable(quotation):
            raise ValidationError(
                _("A contract that was made of it is under way: %s")
                % quotation.contract,
                code="conflict",
            )
        sent_on = quotation.sent_on or timezone.localdate()
        none = dict.fromkeys(("answered_on", "decline_reason", "contract"))
        _go(quotation, Status.SENT, sent_on=sent_on, answer_note="", **none)


def is_reopenable(quotation: Quotation) -> bool:
    """Say whether the answer can be taken back: no contract of it was handed in."""
    answered = quotation.status in (Status.ACCEPTED, Status.DECLINED)
    contract = quotation.contract
    return answered and (contract is None or contract.status in contract.SUBMITTABLE)


def renew(quotation: Quotation, *, by: User) -> Quotation:
    """Begin the next version of what was approved; return it, to be written.

    It begins with today's lists: a price that was the listed one follows its list,
    one that was agreed stays, and is compared with the list of today.

    Raises:
        ValidationError: it is not approved, or accepted, or a new version is being
            written already (`conflict`); it is not theirs.
    """
    statuses = Quotation.REPLACEABLE
    with FLOW.changing(quotation, by, "created", "change", statuses=statuses):
        if not by.has_perm(permission("add", Quotation)):
            raise ValidationError(_(FLOW.words.forbidden), code="forbidden")
        today = timezone.localdate()
        lines = list(quotation.lines.select_related("product").order_by("pk"))
        prices = listed_for(quotation, lines, today)
        copied = {name: getattr(quotation, name) for name in CARRIED}
        if any(price.price_list.forced for price in prices.values()):
            copied["discount"] = 0
        version = Quotation(
            **copied,
            replaces=quotation,
            owner=quotation.owner,
            quoted_on=today,
            valid_until=usual_end(),
        )
        version.enter(by)
        QuotationLine.objects.bulk_create(
            _renewed(version, line, prices.get(line.product_id)) for line in lines
        )
        version.refresh_from_db()
        return version


def draft_contract(quotation: Quotation, *, by: User) -> Contract:
    """Make the draft of the contract of what the customer has taken; return it.

    It has the same lines at the same prices and discounts, and so the same amount.

    Raises:
        ValidationError: it is not accepted, or a contract was made of it already
            (`conflict`); the person may not add contracts (`forbidden`).
    """
    statuses = (Status.ACCEPTED,)
    with FLOW.changing(quotation, by, "contracted", "change", statuses=statuses):
        if not by.has_perm(permission("add", Contract)):
            raise ValidationError(_(FLOW.words.forbidden), code="forbidden")
        if quotation.contract_id:
            raise ValidationError(
                _("A contract was made of it already: %s") % quotation.contract,
                code="conflict",
            )
        contract = Contract(
            title=quotation.title,
            customer=quotation.customer,
            contact=quotation.contact,
            amount=quotation.amount,
            tax_rate=quotation.tax_rate,
            terms=quotation.terms,
            signed_on=timezone.localdate(),
            signatory=by,
            owner=quotation.owner,
        )
        contract.enter(by)
        ContractLine.objects.bulk_create(
            ContractLine(
                contract=contract,
                product_id=line.product_id,
                quantity=line.quantity,
                unit_price=line.unit_price,
                discount=line.total_discount,
            )
            for line in quotation.lines.order_by("pk")
        )
        with acting(by, verb="contracted"):
            Quotation.objects.filter(pk=quotation.pk).update(contract=contract)
        quotation.refresh_from_db()
        return contract


def end_expired(today: date) -> int:
    """Let offers end whose day is over; return how many. Their owners are told."""
    rows = Quotation.objects.filter(
        status__in=Quotation.OFFERED, valid_until__lt=today
    ).order_by("pk")
    ended = 0
    for quotation in rows.select_for_update(
        skip_locked=True, of=("self",), no_key=True
    )[:500]:
        with acting(None, verb="expired"):
            if move(quotation, Status.EXPIRED):
                notify(quotation.owner_id, "quotation_expired", quotation, by=None)
                ended += 1
    return ended


def _answer(
    quotation: Quotation, status: str, by: User, note: str, **fields: Any
) -> None:
    note = fitting(Quotation, "answer_note", single_line(note or ""))
    verb, offered = str(status), Quotation.OFFERED
    with FLOW.changing(quotation, by, verb, "change", statuses=offered):
        if status == Status.ACCEPTED:
            _refuse_late(quotation)
        today = timezone.localdate()
        sent_on = quotation.sent_on or today
        _go(
            quotation,
            status,
            sent_on=sent_on,
            answered_on=today,
            answer_note=note,
            **fields,
        )


def _refuse_late(quotation: Quotation) -> None:
    """Refuse what holds no longer, though the clock has not noted it yet."""
    if quotation.is_overdue:
        words = _("It held until %(day)s. Make a new version with the prices of today.")
        day = date_text(quotation.valid_until)
        raise ValidationError(words % {"day": day}, code="conflict")


def _renewed(
    version: Quotation, line: QuotationLine, price: Price | None
) -> QuotationLine:
    """Return a line of the next version, beside its list of today.

    Where a list fixes the price, it has that, without a discount.
    """
    usual = price.price if price else line.product.price
    fixed = price is not None and price.price_list.forced
    follows = line.unit_price == line.list_price and usual is not None
    renewed = QuotationLine(
        quotation=version,
        product=line.product,
        quantity=line.quantity,
        unit_price=usual if fixed or follows else line.unit_price,
        discount=0 if fixed else line.discount,
    )
    keep_list(renewed, price)
    return renewed


def _go(quotation: Quotation, status: str, **fields: Any) -> None:
    if not move(quotation, status, **fields):
        raise FLOW.words.late()
