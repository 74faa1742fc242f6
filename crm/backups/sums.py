"""How many rows each table has, and one number for what stands in them.

Whatever rows a table has, in whatever order: the number is the sum of a hash of each.
Of two databases with the same rows it is the same, also on another version of
PostgreSQL.
"""

from psycopg2 import sql

#: How rows are written as text depends on these.
WRITTEN_ALIKE = (
    "SET search_path = public",
    "SET timezone = 'UTC'",
    "SET datestyle = 'ISO, YMD'",
    "SET intervalstyle = 'postgres'",
    "SET bytea_output = 'hex'",
    "SET extra_float_digits = 1",
)
NO_HURRY = (
    "SET statement_timeout = 0",
    "SET lock_timeout = '60s'",
    "SET idle_in_transaction_session_timeout = 0",
)
TABLES = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
#: 60 bits of each row's MD5: known from version to version, as hashtext is not.
SUM = """
SELECT
    count(*),
    coalesce(sum(('x' || left(md5(r::text), 15))::bit(60)::bigint), 0)::text
FROM public.{table} AS r
"""
#: What is over after a restore, and what would let people in who had signed out.
NOT_KEPT = ("crm_cache", "crm_opensession", "django_session")


def tables_of(cursor):
    """Return the names of the tables, those that are not kept left out."""
    cursor.execute(TABLES)
    return [name for (name,) in cursor.fetchall() if name not in NOT_KEPT]


def sums_of(cursor, tables=None, advance=lambda share: None):
    """Return {table: [number of rows, sum]}.

    Args:
        cursor: of any connection; it sees what its transaction sees.
        tables: their names; all that there are without.
        advance: told the share that is done, after each table.
    """
    for statement in (*WRITTEN_ALIKE, *NO_HURRY):
        cursor.execute(statement)
    tables, found = tables or tables_of(cursor), {}
    for place, table in enumerate(tables, 1):
        cursor.execute(sql.SQL(SUM).format(table=sql.Identifier(table)))
        found[table] = list(cursor.fetchone())
        advance(place / len(tables))
    return found


def differing(before, now):
    """Return the tables whose rows are not the same, with how many there are."""
    return [
        f"{table} ({_rows(before, table)} → {_rows(now, table)})"
        for table in sorted(before.keys() | now.keys())
        if before.get(table) != now.get(table)
    ]


def _rows(sums, table):
    return sums[table][0] if table in sums else "–"
