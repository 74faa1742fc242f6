"""Two who leave, in the demo: one whose work has gone to others, one about to go."""

from crm.bulk.choosing import choose
from crm.bulk.work import confirm
from customers.models import Customer
from system.demo.clock import day
from system.handovers.work import start
from system.people import administration

#: Who gets how many of the newest customers of the other department.
GIVEN = (("sales4", 3), ("sales5", 4))


def enter(people):
    """Give both some customers in bulk; hand one's over, note the other's last day."""
    clerk, sysadmin = people["infoadmin"], people["sysadmin"]
    for username, number in GIVEN:
        rows = Customer.objects.registered().filter(owner=people["sales2"])
        ids = list(rows.order_by("-pk").values_list("pk", flat=True)[:number])
        given = {"to": people[username].pk, "along": [], "former": "removed"}
        given["until"] = ""
        chosen = Customer.objects.visible_to(clerk).filter(pk__in=ids)
        bulk = choose(chosen, "transfer", by=clerk, given=given)
        confirm(bulk, given, by=clerk)
    leaver, heir = people["sales4"], people["sales3"].pk
    plan = {"to": heir, "approver": heir, "closes": True, "kinds": {}}
    start(leaver, plan, by=sysadmin)
    administration.leave(leaver, day(1), by=sysadmin)
    administration.leave(people["sales5"], day(-5), by=sysadmin)
