"""Empties the database after a test that has committed, table by table.

Django empties all tables and lets the program bring again what ships: more than a
second of processor time, for three rows that a test has written. Here it does so once;
what that leaves is remembered, and later only tables in which something has changed
since are put back.

A row tells by its `xmin` in which transaction it was written. Triggers, which refuse to
delete history and would write more of it, are off meanwhile, as for TRUNCATE.
"""

from dataclasses import dataclass, field
from io import BytesIO

from django.db import connection, transaction
from psycopg2 import sql

#: The columns of a table that are filled.
COLUMNS = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%s)
    AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY c.relname
"""
COUNTED = sql.SQL(
    "SELECT {name}, count(*) FILTER (WHERE xmin::text::bigint < {since}), count(*)"
    " FROM {table}"
)
LOCKED = sql.SQL("LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
NOW = "SELECT pg_current_xact_id()::text::bigint % 4294967296"
#: After so many tests, what they have left behind in tables and indexes is swept out.
SWEPT_AFTER = 25


@dataclass
class Emptied:
    """What is in the tables of an emptied database.

    Attributes:
        rows: {table: how many}.
        texts: {table that has any: its columns, and all rows as COPY writes them}.
        since: {table: the first transaction in which nothing more of them was written}.
    """

    rows: dict[str, int] = field(default_factory=dict)
    texts: dict[str, tuple[list[str], bytes]] = field(default_factory=dict)
    since: dict[str, int] = field(default_factory=dict)
    restored: int = 0

    def remember(self) -> None:
        """Take down every table, as it is now."""
        with transaction.atomic(), connection.cursor() as cursor:
            for table, columns in columns_of_tables(cursor).items():
                cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(name(table)))
                (self.rows[table],) = cursor.fetchone()
                if self.rows[table]:
                    text = BytesIO()
                    cursor.copy_expert(copying(table, columns, "TO STDOUT"), text)
                    self.texts[table] = columns, text.getvalue()
            cursor.execute(NOW)
            self.since = dict.fromkeys(self.rows, cursor.fetchone()[0])

    def restore(self) -> None:
        """Let all tables have again what they had."""
        with transaction.atomic(), connection.cursor() as cursor:
            tables = sql.SQL(", ").join(map(name, self.rows))
            # As TRUNCATE does, wait for whoever still writes: it is to go, too.
            cursor.execute(LOCKED.format(tables=tables))
            changed = self._changed(cursor)
            for table in changed:
                alter(cursor, table, "DISABLE TRIGGER USER")
            for table, lost in changed.items():
                self._put_back(cursor, table, lost=lost)
            # No trigger is altered while one of its table waits for the end.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in changed:
                alter(cursor, table, "ENABLE TRIGGER USER")
        self.restored += 1
        if self.restored % SWEPT_AFTER == 0:
            self._sweep()

    def _changed(self, cursor) -> dict[str, bool]:
        """Return the tables with other rows, and whether any of the first are gone."""
        parts = [
            COUNTED.format(
                name=sql.Literal(table),
                since=sql.Literal(self.since[table]),
                table=name(table),
            )
            for table in self.rows
        ]
        cursor.execute(sql.SQL(" UNION ALL ").join(parts))
        return {
            table: first != self.rows[table]
            for table, first, now in cursor.fetchall()
            if not first == now == self.rows[table]
        }

    def _put_back(self, cursor, table, *, lost):
        if not lost:
            statement = "DELETE FROM {} WHERE xmin::text::bigint >= %s"
            cursor.execute(sql.SQL(statement).format(name(table)), [self.since[table]])
            return
        cursor.execute(sql.SQL("DELETE FROM {}").format(name(table)))
        if table in self.texts:
            columns, text = self.texts[table]
            statement = copying(table, columns, "FROM STDIN")
            cursor.copy_expert(statement, BytesIO(text))
            cursor.execute(NOW)
            (self.since[table],) = cursor.fetchone()
            self.since[table] += 1

    def _sweep(self):
        with connection.cursor() as cursor:
            tables = sql.SQL(", ").join(map(name, self.rows))
            cursor.execute(sql.SQL("VACUUM {}").format(tables))


def columns_of_tables(cursor):
    """Return {table that Django empties: its columns}."""
    tables = connection.introspection.django_table_names(
        only_existing=True, include_views=False
    )
    cursor.execute(COLUMNS, [tables])
    return dict(cursor.fetchall())


def name(table):
    """Return a table's name as statements write it."""
    return sql.Identifier("public", table)


def alter(cursor, table, what):
    """Change something of a table."""
    cursor.execute(sql.SQL("ALTER TABLE {} {}").format(name(table), sql.SQL(what)))


def copying(table, columns, direction):
    """Return the statement that copies a table's rows."""
    return sql.SQL("COPY {} ({}) {}").format(
        name(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(direction),
    )
