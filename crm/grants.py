"""What the database role that serves pages may do, set anew after each migration."""

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg2 import sql

from crm.triggers import NEVER_IGNORED

GIVEN = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
)
TAKEN = "REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}"


def after_migrate(using, **kwargs):
    """Make the cache's table, bind the triggers, set the rights: `post_migrate`.

    Emptying a database in tests sends the same signal, without a plan, and changes
    no table.
    """
    if "plan" not in kwargs:
        return
    call_command("createcachetable", database=using, verbosity=0)
    with connections[using].cursor() as cursor:
        cursor.execute(NEVER_IGNORED)  # a migration of a trigger puts back the other
    grant(connections[using])


def grant(connection) -> None:
    """Let the role of the pages read and write rows, but not rewrite what happened.

    A model that says `append_only = True` can be added to and read. Where there is
    no second role, the triggers of those tables are the only guard.
    """
    role = settings.DATABASE_APP_ROLE
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = %s AND rolname <> current_user",
            [role],
        )
        if not cursor.fetchone():
            return
        who = sql.Identifier(role)
        for statement in GIVEN:
            cursor.execute(sql.SQL(statement).format(role=who))
        for table in _append_only_tables():
            what = sql.Identifier(table)
            cursor.execute(sql.SQL(TAKEN).format(table=what, role=who))


def _append_only_tables() -> list[str]:
    return [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if getattr(model, "append_only", False)
    ]
