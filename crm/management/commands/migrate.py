"""`manage.py migrate`: Django's own, one at a time."""

from contextlib import contextmanager

from django.core.management.commands import migrate
from django.db import connections

from crm.running.rendering import sparing_models

ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtext('crm_migrate'))"


class Command(migrate.Command):
    """Two machines that start together do not both make the same column.

    Whoever comes second waits, and then finds nothing left to do.
    """

    def handle(self, *args, **options):
        """Migrate as soon as nobody else does."""
        with alone(options["database"]), sparing_models():
            super().handle(*args, **options)


@contextmanager
def alone(alias):
    """Hold the lock in a transaction that nothing else happens in.

    It has a connection of its own: each migration is a transaction, and a lock of the
    session would be left behind in a pool.
    """
    holder = connections[alias].copy()
    try:
        holder.set_autocommit(False)
        with holder.cursor() as cursor:
            cursor.execute(ONE_BY_ONE)
        yield
    finally:
        holder.close()
