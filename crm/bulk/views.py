"""The pages of bulk actions: choosing rows, looking at what it means, confirming."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_safe,
)
from django.views.generic import View

from crm.addresses import only_sent_to
from crm.bulk import work
from crm.bulk.choosing import choose
from crm.bulk.deeds import deed_of
from crm.bulk.forms import FORMS, FieldForm, ValueForm, can_be_empty, editable
from crm.bulk.models import BulkAction
from crm.bulk.showing import outcome_of, overwritten, preview_of, said
from crm.forms.records import posted
from crm.jobs.models import Job, standing
from crm.lists.deeds import deeds_of
from crm.models.list_settings import PAGE_SIZES
from crm.papers.runs import start
from crm.views.conflict import is_stale, stale_page
from crm.views.lists import listing_at
from crm.views.records import PageMixin
from crm.views.verbs import refused_page

#: Rows that can be ticked: those of the largest page.
MOST_TICKED = PAGE_SIZES[-1]
ACTS = {"transfer", "edit", "export", "papers", "team"}
#: What of a form that chooses rows is no condition of their list.
NOT_CONDITIONS = frozenset(
    ("csrfmiddlewaretoken", "ids", "all", "action", "version", "format", "per_page")
)
#: Actions that the list of one's own shows.
ROWS = 50


class Choose(PageMixin, View):
    """POST: fix the rows that were ticked, or all that the conditions select."""

    model = None
    http_method_names = ("post", "options")

    def dispatch(self, request, *args, **kwargs):
        """Answer 405 to looking, whoever looks; only then ask for the right."""
        if request.method.lower() not in self.http_method_names:
            return self.http_method_not_allowed(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request):
        """Lead to the page that says what it means."""
        act = request.POST.get("action", "")
        if act not in ACTS:
            return self.refuse(_("There is no such action: %s") % act[:20], 422)
        if act not in dict(deeds_of(request.user, self.model)):
            raise PermissionDenied
        if not (self.takes_all or self.ids):
            return self.refuse(_("Nothing was chosen."), 422)
        if self.takes_all and self.listing.query.errors:
            return self.refuse(" ".join(self.listing.query.errors), 400)
        rows = self.rows()
        if not rows.order_by().exists():
            return self.refuse(_("None of this is there."), 404)
        if act == "export":
            return redirect(self.export_url())
        try:
            return redirect(self.begun(act, rows))
        except ValidationError as error:
            return self.refuse(" ".join(error.messages), 422)

    def begun(self, act, rows):
        """Begin what was asked for with some rows; return what has a page of it."""
        if act == "papers":
            return self.papers_of(rows)
        return choose(rows, act, by=self.request.user)

    def papers_of(self, rows):
        """Have the first paper of each row set in the background; return the run."""
        user = self.request.user
        paper = import_string(self.model.papers[0])
        return start(paper, rows.visible_to(user, "export"), by=user)

    def refuse(self, reason, status):
        """Answer that nothing was done, and why."""
        context = {
            "reasons": [reason],
            "status": status,
            "back_url": self.model.page("list"),
        }
        return render(self.request, "generic/refused.html", context, status=status)

    @property
    def takes_all(self):
        """Whether all rows are meant that the conditions select."""
        return self.request.POST.get("all") == "1"

    @property
    def ids(self):
        """The ids of the ticked rows."""
        texts = dict.fromkeys(self.request.POST.getlist("ids"))
        ids = [int(t) for t in texts if t.isascii() and t.isdigit() and len(t) < 19]
        return ids[:MOST_TICKED]

    @property
    def given(self):
        """The conditions, of address and form together, as a QueryDict of its own."""
        given = QueryDict(mutable=True)
        for source in (self.request.GET, self.request.POST):
            for key, values in source.lists():
                if key not in NOT_CONDITIONS:
                    given.setlist(key, values)
        return given

    @property
    def listing(self):
        """The list that has these conditions."""
        return listing_at(self.model, self.request, self.given)

    def rows(self):
        """Return the chosen rows that the person sees."""
        if self.takes_all:
            return self.listing.conditions.rows
        return self.model.objects.visible_to(self.request.user).filter(pk__in=self.ids)

    def export_url(self):
        """Return the address of the file that has the chosen rows."""
        given = self.given
        if not self.takes_all:
            given = QueryDict(mutable=True)
            for key in ("sort", "column"):
                given.setlist(key, self.request.GET.getlist(key))
            given["ids"] = ",".join(map(str, self.ids))
        given["format"] = self.request.POST.get("format", "xlsx")
        address = reverse(f"{self.model._meta.model_name}_export")
        return f"{address}?{given.urlencode(safe=',')}"


def _own(request, pk):
    rows = BulkAction.objects.visible_to(request.user)
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",), no_key=True)
    return get_object_or_404(rows, pk=pk)


@require_safe
def actions(request):
    """Show one's newest bulk actions."""
    found = BulkAction.objects.visible_to(request.user)
    found = found.exclude(status=BulkAction.Status.PREPARED)[:ROWS]
    jobs = Job.objects.keyed([bulk.key for bulk in found if bulk.is_under_way])
    lines = [
        {
            "bulk": bulk,
            "state": standing(bulk.get_status_display(), jobs.get(bulk.key)),
            "until": bulk.undoable_until if bulk.is_undoable else None,
        }
        for bulk in found
    ]
    return render(request, "bulk/list.html", {"lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
def action(request, pk):
    """Show what it means, and do it; then how far it is and what became of it."""
    bulk = _own(request, pk)
    if bulk.status != BulkAction.Status.PREPARED:
        if request.method == "POST":
            return _done_already(request, bulk)
        return _outcome(request, bulk)
    deed_of(bulk, request.user)  # whoever has lost the right looks at it no more
    if request.method == "POST" and is_stale(request, bulk):
        return stale_page(request, bulk)
    form = _form(request, bulk)
    if request.method == "POST" and form.is_valid() and hasattr(form, "given"):
        try:
            work.confirm(bulk, form.given(), by=request.user)
        except ValidationError as error:
            return refused_page(request, bulk, error)
        return redirect(bulk)
    return _preview(request, bulk, form)


def _done_already(request, bulk):
    error = ValidationError(_("This was confirmed already."), code="conflict")
    return refused_page(request, bulk, error)


def _form(request, bulk):
    """Return the form that the action asks to be filled in."""
    given = {"bulk": bulk, "user": request.user}
    if bulk.act != BulkAction.Act.EDIT:
        return FORMS[bulk.act](posted(request), **given)
    asked = request.POST if request.method == "POST" else request.GET
    field = asked.get("field", "")
    if field in editable(bulk.model, request.user):
        return FORMS[bulk.act](posted(request), field=field, **given)
    return FieldForm(asked if "field" in asked else None, **given)


def _preview(request, bulk, form):
    """Return the page before anything is done; 422 for a form filled in wrongly."""
    context = {
        "object": bulk,
        "form": form,
        "asks_field": isinstance(form, FieldForm),
        "back_url": bulk.model.page("list"),
        "held": _held(bulk, form),
        **preview_of(bulk, request.user),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "bulk/preview.html", context, status=status)


def _held(bulk, form):
    """Return what a value would be written over, None where no column is ever empty."""
    if isinstance(form, ValueForm) and can_be_empty(form.column):
        return overwritten(bulk, form.name)
    return None


def _outcome(request, bulk):
    job = bulk.job if bulk.is_under_way else None
    context = {
        "object": bulk,
        "state": standing(bulk.get_status_display(), job),
        "groups": said(bulk, request.user),
        "back_url": bulk.model.page("list"),
        "may_undo": work.may_undo(bulk),
        **outcome_of(bulk, request.user),
    }
    return render(request, "bulk/outcome.html", context)


@only_sent_to
def undo(request, pk):
    """Take back what nobody has touched since."""
    bulk = _own(request, pk)
    if is_stale(request, bulk):
        return stale_page(request, bulk)
    try:
        work.undo(bulk, by=request.user)
    except ValidationError as error:
        return refused_page(request, bulk, error)
    if bulk.status == BulkAction.Status.UNDONE:
        messages.success(request, _("Undone: %s") % bulk)
    return redirect(bulk)
