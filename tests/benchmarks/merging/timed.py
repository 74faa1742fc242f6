"""Merges as a worker makes them, and takes them back, with a clock beside each."""

import resource
import time
from contextlib import contextmanager

from django.conf import settings
from django.db import connections, transaction
from django.test.runner import DiscoverRunner
from django.utils import timezone

from crm.duplicates import merging
from crm.duplicates.models import Merge
from crm.duplicates.undoing import undo
from crm.guards.actor import acting
from customers.models import Contact
from feedback.models import Interaction
from tests.factories import a_customer, an_item, stamps
from tests.people import hire

#: Interactions of the customer that goes; of each ten there is a contact.
HANGING = (10, 1_000, 10_000)
EACH = 10
#: Kilobytes of a megabyte.
MEGABYTE = 1024


def main():
    """Make a database, measure, print, drop the database."""
    if settings.LOCAL:
        connections["default"].hold()
    runner = DiscoverRunner(verbosity=0, interactive=False)
    runner.setup_test_environment()
    databases = runner.setup_databases()
    try:
        clerk = hire("lina", "李娜", "information_administrator")
        for rows in HANGING:
            measure(clerk, rows)
    finally:
        runner.teardown_databases(databases)
        runner.teardown_test_environment()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEGABYTE
    print(f"at most {most} MB")


def measure(clerk, rows):
    """Print how long a merge takes that moves so many rows, and its undoing."""
    winner, loser = a_customer(clerk), a_customer(clerk)
    with acting(clerk):
        fill(loser, rows)
    timed = {}
    with timing(timed, "merge"), transaction.atomic():
        pair = merging.locked(type(winner), [winner.pk, loser.pk])
        merging.merge(pair[winner.pk], [pair[loser.pk]], by=clerk)
    with timing(timed, "undo"), transaction.atomic():
        done = Merge.objects.select_for_update(no_key=True).latest("pk")
        undo(done, by=clerk)
    moved = rows + rows // EACH
    shown = ", ".join(
        f"{name} {took:.1f} s ({1000 * took / moved:.2f} ms a row)"
        for name, took in timed.items()
    )
    print(f"{moved:6,} rows: {shown}", flush=True)


def fill(customer, rows):
    """Give a customer interactions and contacts."""
    method, now = an_item("interaction_method", "call"), timezone.now()
    Interaction.objects.bulk_create(
        Interaction(
            **stamps(customer.owner, registered=True),
            customer=customer,
            subject=f"交往{number}",
            occurred_at=now,
            method=method,
        )
        for number in range(rows)
    )
    Contact.objects.bulk_create(
        Contact(
            **stamps(customer.owner, registered=True),
            customer=customer,
            name=f"联系人{number}",
        )
        for number in range(rows // EACH)
    )


@contextmanager
def timing(timed, name):
    """Note how many seconds the block takes."""
    began = time.monotonic()
    yield
    timed[name] = time.monotonic() - began
