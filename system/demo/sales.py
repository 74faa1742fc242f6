"""Opportunities of the demo, each moved stage by stage to where it stands."""

from decimal import Decimal

from competitors.models import Competitor, Encounter
from crm.dictionaries import items_of
from crm.guards.actor import acting
from sales import moves
from sales.models import Opportunity, Stage
from system.demo.clock import day, moment, past
from system.demo.tables import rows

#: What the rival of the demo asks, of our price.
UNDERCUT = Decimal("0.88")
#: What is done before the demo company signs.
TASKS = ["确认决策人", "确认付款条件"]
ENDS = {"won": Stage.Kind.WON, "lost": Stage.Kind.LOST, "void": Stage.Kind.VOID}


def enter(customers, people):
    """Enter the opportunities and bring each to where it stands."""
    stages = moves.open_stages(Stage.objects.first().pipeline_id)
    sources = {item.code: item for item in items_of("customer_source")}
    needs = {item.code: item for item in items_of("opportunity_need")}
    reasons = {item.code: item for item in items_of("closing_reason")}
    for row in rows("opportunities"):
        customer = customers[int(row["customer"])]
        ahead = row["next"]
        opportunity = Opportunity(
            title=row["title"],
            customer=customer,
            contact=customer.contacts.order_by("pk").first(),
            owner=customer.owner,
            stage=stages[0],
            amount=Decimal(row["amount"]),
            expected_on=day(-int(row["expected"])),
            source=sources[row["source"]],
            need=needs[row["need"]],
            next_step=row["step"],
            next_contact_at=moment(-int(ahead), 10) if ahead else None,
            created_at=past(int(row["age"])),
        )
        opportunity.enter(customer.owner)
        if opportunity.is_reported:
            opportunity.register(people["infoadmin"])
        _go(opportunity, row, stages, reasons)
    _ask(stages, people["sysadmin"])


def _ask(stages, by):
    """Have two stages ask for something; who stands there has one of the tasks done."""
    _first, _confirmed, shown, quoted, _signing = stages
    shown.requires, quoted.tasks = ["need", "contact"], TASKS
    with acting(by):
        shown.save(update_fields=["requires"])
        quoted.save(update_fields=["tasks"])
    for opportunity in Opportunity.objects.filter(stage=quoted).order_by("pk")[:1]:
        moves.tick(opportunity, TASKS[0], opportunity.owner, is_done=True)


def _go(opportunity, row, stages, reasons):
    owner = opportunity.owner
    for stage in stages[1 : int(row["stage"])]:
        moves.move(opportunity, stage, owner)
    if row["end"]:
        contract = None
        if row["end"] == "won":
            found = opportunity.customer.contracts.filter(
                status__in=("registered", "completed")
            )
            contract = found.order_by("pk").first()
        moves.close(
            opportunity,
            ENDS[row["end"]],
            owner,
            reason=reasons.get(row["reason"]),
            note=row["note"],
            contract=contract,
            winner=_met(opportunity) if row["reason"] == moves.RIVAL else None,
        )


def _met(opportunity):
    """Enter whom we met over an opportunity, and return it."""
    met = Encounter(
        competitor=Competitor.objects.order_by("pk").first(),
        customer=opportunity.customer,
        opportunity=opportunity,
        price=round(opportunity.amount * UNDERCUT),
        position=Encounter.Position.BEHIND,
        happened_on=opportunity.expected_on,
    )
    met.enter(opportunity.owner)
    return met
