"""Pages of lists of any length.

The order of a long list is an index, walked from a row or from the nearer end. A
page is found by its ids, then its rows are read. A total is counted as far as is
cheap. Nobody waits for a number or for rows that they do not see.
"""

from django.core.paginator import EmptyPage, Page, Paginator

#: In lists up to here nothing is won by finding the ids of a page before its rows.
SHORT = 500
#: So many rows are passed without looking for a nearer milestone.
NEAR = 2000


class ListPage(Page):
    """One page of a list; the next and the previous one begin at its rows."""

    paginator: "Pages"

    def __init__(self, rows, number, pages, *, more):
        super().__init__(rows, number, pages)
        self.more = more

    def has_next(self):
        """Say whether any row follows."""
        return self.more

    def keys_of_neighbour(self, step):
        """Return the keys of the address of the next (1) or previous (-1) page."""
        order, rows = self.paginator.order, self.object_list
        keys = {"page": self.number + step}
        if order.walked and rows and keys["page"] > 1:
            key, row = ("after", rows[-1]) if step > 0 else ("before", rows[0])
            keys[key] = order.place_text(row)
        return keys


class Pages(Paginator):
    """The pages of a list.

    Args:
        rows: a queryset with all that the rows are to show, in no order.
        places: the same rows without it, to find ids in; `rows` if there is none.
        named: all rows there are with all that they are to show, to read those of a
            page from: the query of its ids says already which one may see. `rows` if
            there is none.
        order: the Order of the list.
        per_page: rows of a page.
        total: the Total of the rows.
        ids: the query of the ids of the page that is asked for and of the row after
            it, if they are known.
        landing: a function from the number of rows before a page to the Landing that
            is next to it (`crm.models.milestones`), or None.
    """

    def __init__(
        self,
        rows,
        order,
        per_page,
        total,
        *,
        places=None,
        named=None,
        ids=None,
        landing=None,
    ):
        super().__init__(rows, per_page)
        self.order, self.total, self.ids = order, total, ids
        self.landing = landing
        self.places = rows if places is None else places
        self.named = rows if named is None else named

    def _check_object_list_is_ordered(self):
        """Be content: the order comes with each page."""

    @property
    def count(self):
        """How many rows there are for certain."""
        return self.total.number

    @property
    def is_short(self):
        """Whether rows are read in order at once; union queries are only that way."""
        few = self.total.exact and self.count <= SHORT
        return few or not self.order.walked

    def empty(self):
        """Return a page without rows, to stand beside an error."""
        return ListPage([], 1, self, more=False)

    def links(self, page):
        """Return the numbers of pages to link to, None for a gap."""
        last = max(self.num_pages, page.number + page.has_next())
        shown = Paginator(range(last), 1)
        elided = shown.get_elided_page_range(page.number, on_each_side=2)
        return [number if isinstance(number, int) else None for number in elided]

    def page(self, number, *, after=None, before=None):
        """Return a page by its number or, better, by the place of a row beside it.

        Raises:
            EmptyPage: there is no such page.
        """
        if self.total.exact and number > self.num_pages:
            raise EmptyPage
        start, size = (number - 1) * self.per_page, self.per_page
        if self.ids is not None:
            rows = self._read(self.ids.order_by(*self.order.keys))
            return ListPage(rows[:size], number, self, more=len(rows) > size)
        order = self.order
        rows = self.object_list if self.is_short else self.places
        if before is not None:
            zones = order.beyond(rows, before, backwards=True)
            return ListPage(self._take(zones, 0, size)[::-1], number, self, more=True)
        if after is not None:
            zones, start = order.beyond(rows, after), 0
        elif landed := self._landed(rows, start):
            zones, start = landed
        elif self.total.exact and order.walked and start > self.count / 2:
            return self._from_the_end(number, start)
        else:
            zones = order.zones(rows)
        found = self._take(zones, start, size + 1)
        if not found and number > 1:
            raise EmptyPage
        return ListPage(found[:size], number, self, more=len(found) > size)

    def _landed(self, rows, start):
        """Return the zones from the last milestone before a page, and what is left.

        None where either end is near, and where there is no milestone.
        """
        is_far = NEAR < start < self.count - NEAR
        landing = self.landing(start) if is_far and self.landing else None
        if landing is None:
            return None
        first, *others = self.order.zones(rows)[landing.zone :]
        return [first.filter(landing.condition), *others], start - landing.passed

    def _from_the_end(self, number, start):
        """Return a page of the second half: the way from the end is shorter."""
        stop = self.count - start
        first = max(stop - self.per_page, 0)
        rows = self.object_list if self.is_short else self.places
        zones = self.order.zones(rows, backwards=True)
        found = self._take(zones, first, stop - first)[::-1]
        return ListPage(found, number, self, more=first > 0)

    def _take(self, zones, start, size):
        """Return so many rows from the zones, one after the other."""
        found = []
        for zone in zones:
            piece = self._rows(zone, start, size - len(found))
            found += piece
            if len(found) == size:
                break
            start = 0 if piece or not start else start - zone.count()
        return found

    def _rows(self, zone, start, size):
        """Return rows of a zone: ids first, unless there are few rows in all."""
        if self.is_short:
            return list(zone[start : start + size])
        return self._read(zone[start : start + size])

    def _read(self, places):
        """Return the rows at some places, in their order; the ids are found first."""
        found = self.named.filter(pk__in=places.values("pk"))
        return list(found.order_by(*places.query.order_by))
