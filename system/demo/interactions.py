"""Interactions of the demo: what was said, and what was promised for when."""

from crm.dictionaries import items_of
from feedback.models import Interaction
from system.demo.clock import moment, past
from system.demo.tables import rows

SCENES = rows("interactions")

#: Days since the last interaction, and days until the next one (None: not promised).
RHYTHM = (
    (1, 3),
    (4, -1),
    (2, 0),
    (9, 5),
    (35, None),
    (6, -3),
    (13, 12),
    (48, None),
    (3, 0),
    (20, -6),
    (75, None),
    (7, 7),
)


def enter(customers, people):
    """Enter what owners and a researcher note; the administrator registers reports."""
    for number, customer in enumerate(customers):
        if number % 13 == 12:
            continue  # nobody has ever been there
        ago, ahead = RHYTHM[number % len(RHYTHM)]
        _history(customer, number, ago, people["infoadmin"])
        latest = _interaction(customer, number * 4, ago)
        latest.opportunity = customer.opportunities.filter(status="open").first()
        if ahead is not None:
            latest.next_contact_at = moment(-ahead, 9 + number % 8)
        latest.enter(customer.owner)
        if latest.is_reported:
            latest.register(people["infoadmin"])
    for number, customer in enumerate(customers[2:40:6]):
        heard = _interaction(customer, number * 2 + 3, number + 1)
        heard.owner = heard.reporter = people["researcher"]
        heard.enter(people["researcher"])
        heard.register(people["infoadmin"])


def _history(customer, number, ago, registrar):
    """Enter up to six earlier interactions of a customer, over half a year."""
    for place in range(number % 7, 0, -1):
        days = ago + place * (14 + number % 9)
        earlier = _interaction(customer, number * 4 + place, days)
        if earlier.occurred_at > customer.created_at:
            earlier.enter(registrar)


def _interaction(customer, scene, ago):
    texts = SCENES[scene % len(SCENES)]
    items = {item.code: item for item in items_of("interaction_method")}
    when = past(ago, 9 + scene % 8, scene * 10 % 60)
    return Interaction(
        customer=customer,
        contact=customer.contacts.order_by("pk").first(),
        owner=customer.owner,
        reporter=customer.owner,
        method=items[texts["method"]],
        subject=texts["subject"],
        content=texts["content"],
        customer_feedback=texts["customer_feedback"],
        result=texts["result"],
        occurred_at=when,
        created_at=when,
    )
