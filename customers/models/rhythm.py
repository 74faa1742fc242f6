"""How often customers are to be contacted: by their level, until a company says other.

Key customers at least every fortnight, ordinary ones every month – as the workbench
counts who is forgotten –, those of low priority every two months.
"""

from django.utils import timezone

from crm import dictionaries

#: Days that may pass without a contact, where the level says nothing else.
USUAL = 30
#: The same by the code of the level.
BY_LEVEL = {"A": 14, "B": 30, "C": 60}


def rhythm_of(customer):
    """Return how many days may pass without a contact.

    None of a customer that is lost or no longer effective: nobody need contact it.
    """
    if customer.status == customer.Status.LOST or not customer.effective:
        return None
    level = dictionaries.items().get(customer.level_id)
    return BY_LEVEL.get(level.code, USUAL) if level else USUAL


def days_without_contact(customer):
    """Return how many days ago the last contact was, or since when we know of it."""
    since = customer.last_contact_at or customer.created_at
    return max((timezone.localdate() - timezone.localdate(since)).days, 0)
