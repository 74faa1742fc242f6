"""Reported records of every kind as one list of ids, oldest first."""

from functools import cached_property

from django.db.models import Value

from crm.queries.totals import Total, counted
from crm.queries.unions import together


class Awaiting:
    """(created_at, kind, id) of reported records, oldest first, for a Paginator.

    Args:
        user: who may register them.
        models: the kinds to look at.
        narrow: takes and returns the rows of one kind, for further conditions.
        key: what decides which rows there are (`crm.queries.totals.counted`).
    """

    ordered = True

    def __init__(self, user, models, narrow, key=None):
        parts = [narrow(model.objects.awaiting(user)) for model in models]
        self.parts = [rows for rows in parts if not rows.query.is_empty()]
        self.key = key

    @cached_property
    def total(self):
        """The Total of them; kinds that are filed under others are counted last.

        Of each of their rows PostgreSQL looks at what it is filed under.
        """
        if not self.parts:
            return Total(0)
        parts = sorted(self.parts, key=lambda rows: len(rows.model.names_along))
        rows = together(rows.order_by().values("pk") for rows in parts)
        return counted(rows, self.key)

    def count(self):
        """Return how many there are for certain."""
        return self.total.number

    def __getitem__(self, window):
        """Return a slice: of each kind no more than can be in it is read."""
        if not self.total.number:
            return []
        rows = together(
            rows.annotate(model_label=Value(rows.model._meta.label_lower)).values_list(
                "created_at", "model_label", "id"
            )[: window.stop]
            for rows in self.parts
        )
        if len(self.parts) > 1:
            rows = rows.order_by("created_at", "model_label", "id")
        return rows[window.start : window.stop]
