"""How much of what one ought to know of a customer stands in the books, in per cent.

Fields, contacts and the thirteen subjects of the file have weights, by what the
customer is to us. A subject that was written more than a year ago counts half. What the
reader may not know – contacts – counts neither way, and a natural person has no fields
of a company.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from customers.models.customers import Customer
from customers.models.parts import FileEntry

Subject = FileEntry.Subject
#: {field: weight} of an end customer, and of who sells on: a distributor, a partner.
FIELDS = {
    "phone": (6, 6),
    "level": (6, 6),
    "industry": (6, 4),
    "region": (5, 5),
    "credit_code": (5, 6),
    "next_contact_at": (5, 5),
    "credit_limit": (4, 6),
    "credit_grade": (4, 6),
    "annual_revenue": (4, 4),
    "address": (3, 3),
    "employees": (3, 3),
    "source": (3, 2),
    "ownership": (3, 2),
    "email": (2, 2),
    "website": (1, 1),
}
#: What a natural person has not.
OF_COMPANIES = frozenset(
    ("credit_code", "ownership", "employees", "annual_revenue", "website")
)
#: The same of contacts: one of whom we know what he decides, one who can be called.
CONTACTS = {"contact_role": (7, 6), "contact_phone": (7, 6)}
#: The same of subjects of the file; all others weigh `SUBJECT`.
SUBJECT = (2, 2)
SUBJECTS = {
    Subject.STRATEGY: (3, 2),
    Subject.PRODUCTION: (3, 1),
    Subject.BOTTLENECKS: (3, 2),
    Subject.MARKET: (2, 4),
    Subject.MARKETING: (2, 4),
    Subject.SATISFACTION: (3, 3),
}
#: Days after which a subject of the file counts half.
STALE = 365


@dataclass(frozen=True)
class Completeness:
    """How complete a customer is.

    Attributes:
        percent: a whole number from 0 to 100.
        missing: what is missing, the weightiest first: names of fields, subjects of
            the file, `contact_role`, `contact_phone`.
    """

    percent: int
    missing: tuple[str, ...]


def columns(contacts):
    """Return {key: expression} of what is read beside a customer's own fields.

    Args:
        contacts: the contacts of the customer that the reader may see; None without
            the right to any.
    """
    since = timezone.localdate() - timedelta(days=STALE)
    entries = FileEntry.objects.filter(customer=OuterRef("pk"))
    found = {
        "fresh": ArraySubquery(entries.filter(written_on__gte=since).values("subject")),
        "stale": ArraySubquery(entries.filter(written_on__lt=since).values("subject")),
    }
    if contacts is not None:
        reachable = ~Q(mobile="") | ~Q(phone="")
        found["contact_role"] = Exists(contacts.exclude(decision_role=None))
        found["contact_phone"] = Exists(contacts.filter(reachable))
    return found


def completeness(customer, read):
    """Return the Completeness of a customer.

    Args:
        customer: as it was read.
        read: {key: value} of `columns`.
    """
    weights, shares = _weights(customer, read), {}
    for name in FIELDS:
        column = Customer._meta.get_field(name).attname
        shares[name] = 0 if getattr(customer, column) in (None, "") else 1
    for name in CONTACTS:
        shares[name] = 1 if read.get(name) else 0
    for name in Subject.values:
        shares[name] = 1 if name in read["fresh"] else 0
        if name in read["stale"]:
            shares[name] = 0.5
    gaps = {name: weight * (1 - shares[name]) for name, weight in weights.items()}
    missing = sorted(filter(gaps.get, gaps), key=gaps.get, reverse=True)
    total = sum(weights.values())
    percent = int(100 * (total - sum(gaps.values())) / total)
    return Completeness(percent, tuple(missing))


def _weights(customer, read):
    """Return {name: weight} of what one ought to know of this customer."""
    side = 0 if customer.kind == Customer.Kind.END_CUSTOMER else 1
    left_out = OF_COMPANIES if customer.is_person() else frozenset()
    weights = {name: SUBJECTS.get(name, SUBJECT)[side] for name in Subject.values}
    for name, both in {**FIELDS, **CONTACTS}.items():
        if name not in left_out and (name in FIELDS or name in read):
            weights[name] = both[side]
    return weights
