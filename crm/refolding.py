"""Writing anew what is kept of all rows of a table to be searched: for migrations.

The rows' history has no part in it, and no version: nothing that anybody wrote changes.
"""

from types import SimpleNamespace

from psycopg2.extras import execute_values

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
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for rows in _slices(cursor, table, read):
            values = [
                (row[0], *(make(_named(read, row)) for make in made.values()))
                for row in rows
            ]
            execute_values(cursor.cursor, write, values, page_size=SLICE)
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
