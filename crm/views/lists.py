"""The one machine behind every list: a view says whose rows, which columns and which
conditions; the address says the rest.

A request becomes a `ListQuery` (conditions, order, page, and all that is wrong with
them), that a `Plan` (which ways to the rows and to their number), that a page.

django-tables2 has the columns: which there are, what they are called, whether and by
what they sort; django-filter has the conditions and their form. Orders, numbers, pages
and the HTML of cells are ours (`crm.lists`, `crm.queries.paging`): theirs sort, count
and pass all rows, where an index has them in order, and draw a cell ten times as long.
"""

from copy import copy

from django.core.paginator import EmptyPage
from django.db import OperationalError
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import ListView

from crm.addresses import own_place
from crm.kinds import follow_up_at
from crm.lists.chips import chips
from crm.lists.deeds import deeds_of, typed_in
from crm.lists.hits import Hits
from crm.lists.links import address_of
from crm.lists.list_query import OF_A_PAGE, PAGE_SIZE, Conditions, ListQuery
from crm.lists.plan import Plan
from crm.lists.sources import RecordSource, Source
from crm.lists.sums import sums_of
from crm.models.list_settings import PAGE_SIZES
from crm.models.searching import Searched
from crm.queries.paging import Pages
from crm.queries.totals import MOST_COUNTED, Total
from crm.related import relations
from crm.running.faults import TOO_LONG, fault_of
from crm.views.addresses import AddressesMixin
from crm.views.conditions import condition_form
from crm.views.emptiness import nothing_in
from crm.views.pager import pager
from crm.views.personal import PersonalMixin
from crm.views.records import PageMixin


