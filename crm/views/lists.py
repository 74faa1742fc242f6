"""The one machine behind every list: conditions, order, pages, all in the URL."""

from django.core.paginator import EmptyPage
from django.db import OperationalError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import ListView

from crm.addresses import own_place
from crm.display import text
from crm.lists.filters import PartFilter, TextFilter
from crm.lists.hits import Hits
from crm.lists.links import address_of
from crm.lists.tables import telling
from crm.models import ListSettings, milestones
from crm.models.list_settings import PAGE_SIZES
from crm.models.searching import Searched
from crm.queries.paging import MOST_COUNTED, ListPage, Pages, Total, counted, surveyed
from crm.queries.search import any_of
from crm.related import relations
from crm.rights.permissions import permission
from crm.running.faults import TOO_LONG, fault_of
from crm.text import about
from crm.views.conditions import condition_form
from crm.views.emptiness import nothing_in
from crm.views.first_page import first_page
from crm.views.pager import OF_A_PAGE, pager
from crm.views.records import PageMixin

PAGE_SIZE = 25
#: More conditions than anybody reads; each costs a chip and a part of the query.
MOST_VALUES = 200
#: Keys of the query string that are no conditions.
KEYS = frozenset(("sort", "page", "after", "before", "total", "per_page", "column"))


