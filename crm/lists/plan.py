"""Which ways lead to the rows of a list and to their number.

The second of three steps (`crm.lists.list_query`). The number is one of these, the
first that is right:

    kept      the ledger adds it up (`crm.models.kept_numbers`)
    exact     it was asked for: all rows are counted
    capped    counted as far as is cheap
    surveyed  the same, and the rows of the page found on the way

and the rows one of these:

    first     of all, along an index: by SQL that was made once (`crm.lists.first_page`)
    surveyed  found with the number
    walked    from the row beside the page, a milestone, or the nearer end
              (`crm.queries.paging`)
"""

from functools import partial

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from crm.lists.list_query import LAST
from crm.queries.ids import any_of
from crm.queries.paging import ListPage, Pages
from crm.queries.totals import MOST_COUNTED, Total, counted, surveyed


class Plan:
    """The ways of one request.

    Args:
        query: a ListQuery without errors.
        source: the Source of the rows.
        table: the columns.
    """

    def __init__(self, query, source, table):
        self.query, self.source, self.table = query, source, table
        self.conditions = query.conditions

    @property
    def errors(self):
        """What is wrong with sorting very many rows by what has no index."""
        query = self.query
        if query.order.walked or not query.is_sorted:
            return []
        if self.total.exact and self.total.number <= MOST_COUNTED:
            return []
        column = self.table.columns[query.sort.removeprefix("-")].header
        said = _("More than %(n)s records cannot be sorted by %(column)s: narrow them.")
        return [said % {"n": f"{MOST_COUNTED:,}", "column": column}]

    @property
    def total(self):
        """The Total of the rows."""
        return self._numbered[0]

    @cached_property
    def _numbered(self):
        """The Total, and the ids of the page if they were found on the way."""
        query, rows = self.query, self.conditions.rows
        kept = self.source.total(self.conditions)
        if kept is not None and (
            query.is_exact
            or not self.conditions.are_given
            or kept.number > MOST_COUNTED
        ):
            return kept, None
        if query.is_exact:
            return Total(rows.order_by().count()), None
        key, order = self.conditions.key, query.order
        if not order.walked or order.path == "pk" or query.edge:
            return counted(rows, key), None
        sampled = self.conditions.ask_for_text and self.source.is_sampled
        size = query.size + 1
        return surveyed(rows, order, query.start, size, key, sampled=sampled)

    @cached_property
    def order(self):
        """The Order of the query, for few rows where there are few."""
        order = self.query.order
        if order.walked and self.source.gathers(self.total):
            return order.gathered()
        return order

    @property
    def number(self):
        """The number of the page."""
        if self.query.number != LAST:
            return self.query.number
        return max(1, -(-self.total.number // self.query.size))

    def rows(self):
        """Return the rows that all conditions select, in the order asked for."""
        return self.source.drawn(self.conditions.rows).order_by(*self.query.order.keys)

    def page(self):
        """Return the page; its `paginator` are the Pages of the list.

        Raises:
            EmptyPage: there is no such page.
        """
        query, size = self.query, self.query.size
        if self._is_plain:
            rows = self.source.first_rows(self.order, size + 1)
            if rows is not None:
                pages = Pages((), self.order, size, self.total)
                return ListPage(rows[:size], 1, pages, more=len(rows) > size)
        return self.pages.page(self.number, **query.edge)

    @property
    def _is_plain(self):
        """Whether this is the first page of everything, along an index."""
        first = self.number == 1 and not self.query.edge
        return first and self.query.order.walked and not self.conditions.are_given

    @cached_property
    def pages(self):
        """The Pages of the list."""
        source, order = self.source, self.order
        total, ids = self._numbered
        found = None
        if ids is not None:  # asked for once more: may one see them still
            found = source.rows().filter(any_of("pk", ids))
        return Pages(
            self.rows().order_by(),
            order,
            self.query.size,
            total,
            places=self.conditions.rows.order_by(),
            named=source.drawn(source.everything()).order_by(),
            ids=found,
            landing=None
            if self.conditions.are_given
            else partial(source.landing, order),
        )
