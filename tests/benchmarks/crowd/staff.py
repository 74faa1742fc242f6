"""Who makes up the crowd, and the customers they work with."""

import itertools

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone

from crm.models import Department, DictionaryItem, Region, Role, User
from customers.models import Customer
from feedback.models import Interaction
from tests.benchmarks.company import a_customer
from tests.benchmarks.crowd.person import PASSWORD, ROLES
from tests.factories import stamps

CUSTOMERS = 10_000
EACH = 40  # customers of a seller who finds a database full of other people's
SHIPPED = {"director": "supervisor"}


def enlist(size, customers=CUSTOMERS):
    """Return [(user name, role)] of `size` people, hired unless they are here."""
    crowd = accounts(size)
    present = set(User.objects.values_list("username", flat=True))
    missing = [account for account in crowd if account[0] not in present]
    if missing:
        _hire(missing)
        _provide([name for name, role in missing if role == "salesperson"], customers)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return crowd


def accounts(size):
    """Return [(user name, role)] of the first `size` people, the same every time."""
    roles = enumerate(itertools.islice(_roles(), size))
    return [(f"crowd{n:04}", role) for n, role in roles]


def _roles():
    """Yield roles for ever, each in its share."""
    total = sum(weight for weight, _writes in ROLES.values())
    owed = dict.fromkeys(ROLES, 0)
    while True:
        for role, (weight, _writes) in ROLES.items():
            owed[role] += weight
        role = max(owed, key=owed.get)
        owed[role] -= total
        yield role


def _hire(accounts):
    """Enter people with their roles, in departments of twenty."""
    company, _new = Department.objects.get_or_create(name="压测公司")
    secret = make_password(PASSWORD)
    roles = {role.code: role for role in Role.objects.all()}
    for n, (username, role) in enumerate(accounts):
        department, _new = Department.objects.get_or_create(
            name=f"压测{n // 20}部", parent=company
        )
        person = User.objects.create(
            username=username,
            name=f"员工{username[5:]}",
            password=secret,
            department=company if role == "director" else department,
        )
        held = roles[SHIPPED.get(role, role)]
        person.role_assignments.create(role=held)


def _provide(names, wanted):
    """Give sellers customers: somebody else's, or new ones in an empty house."""
    sellers = list(User.objects.filter(username__in=names))
    if Customer.objects.count() >= wanted:
        given = Customer.objects.exclude(owner__in=sellers).order_by("pk")
        ids = list(given.values_list("pk", flat=True)[: EACH * len(sellers)])
        for n, seller in enumerate(sellers):
            mine = ids[n * EACH : (n + 1) * EACH]
            Customer.objects.filter(pk__in=mine).update(owner=seller)
        return
    items = {
        kind: list(DictionaryItem.objects.filter(kind=kind))
        for kind in ("industry", "customer_level")
    }
    regions = list(Region.objects.filter(level=3))
    new = (a_customer(n, sellers, items, regions) for n in range(wanted))
    made = Customer.objects.bulk_create(new, batch_size=1000)
    method = DictionaryItem.objects.filter(kind="interaction_method").first()
    calls = {"method": method, "subject": "电话沟通", "occurred_at": timezone.now()}
    Interaction.objects.bulk_create(
        (
            Interaction(customer=customer, **calls, **stamps(customer.owner))
            for customer in made
            for _ in range(2)
        ),
        batch_size=1000,
    )
