"""Leads of the demo: two wait too long, one became an open deal of a customer.

Two rules assign those that come in: one by the turns of two salespeople, one to the
head. One lead was assigned by a rule, and one taken back by its time.
"""

from decimal import Decimal

from crm.dictionaries import items_of
from crm.guards.actor import acting
from crm.models import Region
from sales import leads
from sales.conversion import Outcome, convert
from sales.models import Lead, LeadAssignment, LeadRule
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
        _go(_of(row, people, sources), row, asked)
    _rules(people, sources)


def _of(row, people, sources):
    """Enter the lead of a row and return it."""
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
    return lead


def _rules(people, sources):
    """Set up two rules, and let two leads go by the first one.

    Nobody of the demo has signed in yet: what the rules would do stands there as done.
    """
    with acting(people["director"]):
        fair = LeadRule.objects.create(
            name="展会线索", order=20, does="person", person=people["supervisor"]
        )
        fair.terms.create(source=sources["exhibition"])
        south = LeadRule.objects.create(name="云南线索", order=30, most_open=50)
        south.terms.create(region=Region.objects.get(pk="530000"))
        for username in ("sales", "sales3"):
            south.members.create(person=people[username])
    by_rule, returned = (_of(row, people, sources) for row in rows("leads_by_rules"))
    by = people["infoadmin"]
    _give(by_rule, south, people["sales"], by, ago=0)
    _give(returned, south, people["sales3"], by, ago=6)
    with acting(None, verb="returned_by_time"):
        Lead.objects.filter(pk=returned.pk).update(
            status=Lead.Status.UNASSIGNED, assigned_at=None
        )
        how = LeadAssignment.How.TIMEOUT
        LeadAssignment.objects.create(
            lead=returned, person=people["sales3"], how=how, at=past(1)
        )


def _give(lead, rule, person, by, *, ago):
    with acting(by, verb="assigned_by_rule"):
        Lead.objects.filter(pk=lead.pk).update(
            owner=person, status=Lead.Status.PENDING, assigned_at=past(ago)
        )
        LeadAssignment.objects.create(
            lead=lead, rule=rule, person=person, how="rule", at=past(ago), by=by
        )


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
