"""Leads of the demo: two wait too long, one became an open deal of a customer."""

from decimal import Decimal

from crm.dictionaries import items_of
from crm.models import Region
from sales import leads
from sales.conversion import Outcome, convert
from sales.models import Lead
from system.demo.clock import past
from system.demo.tables import rows


def enter(customers, people):
    """Enter the leads and bring each to where it stands."""
    sources = {item.code: item for item in items_of("customer_source")}
    deals = (
        deal
        for customer in customers
        if customer.owner == people["sales"]
        for deal in customer.opportunities.filter(status="open")
    )
    asked = next(deals)
    for row in rows("leads"):
        texts = ("company", "person", "title", "mobile", "email", "need")
        lead = Lead(
            **{name: row[name] for name in texts},
            source=sources[row["source"]],
            region=Region.objects.get(pk=row["region"]),
            budget=Decimal(row["budget"]) if row["budget"] else None,
            owner=people[row["owner"]],
            reporter=people[row["by"]],
            created_at=past(int(row["age"])),
        )
        lead.enter(people[row["by"]])
        if lead.is_reported:
            lead.register(people["infoadmin"])
        _go(lead, row, asked)


def _go(lead, row, deal):
    owner = lead.owner
    if row["end"] == "working":
        methods = {item.code: item for item in items_of("interaction_method")}
        leads.touch(lead, methods["call"], row["note"], owner)
    if row["end"] == "invalid":
        reasons = {item.code: item for item in items_of("invalid_reason")}
        leads.invalidate(lead, reasons["outside"], row["note"], owner)
    if row["end"] == "converted":
        convert(lead, Outcome(deal.customer, deal.contact, deal), owner)
