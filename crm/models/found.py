"""What a search has found, as a condition on the rows of other tables."""

from functools import cached_property

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery
from django.db.models.lookups import IsNull

from crm.queries.search import any_of

#: Rows that are named one by one in the rows of another table.
FEW = 5_000


class Found:
    """Rows that are looked for in other tables.

    A few are named by id: PostgreSQL then looks them up by an index, even beside
    other conditions of which one suffices.

    Args:
        rows: a queryset.
        column: of the rows, that holds what is looked for.
        places: a quicker query of what the column holds, if there is one; what it
            tells twice counts twice.
    """

    def __init__(self, rows, column="pk", places=None):
        self.rows, self.column, self.places = rows.order_by(), column, places

    @cached_property
    def ids(self):
        """What the column holds, as far as that is few."""
        places = self.places
        if places is None:
            places = self.rows.values_list(self.column)
        return [pk for (pk,) in places[: FEW + 1]]

    @property
    def are_few(self):
        """Whether they can be named by id."""
        return len(self.ids) <= FEW

    def at(self, path):
        """Return the condition "the column at `path` holds one of them"."""
        return any_of(path, self.ids) if self.are_few else self.beside(path)

    def inside(self, path):
        """Return the same condition as a part of the query, for short tables.

        As an array: PostgreSQL then looks up the other table's rows by an index.
        """
        return Q(**{f"{path}__any_of": ArraySubquery(self.rows.values(self.column))})

    def beside(self, path):
        """Return the same condition as a question to each row of the other table.

        Of very many, the first rows of an order are found soon that way. PostgreSQL
        takes the condition to be true of nearly all rows, and so walks that order.
        """
        rows = self.rows.filter(**{self.column: OuterRef(path)})
        return Q(IsNull(Subquery(rows.values(self.column)[:1]), False))
