"""Answers that a process keeps until something changes that they follow from.

Who finds the same watermarks as before (`crm.guards.watermarks`), on the same day,
finds the same rows as before: the answer need not be reckoned again.
"""

from threading import Lock

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone


def watermarks_of(*topics):
    """Return the watermarks of some topics, as an expression of a query."""
    rows = apps.get_model("crm.Watermark").objects.filter(topic__in=topics)
    return ArraySubquery(rows.order_by("mark").values(text=Cast("mark", TextField())))


class KeptAnswer:
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
