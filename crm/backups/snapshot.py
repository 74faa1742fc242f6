"""One moment of the database, for the dump and for all that is reckoned beside it."""

from contextlib import contextmanager

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from crm import contents
from crm.backups.sums import NO_HURRY

BEGUN = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


@contextmanager
def taken():
    """Give the name of a snapshot; the ORM sees the same until the block ends.

    Others go on writing meanwhile, but contents of attachments are not removed.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(BEGUN)
        for statement in NO_HURRY:
            cursor.execute(statement)
        contents.keep()
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def applied_migrations():
    """Return ["app.name"] of what was applied."""
    rows = MigrationRecorder.Migration.objects.order_by("app", "name")
    return [f"{app}.{name}" for app, name in rows.values_list("app", "name")]
