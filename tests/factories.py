"""Records for tests, as they would stand in the books.

Each function takes who owns it and any field; what is not given is filled in.
"""

from itertools import count

from django.utils import timezone

from crm.models.record import Registration
from customers.models import Contact, Customer

_numbers = count(1)


def stamps(by, registered=True):
    """Return the fields that every record has, as entered by a person."""
    fields = {"owner": by, "reporter": by, "entered_by": by}
    if registered:
        fields |= {
            "registration": Registration.REGISTERED,
            "registered_by": by,
            "registered_at": timezone.now(),
        }
    return fields


def a_customer(owner, *, registered=True, **fields):
    """Return a customer of this owner."""
    fields.setdefault("name", f"测试客户{next(_numbers)}有限公司")
    customer = Customer(**{**stamps(owner, registered), **fields})
    customer.save()
    customer.refresh_from_db()
    return customer


def a_contact(customer, *, registered=True, **fields):
    """Return a contact at a customer, entered by its owner."""
    fields.setdefault("name", f"联系人{next(_numbers)}")
    contact = Contact(**{**stamps(customer.owner, registered), **fields})
    contact.customer = customer
    contact.save()
    contact.refresh_from_db()
    return contact
