"""What tests share that fill the database with a company of some size."""

from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from system.population.loading import Load


@contextmanager
def undone():
    """Roll back whatever the block does, tables and all."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def load(customers, seed=1, until=None):
    """Fill the database and say nothing."""
    Load(customers, seed, until or timezone.localdate(), lambda _line: None).run()
