"""Saved views of the demo: one shared and in the menu, one of one's own."""

from crm.guards.actor import acting
from crm.models import Pin, Role, SavedView


def enter(people):
    """Keep them; the head shares one with all salespeople."""
    head, seller = people["supervisor"], people["sales"]
    with acting(head):
        shared = SavedView.objects.create(
            owner=head,
            listing="customer_list",
            name="洽谈中客户",
            query="status=negotiating&sort=next_contact_at",
            role=Role.objects.get(code="salesperson"),
        )
    with acting(seller):
        own = SavedView.objects.create(
            owner=seller,
            listing="contract_list",
            name="十万以上合同",
            query="amount_min=100000&sort=-amount",
        )
    Pin.objects.create(person=seller, view=shared, place=1)
    Pin.objects.create(person=seller, view=own, place=2)
    Pin.objects.create(person=head, view=shared, place=1)
