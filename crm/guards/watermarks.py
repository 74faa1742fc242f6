"""Watermarks: what tells a process that an answer it keeps is out of date.

Whatever changes something of a topic leaves a watermark of its own there, in its own
transaction and by triggers alone: writers never wait for each other, and whatever is
undone leaves none. No watermark ever comes twice, and who sweeps old ones away leaves a
new one. `crm.queries.watermarks` reads them.
"""

import pgtrigger

#: Whatever is done to a row of who works here and holds what.
ANY_CHANGE = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
#: Who works here, in which department, with which roles, heads and deputies.
PEOPLE = "people"


def watermarked(topic, operation, *, name="watermarked", condition=None):
    """Leave a watermark whenever a statement does this to a table.

    Args:
        topic: what such rows are a matter of.
        operation: of pgtrigger.
        name: of the trigger, if the table has more than one of them.
        condition: leave one only for a row that meets this.
    """
    level = pgtrigger.Row if condition else pgtrigger.Statement
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        level=level,
        condition=condition,
        func=f"PERFORM crm_leave_watermark('{topic}'); RETURN NULL;",
    )


def becomes_another(*columns, where="true"):
    """Return the condition that one of some columns of a row has changed.

    Args:
        columns: names of columns.
        where: what else holds of the row as it is now, as SQL.
    """
    before, after = (
        ", ".join(f'{row}."{column}"' for column in columns) for row in ("OLD", "NEW")
    )
    return pgtrigger.Condition(
        f"ROW({before}) IS DISTINCT FROM ROW({after}) AND ({where})"
    )
