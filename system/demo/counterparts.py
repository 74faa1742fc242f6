"""Counterparts of the demo: some in time, one due today, one overdue, one ended."""

from datetime import timedelta

from django.utils import timezone

from crm.guards.actor import acting
from customers.models import Counterpart
from system.demo.clock import day

#: (place of the customer, matter, their department, days until the next contact is
#: due, days since it ended).
MATTERS = (
    (0, "采购", "采购部", 13, None),
    (0, "财务对账", "财务部", 20, None),
    (1, "技术支持", "设备部", 3, None),
    (3, "采购", "采购部", 0, None),
    (4, "能耗改造", "设备部", -10, None),
    (5, "招标", "采购部", 0, 20),
    (6, "高层互访", "总经办", 15, None),
)


def enter(customers, _people):
    """Let the owners of some customers say who of them looks after what."""
    for place, subject, department, ahead, ended in MATTERS:
        customer = customers[place]
        counterpart = Counterpart(
            customer=customer,
            owner=customer.owner,
            subject=subject,
            their_department=department,
            contact=customer.contacts.order_by("pk").first(),
            since=timezone.localdate(customer.created_at),
            until=None if ended is None else day(ended),
        )
        counterpart.enter(customer.owner)
        if counterpart.last_met_on is not None and ended is None:
            _due_in(counterpart, ahead)


def _due_in(counterpart, ahead):
    """Let the rhythm be such that the next contact is due in so many days."""
    begun = max(counterpart.last_met_on, counterpart.since)
    due = timezone.localdate() + timedelta(days=ahead)
    counterpart.rhythm_days = max((due - begun).days, 1)
    with acting(counterpart.owner):
        counterpart.save(update_fields=["rhythm_days"])
