"""What a search has found, as a condition on the rows of other tables."""

from functools import cached_property

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery
from django.db.models.lookups import IsNull

from crm.chinese.folding import sought
from crm.queries.ids import Unweighed, any_of

#: Rows that are named one by one in the rows of another table.
FEW = 5_000
#: So many in a sample of one row in sixteen are some 4,000 in all: more are sooner
#: walked to than named.
MANY_SAMPLED = 250


class Matches:
    """Rows that are looked for in other tables.

    A few are named by id: PostgreSQL then looks them up by an index, even beside
    other conditions of which one suffices.

    Args:
        rows: a queryset.
        column: of the rows, that holds what is looked for.
        places: a quicker query of what the column holds, if there is one; what it
            tells twice counts twice.
        sample: those of the rows that are `InSample`, where an index finds them sooner
            than it finds FEW.
        alone: whether their own texts alone find them, for whichever kind.
    """

    def __init__(self, rows, column="pk", places=None, sample=None, *, alone=False):
        self.rows, self.column, self.places = rows.order_by(), column, places
        self.sample, self.alone = sample, alone

    @cached_property
    def some(self):
        """The ids of some of very many rows; none where it is not known that quickly.

        PostgreSQL would read the table to meet FEW of them.
        """
        if self.sample is None:
            return []
        found = [pk for (pk,) in self.sample.values_list("pk")[:MANY_SAMPLED]]
        return found if len(found) == MANY_SAMPLED else []

    @property
    def enough(self):
        """The ids of some where they are not few and lead to rows of every kind."""
        if self.some or not self.alone:
            return self.some
        return [] if self.are_few else self.ids

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
        return not self.some and len(self.ids) <= FEW

    def at(self, path):
        """Return the condition "the column at `path` holds one of them"."""
        return any_of(path, self.ids) if self.are_few else self.row_by_row(path)

    def unweighed_at(self, path):
        """Return the condition of `at` for few rows, as PostgreSQL plans it quickly.

        It would weigh each of thousands of numbers, for each way of going about it. It
        takes them for ten instead, and looks these up by an index.
        """
        return Q(**{f"{path}__any_of": Unweighed(self.ids)})

    def inside(self, path):
        """Return the same condition as a part of the query, for short tables.

        As an array: PostgreSQL then looks up the other table's rows by an index.
        """
        return Q(**{f"{path}__any_of": ArraySubquery(self.rows.values(self.column))})

    def row_by_row(self, path):
        """Return the same condition as a question to each row of the other table.

        Of very many, the first rows of an order are found soon that way. PostgreSQL
        takes the condition to be true of nearly all rows, and so walks that order.
        """
        rows = self.rows.filter(**{self.column: OuterRef(path)})
        return Q(IsNull(Subquery(rows.values(self.column)[:1]), False))


def some_of_many(text, memo):
    """Return (kind, ids) of some of very many rows by which a keyword finds others.

    Args:
        text: the keyword; what one of several words finds says nothing.
        memo: {(kind, word, …): `Matches`, or None} of this keyword.
    """
    if sum(len(alike) for way in sought(text) for alike in way) == 1:
        for (kind, *_word), found in memo.items():
            if found and found.enough:
                return kind, found.enough
    return None, []


def paths_to(kind, target):
    """Return the columns by which rows of a kind are found through those of another.

    A kind itself is found by its ids.
    """
    if kind is target:
        return ["pk"]
    paths = kind.found_through
    return [
        path for path in paths if kind._meta.get_field(path).related_model is target
    ]
