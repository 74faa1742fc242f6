"""Where the rows of a list come from, and what is known of them beforehand."""

from functools import cache

from django.utils.functional import cached_property

from crm.lists.first_page import first_page
from crm.lists.tables import telling
from crm.models import milestones
from crm.queries.totals import Total
from crm.rights.roles import Reach

#: So many rows of somebody's reach cost less to sort than to be met in an index: who
#: sees the rows of many people meets them more often.
MOST_GATHERED = {reach: 2_000 for reach in Reach if reach != Reach.ALL}
MOST_GATHERED[Reach.OWN] = 10_000


class Source:
    """Any rows: all there is to know of them is found by asking.

    Args:
        everything: a function that returns them; those of a page are read from there,
            once it is known which they are.
    """

    def __init__(self, everything):
        self.everything = everything

    def rows(self):
        """Return the rows that conditions narrow."""
        return self.everything()

    @property
    def is_sampled(self):
        """Whether a sample of them tells that a text is found in very many."""
        return False

    def gathers(self, total):
        """Say whether so many of them are gathered and sorted, no index walked."""
        return False

    def drawn(self, rows):
        """Return rows with all that the columns show."""
        return rows

    def total(self, conditions):
        """Return the Total of the rows if it need not be counted, else None."""

    def first_rows(self, order, size):
        """Return the first rows of all if there is a short way to them, else None."""

    def landing(self, order, start):
        """Return the Landing before a row of all, if this list has milestones."""


class RecordSource(Source):
    """The records that a person sees.

    Args:
        queryset: a function that returns all records of the kind.
        user: who looks.
        action: what the person may do to them.
        table: the columns. Of a related row that they show the name is read along, or
            the row itself where its kind has no `name_field`.
        is_own: whether the kind's page says itself what is read along.
    """

    def __init__(self, queryset, user, action, table, *, is_own=False):
        super().__init__(queryset)
        self.user, self.action = user, action
        self.table, self.is_own = table, is_own

    @cached_property
    def model(self):
        """The kind of record."""
        return self.everything().model

    def _visibility(self, rows):
        return rows.visibility(self.user, self.action)

    def rows(self):
        """Return the rows on which the person may do this."""
        return self._visibility(self.everything()).in_order()

    @property
    def is_sampled(self):
        """Whether a sample has indexes, and the person so many rows that it tells."""
        if not self.model.is_sampled:
            return False
        return not self._visibility(self.model.objects).are_few

    def gathers(self, total):
        """Say so of few among the many that others see."""
        reach = self._visibility(self.model.objects).reach
        return total.exact and total.number <= MOST_GATHERED.get(reach, 0)

    @property
    def _shown_names(self):
        """{relation: path of the name} of what the columns drawn name."""
        shown = {column.name for column in self.table.shown}
        paths = _names(self.model).items()
        return {name: path for name, path in paths if name in shown}

    @property
    def _read_along(self):
        """The relations whose rows are read whole for their names."""
        return set(self.table.shown_relations) - _names(self.model).keys()

    def drawn(self, rows):
        """Bring along the names of related rows that the columns show."""
        rows = telling(rows, **self._shown_names)
        along = self._read_along
        return rows.select_related(*along) if along else rows

    def total(self, conditions):
        """Add up the kept numbers, if this kind has any and no other condition is set.

        They are kept by state: a condition on that alone need not be counted either.
        """
        state, states = self.model.tally_state, None
        if not self.model.is_tallied():
            return None
        if conditions.are_given:
            if conditions.names != {state}:
                return None
            states = conditions.given.getlist(state)
        return Total(self._visibility(self.model.objects).total(states))

    def first_rows(self, order, size):
        """Return the first rows of all by SQL that was made once, or None."""
        if self.is_own or self._read_along:
            return None
        return first_page(self.model, self.user, order, size, self._shown_names)

    def landing(self, order, start):
        """Return the Landing before a row of all that the person sees."""
        rows = self.everything()
        return milestones.landing(rows, self.user, self.action, order, start)


@cache
def _names(model):
    """Return {relation: path of the name} of a kind, where that is one column."""
    called = {
        field.name: getattr(field.related_model, "name_field", "")
        for field in model._meta.concrete_fields
        if field.many_to_one
    }
    return {name: f"{name}__{column}" for name, column in called.items() if column}
