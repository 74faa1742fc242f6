"""What the query string of a list asks for: conditions, order, page.

The first of three steps. A request becomes a `ListQuery`, which finds all that is wrong
with it; that a `Plan` (`crm.lists.plan`), which chooses the ways to the rows and to
their number; that a page (`crm.queries.paging`).
"""

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from crm.lists.filter_fields import PartFilter, TextFilter
from crm.models.list_settings import PAGE_SIZES
from crm.text import about

PAGE_SIZE = 25
#: More conditions than anybody reads; each costs a chip and a part of the query.
MOST_VALUES = 200
#: Keys that choose a page of the rows that the others select.
OF_A_PAGE = ("page", "after", "before", "total")
#: Keys that are no conditions. `base` names the view that an address started from.
KEYS = frozenset(("sort", "per_page", "column", "base", *OF_A_PAGE))
#: Stands for the number of the last page, which only the number of rows tells.
LAST = "last"


class Conditions:
    """Which rows are asked for.

    Args:
        request: the request.
        filterset_class: the conditions that the list knows.
        rows: a function that returns the rows they narrow.
        always: whether the list has no other way than by its conditions.
    """

    def __init__(self, request, filterset_class, rows, *, always=False):
        self.request, self.filterset_class = request, filterset_class
        self._rows, self._always = rows, always

    @cached_property
    def given(self):
        """The query string without keys that have no value: they say nothing."""
        given = self.request.GET.copy()
        for key, values in self.request.GET.lists():
            given.setlist(key, list(filter(None, values)))
        return given

    @cached_property
    def are_too_many(self):
        """Whether there are more values than a list takes."""
        return sum(len(values) for _key, values in self.given.lists()) > MOST_VALUES

    @cached_property
    def are_given(self):
        """Whether there is any condition; without one no form is needed."""
        if self._always:
            return True
        return not (self.are_too_many or KEYS.issuperset(self.request.GET))

    @cached_property
    def filterset(self):
        """The filters over the rows one may see."""
        data = self.given if self.are_given else {}  # no condition, no filter to copy
        return self.filterset_class(data, queryset=self._rows(), request=self.request)

    @property
    def rows(self):
        """The rows that meet all conditions, in no order."""
        return self.filterset.qs

    @property
    def are_valid(self):
        """Whether rows can be asked for."""
        return not self.are_given or self.filterset.is_valid()

    @property
    def errors(self):
        """What is wrong with them, in words."""
        found = []
        if self.are_too_many:
            found.append(_("Search by %s values at most.") % MOST_VALUES)
        if self.are_given:
            form = self.filterset.form
            for name in form.errors:
                label = form.fields[name].label
                found.extend(about(label, error) for error in form.errors[name])
            known = KEYS | set(self.filterset_class.base_filters)
            unknown = [key for key in self.request.GET if key not in known]
            found.extend(_("Unknown condition: %s") % key[:50] for key in unknown)
        return found

    @property
    def field_errors(self):
        """{name of a condition: what is wrong with it}."""
        return self.filterset.form.errors if self.are_given else {}

    @property
    def key(self):
        """What decides which rows there are: the conditions, and who asks."""
        asked = ((key, *values) for key, values in self.given.lists())
        chosen = frozenset(one for one in asked if one[0] not in KEYS)
        return self.request.path, chosen, self.request.user.rights.key

    @property
    def names(self):
        """The names of those that have a value."""
        return {key for key in self.given if self.given[key]} - KEYS

    @property
    def texts(self):
        """{column: the part of its text that is asked for}."""
        filters = self.filterset_class.base_filters
        return {
            name: self.given[name]
            for name in self.given
            if isinstance(filters.get(name), PartFilter)
        }

    @property
    def ask_for_text(self):
        """Whether rows are looked for by a text of any kind."""
        filters = self.filterset_class.base_filters
        return any(isinstance(filters.get(name), TextFilter) for name in self.given)


class ListQuery:
    """All that is asked for.

    Args:
        conditions: the Conditions.
        table: the columns, as chosen.
        kept: the ListSettings of the person.

    Attributes:
        sort, order: the order in force, as the query string says it, and as an Order;
            None if there is no such order.
        size: rows of a page, None if pages of that size are not offered.
        edge: {"after" or "before": the place of the row that the page follows or
            precedes}.
        is_exact: whether the rows are to be counted, however many they are.
        number: of the page; may be LAST. None if there is no such page.
        errors: what is wrong with all this, in words; then the list shows no rows.
    """

    def __init__(self, conditions, table, kept):
        given, asked = conditions.given, conditions.request.GET
        self.conditions = conditions
        self.is_sorted = bool(asked.get("sort"))
        self.sort = asked.get("sort") or table.default_sort
        self.order = table.ordering(self.sort)
        self.size = self._size(asked.get("per_page"), kept)
        self.edge = self._edge(given)
        self.is_exact = bool(given.get("total")) or given.get("page") == LAST
        self.number = self._number(asked.get("page") or "1")
        self.errors = [*conditions.errors, *self._errors(table)]

    @property
    def start(self):
        """How many rows come before the page; of one whose number is known."""
        return (self.number - 1) * self.size

    @staticmethod
    def _size(given, kept):
        if not given:
            return kept.per_page or PAGE_SIZE
        return {str(size): size for size in PAGE_SIZES}.get(given)

    def _edge(self, given):
        order = self.order if self.order and self.order.walked else None
        texts = {key: given.get(key) for key in ("after", "before")}
        return {key: order and order.place(text) for key, text in texts.items() if text}

    def _number(self, given):
        if given == LAST:
            return LAST if self.conditions.are_valid else None
        right = given.isascii() and given.isdigit() and len(given) < 10 and int(given)
        return int(given) if right else None

    def _errors(self, table):
        """Yield what is wrong with order, columns and page."""
        asked = self.conditions.request.GET
        if self.order is None:
            yield _("This list cannot be sorted by: %s") % self.sort[:50]
        names = set(table.columns.names())
        for name in asked.getlist("column"):
            if name not in names:
                yield _("Unknown column: %s") % name[:50]
        if self.size is None:
            yield _("A page cannot have that many rows.")
        if self.conditions.given.get("total", "exact") != "exact":
            yield _("Unknown condition: %s") % "total"
        if self.number is None or None in self.edge.values():
            yield _("There is no such page.")
