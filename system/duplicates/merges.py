"""The merges: what became one, and the way back within 30 days."""

from collections import defaultdict

import django_tables2 as tables
from django.apps import apps
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import View

from crm.display import moment_text, text
from crm.duplicates import work
from crm.duplicates.models import Merge, mergeable
from crm.history.entries import UNSEEN
from crm.lists.filter_fields import ChoicesFilter
from crm.lists.filters import ModelFilter
from crm.lists.tables import RecordTable
from crm.related import rows_for
from crm.views import ModelList
from system.duplicates.access import MergersMixin, named, undo_button
from system.duplicates.pairs import kind_choices

#: Rows of a name whose merges are looked for.
MOST_NAMED = 1000


class MergeTable(RecordTable):
    """Columns of the list; `names` are the rows of the page, `kept` their texts."""

    default_sort = "-at"
    names = {}
    kept = {}
    token = ""

    winner = tables.Column(
        verbose_name=gettext_lazy("Kept"), orderable=False, accessor="kind"
    )
    losers = tables.Column(verbose_name=gettext_lazy("Went into it"), orderable=False)
    kind = tables.Column(orderable=False)
    moved = tables.Column(verbose_name=gettext_lazy("Moved"), orderable=False)
    by = tables.Column(orderable=False)
    undone_at = tables.Column(orderable=False)
    kept_rows = tables.Column(
        verbose_name=gettext_lazy("Stayed there"), orderable=False, accessor="pk"
    )
    undo = tables.Column(
        verbose_name=gettext_lazy("Actions"), orderable=False, accessor="pk"
    )

    class Meta:
        model = Merge
        fields = ("winner", "losers", "kind", "moved", "at", "by", "undone_at")

    def leads_to(self, record):
        """Lead to what was kept, if it is still there."""
        winner = self.names.get((record.kind, record.winner_id))
        return winner.get_absolute_url() if winner and not winner.deleted_at else None

    def render_winner(self, record):
        """Name what was kept."""
        return str(self.names.get((record.kind, record.winner_id), ""))

    def render_losers(self, record):
        """Name what went into it."""
        found = (self.names.get((record.kind, pk)) for pk in record.losers)
        return text([str(row) for row in found if row])

    def render_kind(self, record):
        """Say what kind of rows they are."""
        return capfirst(str(record.model._meta.verbose_name))

    def render_moved(self, record):
        """Count what moved, by kind."""
        numbers = defaultdict(int)
        for one in record.moved:
            if "took" not in one:
                numbers[one["model"]] += len(one["rows"])
        return text([f"{_plural(label)} {number}" for label, number in numbers.items()])

    def render_undone_at(self, record):
        """Say when, and by whom, it was taken back."""
        if record.undone_at is None:
            return ""
        return f"{moment_text(record.undone_at)} {record.undone_by}"

    def render_kept_rows(self, record):
        """Name what had been touched since and so stayed."""
        return text(self.kept.get(record.pk, ()))

    def render_undo(self, record):
        """Draw the button that takes it back, where that could be done."""
        winner = self.names.get((record.kind, record.winner_id))
        if not record.can_be_undone or winner is None or winner.deleted_at:
            return ""
        return undo_button("merge_undo", record, self.token)


def _plural(label):
    return capfirst(str(apps.get_model(label)._meta.verbose_name_plural))


class MergeFilter(ModelFilter):
    """Conditions on merges."""

    conditions = ("at", "by")
    usual = ("kind", "by", "at_after", "at_before")

    kind = ChoicesFilter(label=gettext_lazy("kind"), choices=kind_choices)

    class Meta:
        model = Merge
        fields = ()

    def search(self, queryset, _name, value):
        """Narrow to merges in which a row was called so."""
        found = Q(pk__in=())
        for model in mergeable():
            rows = model.everything.order_by().filter(model.matching(value))
            ids = list(rows.values_list("pk", flat=True)[:MOST_NAMED])
            either = Q(winner_id__in=ids) | Q(losers__overlap=ids)
            found |= Q(either, kind=model._meta.label_lower)
        return queryset.filter(found)


class MergeList(MergersMixin, ModelList):
    """The merges into what one may see, the latest first."""

    title = gettext_lazy("Merges")
    table_class = MergeTable
    filterset_class = MergeFilter
    template_name = "system/duplicates/merges.html"
    empty_hint = gettext_lazy("What is merged can be taken back here for 30 days.")

    @property
    def model(self):
        """The model of the rows; the rights are those to the kinds they speak of."""
        return Merge

    @property
    def url(self):
        """The address of the list."""
        return reverse("merge_list")

    def rows(self):
        """Return the merges."""
        merges = Merge.objects.visible_to(self.request.user)
        return merges.select_related("by", "undone_by")

    def page(self):
        """Read the rows that the page names."""
        page = super().page()
        page.object_list = list(page.object_list)
        wanted = defaultdict(set)
        for merge in page.object_list:
            wanted[merge.model] |= {merge.winner_id, *merge.losers}
        self.table.names = named(wanted)
        self.table.kept = kept_in_words(page.object_list, self.request.user)
        self.table.token = get_token(self.request)
        return page

    @cached_property
    def addresses(self):
        """Offer nothing else."""
        return {"add_url": None}


def kept_in_words(merges, user):
    """Return {merge's id: names of what stayed}; what one may not see is not named."""
    wanted, names = defaultdict(set), {}
    for merge in merges:
        for one in merge.kept:
            wanted[one["model"]].add(one["row"])
    for label, ids in wanted.items():
        for row in rows_for(user, apps.get_model(label)).filter(pk__in=ids):
            names[label, row.pk] = str(row)
    found = {}
    for merge in merges:
        found[merge.pk] = [
            f"{_single(one['model'])} {names.get((one['model'], one['row']), UNSEEN)}"
            for one in merge.kept
        ]
    return found


def _single(label):
    return capfirst(str(apps.get_model(label)._meta.verbose_name))


class Undoing(MergersMixin, View):
    """撤销: take a merge back, as far as nothing was touched since."""

    http_method_names = ("post", "options")

    def dispatch(self, request, *args, **kwargs):
        """Answer 405 to looking, whoever looks."""
        if request.method.lower() not in self.http_method_names:
            return self.http_method_not_allowed(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request, pk):
        """Do it, or say why not."""
        seen = Merge.objects.visible_to(request.user).order_by().values("pk")
        merges = Merge.objects.select_for_update(of=("self",), no_key=True)
        merge = get_object_or_404(merges, pk=pk, pk__in=seen)
        try:
            with transaction.atomic():
                job, kept = work.take_back(merge, by=request.user)
        except ValidationError as error:
            return self.refused(error)
        if job:
            messages.info(request, _("So much is taken back in the background."))
            return redirect(job)
        messages.success(request, _("The merge has been taken back."))
        if kept:
            words = ngettext(
                "%d row had been touched since and stays where it is.",
                "%d rows had been touched since and stay where they are.",
                len(kept),
            )
            messages.warning(request, words % len(kept))
        return redirect("merge_list")

    def refused(self, error):
        """Answer that it cannot be taken back."""
        status = 409 if getattr(error, "code", "") == "conflict" else 422
        context = {
            "reasons": error.messages,
            "status": status,
            "back_url": reverse("merge_list"),
        }
        return render(self.request, "generic/refused.html", context, status=status)
