"""Answers that a process keeps until something changes that they follow from.

Whatever changes something of a topic leaves a watermark of its own there, in its own
transaction and by triggers alone: writers never wait for each other, and whatever is
undone leaves none. Who finds the same watermarks as before, on the same day, finds the
same rows as before: the answer need not be reckoned again. No watermark ever comes
twice, and who sweeps old ones away leaves a new one.
"""

from threading import Lock

import pgtrigger
from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone

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


def watermarks_of(*topics):
    """Return the watermarks of some topics, as an expression of a query."""
    rows = apps.get_model("crm.Watermark").objects.filter(topic__in=topics)
    return ArraySubquery(rows.order_by("mark").values(text=Cast("mark", TextField())))


class Kept:
    """An answer that is kept in a process, the latest one alone.

    Args:
        reckon: a function that returns (watermarks, answer) as one query found both;
            it is given what `at` is given.
    """

    def __init__(self, reckon):
        self.reckon, self.lock = reckon, Lock()
        self.held: tuple = None, None

    def at(self, marks, *given):
        """Return the answer of this moment; reckon it if it is not the one kept.

        Args:
            marks: the watermarks that this request has found.
            given: for `reckon`.
        """
        when = timezone.localdate(), tuple(marks)
        kept, answer = self.held
        if kept == when:
            return answer
        with self.lock:  # one thread reckons, the others wait for that
            kept, answer = self.held
            if kept != when:
                found, answer = self.reckon(*given)
                self.held = (when[0], tuple(found)), answer
        return answer
