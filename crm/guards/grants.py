"""What the database role that serves pages may do, set anew after each migration."""

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg2 import sql

from crm.guards import acts
from crm.guards.triggers import NEVER_IGNORED

GIVEN = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
)
#: A function looks for what it names where its owner has put it, not where whoever
#: calls it has: neither in another schema nor among temporary tables.
WHERE_IT_LOOKS = "pg_catalog, public, pg_temp"
UNBOUND = """
SELECT oid::regprocedure::text FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
    AND pg_has_role(proowner, 'USAGE')
    AND NOT coalesce('search_path=' || %s = ANY (proconfig), false)
    AND NOT EXISTS (
        SELECT FROM pg_depend
        WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e'
    )
"""
#: Nobody but the owner makes temporary tables.
NO_TEMPORARY = """
DO $$ BEGIN
    IF pg_has_role((
        SELECT datdba FROM pg_database WHERE datname = current_database()
    ), 'USAGE') THEN
        EXECUTE format(
            'REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()
        );
    END IF;
END $$
"""
#: {what a model says: what is taken away}. Functions of the owner write the history,
#: migrations what was shipped.
TAKEN = {
    "append_only": "REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}",
    "only_read": "REVOKE INSERT ON {table} FROM {role}",
}


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
        for statement in acts.functions():
            cursor.execute(statement)
    bind(connections[using])
    grant(connections[using])


def bind(connection) -> None:
    """Let every function of ours look for its names in our schema alone."""
    with connection.cursor() as cursor:
        cursor.execute(NO_TEMPORARY)
        cursor.execute(UNBOUND, [WHERE_IT_LOOKS])
        for (function,) in cursor.fetchall():
            cursor.execute(
                f"ALTER ROUTINE {function} SET search_path = {WHERE_IT_LOOKS}"
            )


def grant(connection) -> None:
    """Let the role of the pages read and write rows, but not rewrite what happened.

    A model that says `append_only = True` can be added to and read, one that says
    `only_read = True` only read. Where there is no second role, the triggers of those
    tables are the only guard.
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
        there = set(connection.introspection.table_names(cursor))  # or not yet
        for statement in GIVEN:
            cursor.execute(sql.SQL(statement).format(role=who))
        for mark, taken in TAKEN.items():
            for table in there.intersection(_tables_of(mark)):
                what = sql.Identifier(table)
                cursor.execute(sql.SQL(taken).format(table=what, role=who))


def _tables_of(mark: str) -> list[str]:
    """Return the tables of the models that bear a mark."""
    return [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if getattr(model, mark, False)
    ]
