"""Registrations of the demo: one in each state, and two collisions of 张伟 and 王芳."""

from decimal import Decimal

from django.utils import timezone

from customers import collisions, registrations
from customers.models import DealRegistration, Ruling
from feedback.models import Interaction
from system.demo.clock import past
from system.demo.market import item
from system.demo.tables import rows

#: Places of the customers about whom they collide: 王芳's and 张伟's.
RULED, OPEN = 8, 14


def enter(customers, people):
    """Enter the registrations before any contract: one of them becomes one."""
    for row in rows("registrations"):
        category, owner = row["category"], people[row["by"]]
        registration = _registered(
            customers[int(row["customer"])],
            owner,
            subject=row["subject"],
            category=item("product_category", category) if category else None,
            amount=Decimal(row["amount"]),
            created_at=past(int(row["age"])),
        )
        _go(registration, row, people["supervisor"])


def collide(customers, people):
    """Let two claim one customer, twice; of one the head of both has ruled."""
    zhang, wang = people["sales"], people["sales2"]
    hardware = item("product_category", "hardware")
    ruled = customers[RULED]
    _registered(ruled, wang, subject="冷库二期温湿度监测", category=hardware)
    claim = _registered(ruled, zhang, subject="冷链园区计量改造", category=hardware)
    collisions.rule(
        claim.collision,
        by=people["director"],
        result=Ruling.Result.STAYS,
        reason="王芳已有合同在执行，且最先接触客户；张伟掌握的需求请转给她。",
    )
    _registered(customers[OPEN], zhang, subject="集团能源管理二期")
    software = item("product_category", "software")
    _registered(customers[OPEN], wang, subject="茶园门店能耗平台", category=software)


def _visit(registration, said):
    """Note what was done for a registration since it was approved."""
    visit = Interaction(
        customer=registration.customer,
        owner=registration.owner,
        method=item("interaction_method", "visit"),
        subject=registration.subject,
        content=said,
        occurred_at=timezone.now(),
    )
    visit.enter(registration.owner)


def _registered(customer, owner, **fields):
    registration = DealRegistration(customer=customer, owner=owner, **fields)
    registration.enter(owner)
    registrations.tell_entered(registration, by=owner)
    return registration


def _go(registration, row, head):
    owner, end = registration.owner, row["end"]
    if end in ("approved", "rejected", "extended"):
        is_approved = end != "rejected"
        opinion = "" if is_approved else row["note"]
        registrations.decide(
            registration, is_approved=is_approved, opinion=opinion, by=head
        )
    if end == "withdrawn":
        registrations.withdraw(registration, by=owner)
    if end == "extended":
        _visit(registration, row["note"])
        registrations.extend(registration, by=owner)