class ModelList(PersonalMixin, AddressesMixin, PageMixin, ListView):
    """A list page: `model`, `table_class`, `filterset_class` and a queryset."""

    action = "view"
    reads_from_replica = True
    suffix = "list"
    table_class = None
    filterset_class = None
    empty_hint = ""
    #: What the list is called, if not as its rows are.
    title = None
    #: Whether rows are found by their conditions alone, as those of several kinds.
    always_searched = False

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
        given = self.conditions.given
        said = urlencode([(k, v) for k, vs in given.lists() for v in vs])
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

    @property
    def url(self):
        """The address of the list."""
        return reverse(f"{self.model._meta.model_name}_list")

    def rows(self):
        """Return the rows that the conditions narrow."""
        return super().get_queryset()

    @cached_property
    def source(self):
        """Where the rows come from."""
        return Source(self.rows)

    @cached_property
    def conditions(self):
        """The Conditions of this request, over the rows one may see."""
        return Conditions(
            self.request,
            self.filterset_class,
            self.rows,
            always=self.always_searched,
        )

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
        of_kind, given = relations(self.model), self.conditions.given
        return [
            name
            for name in given.keys() & of_kind.keys()
            if page.partition("?")[0]
            == f"{address_of(of_kind[name].related_model)}{given[name]}/"
            and len(given.getlist(name)) == 1
        ]

    @cached_property
    def query(self):
        """All that the address asks for."""
        return ListQuery(self.conditions, self.table, self.kept)

    @cached_property
    def plan(self):
        """The ways to what it asks for, if nothing is wrong with it."""
        return Plan(self.query, self.source, self.table)

    @cached_property
    def errors(self):
        """What is wrong with the address, in words; then the list shows no rows."""
        return [*self.view_errors, *self.query.errors] or self.plan.errors

    def get_queryset(self):
        """Return the rows that all conditions select, in the order asked for."""
        return self.rows().none() if self.errors else self.plan.rows()

    def page(self):
        """Return the page asked for; an empty one where anything is wrong."""
        if self.errors:
            return Pages((), self.query.order, PAGE_SIZE, Total(0)).empty()
        try:
            return self.plan.page()
        except EmptyPage:
            self.errors.append(_("There is no such page."))
            return self.plan.pages.empty()

    def get_context_data(self, **context):
        """Add everything that the list template draws."""
        page = self.page()
        pages, sort = page.paginator, self.query.sort
        if not pages.total.exact or pages.count > MOST_COUNTED:
            self.table.hold_long()
        self.table.hits, self.table.is_ticked = self.hits(), bool(self.deeds)
        sort_by = page.object_list and self.address_without("sort", *OF_A_PAGE)
        return {
            "view": self,
            "table": self.table,
            "headings": [*self.table.headings(sort, sort_by)],
            "orders": self.table.orders(sort) if page.object_list else (),
            "lines": self.table.lines(page.object_list),
            "page_obj": page,
            "pager": pager(self.request, page, pages.links(page)),
            "per_page": self.query.size or PAGE_SIZE,
            "per_page_choices": PAGE_SIZES,
            "total": pages.count,
            "total_text": pages.total.text,
            "total_exact": pages.total.exact,
            "sums": sums_of(self.table, self.conditions, pages.total),
            "errors": self.errors,
            "field_errors": self.conditions.field_errors,
            "sort": sort,
            "chips": self.chips(),
            "list_title": self.title or self.model._meta.verbose_name_plural,
            "list_kind": self.model._meta.model_name,
            "nothing": SimpleLazyObject(lambda: nothing_in(self)),
            "deeds": self.deeds,
            "bulk_url": self.bulk_url,
            "follow_up": self.follow_up,
            "typed": self.typed,
            "chosen_columns": list(self.table.chosen) or None,
            "query_items": self.query_items,
            "condition_form": condition_form(self),
            **self.addresses,
            **self.personal(),
            **context,
        }

    @property
    def deeds(self):
        """What may be done to many rows at once: none to what is no record."""
        return ()

    @property
    def follow_up(self):
        """Where one writes of a talk with a row, but for its number; None for none."""
        return None

    @property
    def typed(self):
        """The columns drawn whose fields may be changed in the list."""
        return ()

    @property
    def bulk_url(self):
        """The address of what is done to many rows, with the conditions of the list."""
        given = self.request.GET.copy()
        for key in ("per_page", *OF_A_PAGE):
            given.pop(key, None)
        return f"{self.url}bulk/?{given.urlencode()}"

    def hits(self):
        """Return what texts the rows were looked for by, None if by none."""
        conditions = self.conditions
        if not conditions.are_given or not issubclass(self.model, Searched):
            return None
        text = conditions.given.get("q", "")
        return Hits(text, self.request.user, conditions.texts)

    def chips(self):
        """Return the conditions in force in words."""
        return chips(self.conditions)


def listing_at(model, request, given):
    """Return the view of a kind's list, as if its page had been asked for.

    All columns and sizes are those of the address, none the person's own.

    Args:
        model: the kind.
        request: whose list it is.
        given: the query string, as a QueryDict of its own.
    """
    asked, address = copy(request), model.page("list")
    asked.GET, asked.path, asked.path_info = given, address, address
    for key in OF_A_PAGE:
        given.pop(key, None)
    page = resolve(address).func
    view = page.view_class(**page.view_initkwargs)
    view.is_personal = False
    view.setup(asked)
    return view


class RecordList(ModelList):
    """A list of business records: those that one may see."""

    source_class = RecordSource

    @cached_property
    def source(self):
        """The records one may see, with what the columns show."""
        return self.source_class(
            super().rows,
            self.request.user,
            self.action,
            self.table,
            is_own=self.queryset is not None,
        )

    def rows(self):
        """Return the rows on which the person may do this."""
        return self.source.rows()

    @property
    def deeds(self):
        """[(act, label)] of what the person may do to many rows at once."""
        return deeds_of(self.request.user, self.model)

    @property
    def follow_up(self):
        """Where one writes of a talk with a row, but for its number; None for none."""
        return follow_up_at(self.model, self.request.user)

    @property
    def typed(self):
        """The columns drawn whose fields may be changed in the list."""
        return typed_in(self.request.user, self.table)

    def page(self):
        """Read the page, and which related rows its cells may lead to."""
        page = super().page()
        page.object_list = list(page.object_list)
        self.table.learn(page.object_list)
        return page