class ModelList(PageMixin, ListView):
    """A list page: `model`, `table_class`, `filterset_class` and a queryset."""

    action = "view"
    reads_from_replica = True
    suffix = "list"
    table_class = None
    filterset_class = None
    empty_hint = ""
    bulk_actions = ()
    #: Whether the person's own columns and page size hold; an export takes all.
    is_personal = True
    _found = None

    def get(self, request, *args, **kwargs):
        """Show the page; its rows are asked for by their place, not by a queryset."""
        if address := self._without_empty():
            return redirect(address)
        try:
            return self.render_to_response(self.get_context_data()).render()
        except OperationalError as error:
            if fault_of(error) is not TOO_LONG:
                raise
        return self._too_long_to_find()

    def _without_empty(self):
        """Return the address without its empty conditions, None if it has none.

        A browser without scripts sends them all; a program's own address is its own.
        """
        query = self.request.GET
        by_person = self.request.headers.get("Sec-Fetch-User") == "?1"
        if not by_person or not any("" in values for _key, values in query.lists()):
            return None
        said = urlencode([(k, v) for k, vs in self.given.lists() for v in vs])
        return f"{self.request.path}?{said}" if said else self.request.path

    def _too_long_to_find(self):
        """Return the page with its conditions and no rows: there was no time for them.

        Not `errors.append`: it may be that very list which could not be made.
        """
        self.errors = [_("There is too much to look through: narrow the conditions.")]
        response = self.render_to_response(self.get_context_data())
        response.status_code = TOO_LONG.status
        response.headers["Retry-After"] = str(TOO_LONG.wait)
        return response

    def rows(self):
        """Return the rows that the conditions narrow."""
        return super().get_queryset()

    def everything(self):
        """Return the rows that those which a page shows are read from."""
        return self.rows()

    @property
    def url(self):
        """The address of the list."""
        return reverse(f"{self.model._meta.model_name}_list")

    @cached_property
    def filterset(self):
        """The conditions of this request over the rows one may see."""
        data = self.given if self.searched else {}  # no condition, no filter to copy
        return self.filterset_class(data, queryset=self.rows(), request=self.request)

    @cached_property
    def given(self):
        """The query string without keys that have no value: they say nothing."""
        given = self.request.GET.copy()
        for key, values in self.request.GET.lists():
            given.setlist(key, list(filter(None, values)))
        return given

    @cached_property
    def searched(self):
        """Whether the address names any condition; without one no form is needed."""
        return not (self.too_much or KEYS.issuperset(self.request.GET))

    @cached_property
    def too_much(self):
        """Whether the address names more values than a list takes."""
        return sum(len(values) for _key, values in self.given.lists()) > MOST_VALUES

    @cached_property
    def kept(self):
        """How the person has set up this list; nothing kept where only rows count."""
        if not self.is_personal:
            return ListSettings()
        listing = self.request.resolver_match.url_name
        rows = ListSettings.objects.filter(person=self.request.user, listing=listing)
        return rows.first() or ListSettings()

    @cached_property
    def table(self):
        """The columns that the address chooses, else those that the person keeps."""
        known = self.table_class.base_columns
        kept = [name for name in self.kept.columns if name in known]
        names = self.request.GET.getlist("column") or kept
        table = self.table_class.choosing(names, self.request.user)
        table.said_above = self._said_above()
        return table

    def _said_above(self):
        """Return the columns of the record on whose page the list is shown, a tab."""
        page = own_place(self.request.headers.get("HX-Current-URL", "")[:2000])
        of_kind = relations(self.model)
        return [
            name
            for name in self.given.keys() & of_kind.keys()
            if page.partition("?")[0]
            == f"{address_of(of_kind[name].related_model)}{self.given[name]}/"
            and len(self.given.getlist(name)) == 1
        ]

    @cached_property
    def sort(self):
        """The order asked for; the list's usual one if none is."""
        return self.request.GET.get("sort") or self.table.default_sort

    @cached_property
    def errors(self):
        """What is wrong with the address, in words; then the list shows no rows."""
        found = []
        if self.too_much:
            found.append(_("Search by %s values at most.") % MOST_VALUES)
        if self.searched:
            form = self.filterset.form
            for name in form.errors:
                label = form.fields[name].label
                found.extend(about(label, error) for error in form.errors[name])
            known = KEYS | set(self.filterset_class.base_filters)
            unknown = [key for key in self.request.GET if key not in known]
            found.extend(_("Unknown condition: %s") % key[:50] for key in unknown)
        if self.order is None:
            found.append(_("This list cannot be sorted by: %s") % self.sort[:50])
        names = set(self.table.columns.names())
        chosen = self.request.GET.getlist("column")
        found.extend(_("Unknown column: %s") % c[:50] for c in chosen if c not in names)
        if self.per_page is None:
            found.append(_("A page cannot have that many rows."))
        if self.given.get("total", "exact") != "exact":
            found.append(_("Unknown condition: %s") % "total")
        if self._page_number is None or None in self._beside.values():
            found.append(_("There is no such page."))
        return found or self._too_long()

    def _too_long(self):
        """Return what is wrong with sorting very many rows by what has no index."""
        if self.order.walked or not self.request.GET.get("sort"):
            return []
        if self.total.exact and self.total.number <= MOST_COUNTED:
            return []
        column = self.table.columns[self.sort.removeprefix("-")].header
        said = _("More than %(n)s records cannot be sorted by %(column)s: narrow them.")
        return [said % {"n": f"{MOST_COUNTED:,}", "column": column}]

    @cached_property
    def order(self):
        """The Order asked for, or None if there is none."""
        return self.table.ordering(self.sort)

    @cached_property
    def total(self):
        """The Total of the rows; exact where that is asked for or cheap."""
        rows = self.filterset.qs
        known = self.known_total()
        asked = self.given.get("total") or self.given.get("page") == "last"
        if known is not None and (
            asked or not self.searched or known.number > MOST_COUNTED
        ):
            return known
        if asked:
            return Total(rows.order_by().count())
        if not self.order.walked or self.order.path == "pk" or self._beside:
            return counted(rows, self._conditions)
        size = self.per_page
        start = (self._page_number - 1) * size
        total, self._found = surveyed(
            rows, self.order, start, size + 1, self._conditions, sampled=self._sampled
        )
        return total

    @property
    def _sampled(self):
        """Whether rows are looked for by a text of which a sample has an index."""
        kinds = self.filterset_class.base_filters
        by_text = any(isinstance(kinds.get(name), TextFilter) for name in self.given)
        return by_text and issubclass(self.model, Searched) and self.model.is_sampled

    @property
    def _conditions(self):
        """What decides which rows there are: the conditions, and who asks."""
        asked = ((key, *values) for key, values in self.given.lists())
        chosen = frozenset(one for one in asked if one[0] not in KEYS)
        return self.request.path, chosen, self.request.user.rights.key

    def known_total(self):
        """Return the Total of the rows if it need not be counted, else None."""

    def landing(self, start):
        """Return the Landing before a row of all, if this list has milestones."""

    def drawn(self, rows):
        """Return rows with all that the columns show."""
        return rows

    def get_queryset(self):
        """Return the rows that all conditions select, in the order asked for."""
        if self.errors:
            return self.rows().none()
        return self.drawn(self.filterset.qs).order_by(*self.order.keys)

    @cached_property
    def per_page(self):
        """Rows of a page; None if the address asks for a size there is not."""
        given = self.request.GET.get("per_page")
        if not given:
            return self.kept.per_page or PAGE_SIZE
        sizes = {str(size): size for size in PAGE_SIZES}
        return sizes.get(given)

    @cached_property
    def _page_number(self):
        given = self.request.GET.get("page") or "1"
        if given == "last" and (not self.searched or self.filterset.is_valid()):
            return max(1, -(-self.total.number // (self.per_page or PAGE_SIZE)))
        right = given.isascii() and given.isdigit() and len(given) < 10 and int(given)
        return int(given) if right else None

    @cached_property
    def _beside(self):
        """The place of the row that the page begins after or ends before."""
        given = {key: self.given.get(key) for key in ("after", "before")}
        order = self.order if self.order and self.order.walked else None
        return {key: order and order.place(text) for key, text in given.items() if text}

    def pages(self):
        """Return the pages of the list, and the one asked for."""
        if self.errors:
            pages = Pages((), self.order, PAGE_SIZE, Total(0))
            return pages, pages.empty()
        rows, size = self.get_queryset().order_by(), self.per_page
        total = self.total  # may find the page while it counts
        found = None
        if self._found is not None:  # asked for once more: may one see them still
            found = self.rows().filter(any_of("pk", self._found))
        pages = Pages(
            rows,
            self.order,
            size,
            total,
            places=self.filterset.qs.order_by(),
            named=self.drawn(self.everything()).order_by(),
            found=found,
            landing=None if self.searched else self.landing,
        )
        try:
            return pages, pages.page(self._page_number, **self._beside)
        except EmptyPage:
            self.errors.append(_("There is no such page."))
            return pages, pages.empty()

    def get_context_data(self, **context):
        """Add everything that the list template draws."""
        pages, page = self.pages()
        if not pages.total.exact or pages.count > MOST_COUNTED:
            self.table.hold_long()
        self.table.hits = self.hits()
        sort_by, match = (
            self.address_without("sort", *OF_A_PAGE),
            self.request.resolver_match,
        )
        return {
            "view": self,
            "table": self.table,
            "headings": self.table.headings(self.sort, page.object_list and sort_by),
            "lines": self.table.lines(page.object_list),
            "page_obj": page,
            "pager": pager(self.request, page, pages.links(page)),
            "per_page": self.per_page or PAGE_SIZE,
            "per_page_choices": PAGE_SIZES,
            "total": pages.count,
            "total_text": pages.total.text,
            "total_exact": pages.total.exact,
            "errors": self.errors,
            "sort": self.sort,
            "chips": self.chips(),
            "list_title": self.model._meta.verbose_name_plural,
            "list_kind": self.model._meta.model_name,
            "nothing": SimpleLazyObject(lambda: nothing_in(self)),
            "bulk_actions": self.bulk_actions,
            "settings_url": reverse("list_settings", args=[match.url_name]),
            "chosen_columns": list(self.table.chosen) or None,
            "query_items": [
                (key, value)
                for key, values in self.request.GET.lists()
                for value in values
            ],
            "condition_form": condition_form(self),
            **self.addresses,
            **context,
        }

    def address_without(self, *keys):
        """Return the page's address without some keys, ready for `keys[0]`'s value."""
        kept = self.request.GET.copy()
        for key in keys:
            kept.pop(key, None)
        return f"{self.request.path}?{kept.urlencode()}{'&' * bool(kept)}{keys[0]}="

    @cached_property
    def addresses(self):
        """Return the addresses of what the person may do with this list."""
        user, base = self.request.user, self.url
        found = {}
        for action, address in (
            ("add", f"{base}add/"),
            ("import", f"{base}import/"),
            ("export", f"{base}export/"),
        ):
            allowed = user.has_perm(permission(action, self.model))
            found[f"{action}_url"] = address if allowed else None
        return found

    def hits(self):
        """Return what texts the rows were looked for by, None if by none."""
        if not self.searched or not issubclass(self.model, Searched):
            return None
        kinds = self.filterset_class.base_filters
        asked = {
            name: self.given[name]
            for name in self.given
            if isinstance(kinds.get(name), PartFilter)
        }
        return Hits(self.given.get("q", ""), self.request.user, asked)

    def chips(self):
        """Return [{label, value, remove_url}] of the conditions in force."""
        if not self.searched:
            return []
        found, form = [], self.filterset.form
        for name, field in form.fields.items():
            for raw in self.request.GET.getlist(name):
                if not raw:
                    continue
                rest = self.request.GET.copy()
                rest.setlist(name, [v for v in rest.getlist(name) if v != raw])
                for key in OF_A_PAGE:
                    rest.pop(key, None)
                found.append(
                    {
                        "label": field.label,
                        "value": self._chip_text(form, name, raw),
                        "remove_url": f"?{rest.urlencode()}",
                    }
                )
        return found

    def _chip_text(self, form, name, raw):
        """Return a condition's value in words."""
        value = form.cleaned_data.get(name) if form.is_valid() else None
        if hasattr(value, "__iter__") and not isinstance(value, str):
            for one in value:
                if str(getattr(one, "pk", one)) == raw and hasattr(one, "pk"):
                    return str(one)
        choices = getattr(form.fields[name], "choices", None)
        if choices is not None and not hasattr(form.fields[name], "show"):
            return next((str(v) for k, v in choices if str(k) == raw), raw)
        return text(value) if value not in (None, "") and not choices else raw


class RecordList(ModelList):
    """A list of business records: those that one may see.

    `names` says of columns that show a related row by which path its name is found;
    of other relations the row itself is read along.
    """

    names = {}

    @cached_property
    def shown(self):
        """The names of the columns that are drawn."""
        return {column.name for column in self.table.shown}

    def pages(self):
        """Open the first page of everything the short way."""
        rows = self._first_page()
        if rows is None:
            pages, page = super().pages()
            page.object_list = list(page.object_list)
        else:
            size = self.per_page
            pages = Pages((), self.order, size, self.total)
            page = ListPage(rows[:size], 1, pages, more=len(rows) > size)
        self.table.learn(page.object_list)
        return pages, page

    def _first_page(self):
        """Return the first rows of everything, or None if that is not asked for."""
        if self.searched or self.errors or self.queryset is not None:
            return None
        first = self._page_number == 1 and not self._beside and self.order.walked
        if not first or self._read_along:
            return None
        user, size = self.request.user, self.per_page
        return first_page(self.model, user, self.order, size + 1, self._shown_names)

    @property
    def _shown_names(self):
        """The paths of `names` that the columns drawn need."""
        return {name: self.names[name] for name in self.shown & set(self.names)}

    @property
    def _read_along(self):
        """The relations whose rows are read whole for their names."""
        return set(self.table.shown_relations) - set(self.names)

    def drawn(self, rows):
        """Bring along the names of related rows that the columns show."""
        rows = telling(super().drawn(rows), **self._shown_names)
        along = self._read_along
        return rows.select_related(*along) if along else rows

    def everything(self):
        """Return all rows: which of them one may see says the query of their ids."""
        return super().rows()

    def rows(self):
        """Return the rows on which the person may do this."""
        return super().rows().visibility(self.request.user, self.action).in_order()

    @property
    def _sampled(self):
        """Whether the person sees so many rows, too, that a sample tells anything."""
        visibility = self.model.objects.visibility(self.request.user, self.action)
        return super()._sampled and not visibility.are_few

    def landing(self, start):
        """Return the Landing before a row of all that the person sees."""
        rows, user = super().rows(), self.request.user
        return milestones.landing(rows, user, self.action, self.order, start)

    def known_total(self):
        """Add up the kept numbers, if this kind has any and no other condition is set.

        They are kept by state: a condition on that alone need not be counted either.
        """
        state, states = self.model.tally_state, None
        if not self.model.is_tallied():
            return None
        if self.searched:
            if {key for key in self.given if self.given[key]} - KEYS != {state}:
                return None
            states = self.given.getlist(state)
        visibility = self.model.objects.visibility(self.request.user, self.action)
        total = visibility.total(states)
        return Total(total)
