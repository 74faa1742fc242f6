"""Writing anew what is kept of all rows of a table to be searched: for migrations, and
while pages are served (`manage.py refold`).

The rows' history has no part in it, and no version: nothing that anybody wrote changes.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace

from django.db import IntegrityError, connection, transaction
from psycopg2 import sql
from psycopg2.extras import execute_values

from crm.fields import DerivedTextField
from crm.models.searching import letters_of, text_of

#: Rows that are read, folded and written at a time.
SLICE = 5000


def refold(schema_editor, table, read, made):
    """Fill columns of every row of a table.

    Args:
        schema_editor: of the migration.
        table: its name.
        read: columns that are read, beside the id.
        made: {column: a function from the row to its text}.
    """
    columns = ", ".join(f"{column} = made.{column}" for column in made)
    write = (
        f"UPDATE {table} SET {columns} FROM (VALUES %s)"  # noqa: S608 - our own names
        f" AS made (key, {', '.join(made)}) WHERE {table}.{read[0]} = made.key"
    )
    with schema_editor.connection.cursor() as cursor, _bare(cursor, table):
        for rows in _slices(cursor, table, read):
            values = [
                (row[0], *(make(_named(read, row)) for make in made.values()))
                for row in rows
            ]
            execute_values(cursor.cursor, write, values, page_size=SLICE)


@contextmanager
def _bare(cursor, table):
    """Work on a table without triggers and, but for unique ones, without indexes.

    To make two dozen indexes anew takes a fraction of the time that it takes to enter
    every row into each.
    """
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = %s::regclass AND NOT indisunique",
        [table],
    )
    indexes = cursor.fetchall()
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        cursor.execute(definition)
    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def texts(worded):
    """Return the function that makes `search_text`."""
    return lambda row: text_of(row, worded)


def letters(worded, lettered, named, *, dialled=(), person=lambda _row: False):
    """Return the function that makes `search_pinyin`; `person` says of whom it is."""
    return lambda row: letters_of(
        row, worded, lettered, named, dialled_ones=dialled, person=person(row)
    )


def _slices(cursor, table, read):
    """Yield rows in the order of their keys, the key first."""
    names, key, last = ", ".join(read), read[0], None
    while True:
        beyond = "" if last is None else f"WHERE {key} > %s"
        cursor.execute(
            f"SELECT {names} FROM {table} {beyond} ORDER BY {key} LIMIT {SLICE}",  # noqa: S608
            [] if last is None else [last],
        )
        rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _named(read, row):
    return SimpleNamespace(**dict(zip(read, row, strict=True)))


# --- While pages are served ----------------------------------------------------------

#: Rows that are held for as long as it takes to write them.
SERVED_SLICE = 1000
WRITE = sql.SQL(
    "UPDATE {table} SET {columns} FROM (VALUES %s) AS made (key, seen, {names})"
    " WHERE {table}.{key} = made.key AND {unchanged}"
)


@dataclass
class Slice:
    """What was done to some rows: how many were read and written, and up to which.

    `refused` are the keys of those whose new text another row has, where it is to stand
    once; they stay as they are.
    """

    last: object
    read: int
    written: int = 0
    refused: list = field(default_factory=list)


def derived(model):
    """Return the columns of a kind that its other columns make."""
    fields = model._meta.concrete_fields
    return [one for one in fields if isinstance(one, DerivedTextField)]


def refolded(model, after=0):
    """Make the derived columns of all rows after a key; yield a `Slice` after each.

    Only rows in which they differ are written, and not those that somebody has saved
    meanwhile: saving makes them too. Rows without a version are held while they are
    read. To begin again costs reading alone.
    """
    rows = model._base_manager.order_by("pk")
    if not _is_counted(model):
        rows = rows.select_for_update(of=("self",), no_key=True)
    while True:
        with transaction.atomic():
            found = list(rows.filter(pk__gt=after)[:SERVED_SLICE])
            if not found:
                return
            after = found[-1].pk
            done = _slice(model, found)
        yield done


def _slice(model, found):
    """Write what differs in some rows; of a key that is taken, the others."""
    done = Slice(found[-1].pk, len(found))
    stale = [made for row in found if (made := _made_anew(model, row))]
    try:
        done.written = _write(model, stale)
    except IntegrityError:
        for one in stale:
            try:
                done.written += _write(model, [one])
            except IntegrityError:
                done.refused.append(one[0])
    return done


def _is_counted(model):
    """Say whether a kind counts the versions of its rows."""
    return any(one.name == "version" for one in model._meta.concrete_fields)


def _made_anew(model, row):
    """Return (key, version, texts) of a row whose derived columns differ, or None."""
    columns = derived(model)
    made = [getattr(row, column.method)() for column in columns]
    if made == [getattr(row, column.attname) for column in columns]:
        return None
    return (row.pk, getattr(row, "version", 0), *made)


def _write(model, rows):
    """Write the texts of some rows; return of how many."""
    if not rows:
        return 0
    table = sql.Identifier(model._meta.db_table)
    names = [sql.Identifier(column.column) for column in derived(model)]
    unchanged = "{}.version = made.seen" if _is_counted(model) else "true"
    write = WRITE.format(
        table=table,
        columns=sql.SQL(", ").join(
            sql.SQL("{0} = made.{0}").format(name) for name in names
        ),
        names=sql.SQL(", ").join(names),
        key=sql.Identifier(model._meta.pk.column),
        unchanged=sql.SQL(unchanged).format(table),
    )
    with transaction.atomic(), connection.cursor() as cursor:
        with connection.wrap_database_errors:
            execute_values(cursor.cursor, write, rows, page_size=len(rows))
        return cursor.rowcount
