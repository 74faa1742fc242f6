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


def load(customers, seed=1, until=None, pooled=0.0):
    """Fill the database and say nothing."""
    until = until or timezone.localdate()
    Load(customers, seed, until, lambda _line: None, pooled).run()
