"""What PostgreSQL keeps of readings: who may read what people write of themselves.

Who is above whom says `sales_people_below` (migration 0014), and nothing else: pages,
numbers of the menu and what is refused here ask the same function.
"""

import pgtrigger

from crm.guards.triggers import ACTOR
from sales.guards.quotations import refuse


def read_above(table, column):
    """Let who is above read and comment, the owner answer, nobody else anything.

    The record is locked: who is just editing it comes first, or finds it read.

    Args:
        table: of the record.
        column: the column of a reading that holds its id.
    """
    return pgtrigger.Trigger(
        name="read_above",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[ACTOR, ("owner", "bigint")],
        func=f"""
SELECT owner_id INTO owner FROM {table} WHERE id = NEW.{column} FOR NO KEY UPDATE;
NEW.at := clock_timestamp();
NEW.by_id := coalesce(actor, NEW.by_id);
IF NEW.is_answer <> (NEW.by_id = owner) THEN
    {refuse("reading_own", "nobody reads their own")}
END IF;
IF NEW.is_answer AND NOT EXISTS (
    SELECT FROM {table}reading WHERE {column} = NEW.{column} AND NOT is_answer
) THEN
    {refuse("reading_answers", "nothing to answer")}
END IF;
IF NOT NEW.is_answer AND owner <> ALL (sales_people_below(NEW.by_id)) THEN
    {refuse("reading_above", "not above")}
END IF;
RETURN NEW;
""",  # noqa: S608 - our own names
    )


def marks_read(table, column):
    """Note on the record when somebody above first read it: a form that is open is
    stale from then on."""
    return pgtrigger.Trigger(
        name="marks_read",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("NOT NEW.is_answer"),
        func=f"""
UPDATE {table} SET read_at = NEW.at, version = version + 1
WHERE id = NEW.{column} AND read_at IS NULL;
RETURN NULL;
""",  # noqa: S608 - our own names
    )
