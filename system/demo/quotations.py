"""Quotations of the demo, brought into every state by the real verbs."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from crm.guards.actor import acting
from sales import quotations
from sales.approval import FLOW
from sales.models import Quotation, QuotationLine
from sales.models.offers import DAYS_VALID
from sales.pricing import keep_list, listed_for
from system.demo.clock import day, past
from system.demo.contracts import head_of, sold_in
from system.demo.market import item
from system.demo.tables import rows

#: What a new version takes off everything: more than its owner may grant alone.
CAME_DOWN = Decimal(7)
TERMS = "含税价，含运费。合同签订后三周交货，质保两年。"


def enter(customers, products, people):
    """Enter the quotations and bring each to where it stands."""
    for row in rows("quotations"):
        quotation = _quotation(row, customers[int(row["customer"])])
        quotation.enter(quotation.owner)
        _offer(quotation, [sold_in(text, products) for text in row["lines"].split()])
        if row["fate"] == "expired":
            _hand_in_then(quotation)
        elif row["fate"] != "draft":
            _go(quotation, row, people)
    quotations.end_expired(timezone.localdate())


def _quotation(row, customer):
    made = int(row["made"])
    chance = row["opportunity"]
    return Quotation(
        title=row["title"],
        customer=customer,
        contact=customer.contacts.order_by("pk").first(),
        opportunity=customer.opportunities.get(title=chance) if chance else None,
        owner=customer.owner,
        quoted_on=day(made),
        valid_until=day(made) + timedelta(days=DAYS_VALID),
        discount=Decimal(row["discount"]),
        tax_rate=Decimal(13),
        terms=TERMS,
        created_at=past(made),
    )


def _offer(quotation, sold):
    """Offer products at what the lists of that day say."""
    lines = [
        QuotationLine(
            quotation=quotation, product=product, quantity=quantity, discount=discount
        )
        for product, quantity, discount in sold
    ]
    prices = listed_for(quotation, lines, quotation.quoted_on)
    for line in lines:
        keep_list(line, prices.get(line.product_id))
        line.unit_price = line.list_price
    with acting(quotation.owner):
        QuotationLine.objects.bulk_create(lines)
    quotation.refresh_from_db()


def _go(quotation, row, people):
    """Do what brings a quotation to its state, each verb by the one who would."""
    owner, fate = quotation.owner, row["fate"]
    FLOW.submit(quotation, by=owner)
    if fate == "recalled":
        FLOW.recall(quotation, by=owner)
    elif fate == "rejected":
        _decide(quotation, people, approved=False, opinion=row["note"])
    elif fate != "pending":
        _decide(quotation, people)
    if fate in ("sent", "accepted", "declined", "renewed"):
        quotations.send(quotation, by=owner)
    if fate == "accepted":
        quotations.accept(quotation, by=owner, note=row["note"])
        quotations.draft_contract(quotation, by=owner)
    elif fate == "declined":
        reason = item("closing_reason", row["reason"])
        quotations.decline(quotation, by=owner, reason=reason, note=row["note"])
    elif fate == "renewed":
        _renew(quotation, people)


def _hand_in_then(quotation):
    """Hand in what no rule asks for, as of a day on which it was not over yet."""
    owner = quotation.owner
    with FLOW.changing(quotation, owner, "submitted", "submit"):
        FLOW.hold(quotation, FLOW.new_round(quotation, None, owner), owner)


def _decide(quotation, people, *, approved=True, opinion="同意。"):
    """Let the head decide, where a rule asks for it."""
    if quotation.status == Quotation.Status.PENDING:
        FLOW.decide(
            quotation,
            by=head_of(quotation, people),
            approved=approved,
            opinion=opinion,
            round_id=quotation.rounds.get(state="open").pk,
        )


def _renew(quotation, people):
    """Offer it again for less, which the head agrees to, and send that."""
    owner = quotation.owner
    version = quotations.renew(quotation, by=owner)
    version.discount = CAME_DOWN
    with acting(owner):
        version.save(update_fields=["discount"])
    FLOW.submit(version, by=owner)
    _decide(version, people, opinion="同意，不再另让安装费。")
    quotations.send(version, by=owner)
