"""The list of likely duplicates, the surest first."""

from collections import defaultdict

import django_tables2 as tables
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from crm.display import text
from crm.duplicates.models import Pair, mergeable
from crm.duplicates.scan import scan
from crm.jobs.asking import ask_alone
from crm.lists.filter_fields import ChoicesFilter
from crm.lists.filters import ModelFilter
from crm.lists.tables import RecordTable
from crm.views import ModelList
from crm.views.verbs import refused_page
from system.duplicates.access import MergersMixin, named, undo_button


def kind_choices():
    """Return the kinds whose rows can be merged, and their names."""
    return [(m._meta.label_lower, m._meta.verbose_name) for m in mergeable()]


class PairTable(RecordTable):
    """Columns of the list; `names` are the rows of the page.

    Whoever may change both rows of a pair (`changeable`) takes back that they are not
    the same.
    """

    default_sort = "-score"
    names = {}
    changeable = frozenset()
    token = ""

    older = tables.Column(
        verbose_name=gettext_lazy("Record"), orderable=False, accessor="kind"
    )
    newer = tables.Column(
        verbose_name=gettext_lazy("Looks like"), orderable=False, accessor="kind"
    )
    kind = tables.Column(orderable=False)
    reasons = tables.Column(orderable=False)
    undo = tables.Column(
        verbose_name=gettext_lazy("Actions"), orderable=False, accessor="pk"
    )

    class Meta:
        model = Pair
        fields = ("older", "newer", "kind", "score", "reasons", "found_at", "state")

    def leads_to(self, record):
        """Lead to the page where both stand side by side."""
        return record.get_absolute_url()

    def render_older(self, record):
        """Name the older row."""
        return str(self.names.get((record.kind, record.low_id), ""))

    def render_newer(self, record):
        """Name the newer row."""
        return str(self.names.get((record.kind, record.high_id), ""))

    def render_kind(self, record):
        """Say what kind of rows they are."""
        return capfirst(str(record.model._meta.verbose_name))

    def render_reasons(self, record):
        """Say what they have in common."""
        return text(record.reason_labels())

    def render_undo(self, record):
        """Draw the button that forgets that the two are not the same."""
        if record.state != Pair.State.DISMISSED or record.pk not in self.changeable:
            return ""
        return undo_button("duplicate_reconsideration", record, self.token)


class PairFilter(ModelFilter):
    """Conditions on pairs."""

    conditions = ("score", "found_at")
    usual = ("kind", "score_min", "state")

    kind = ChoicesFilter(label=gettext_lazy("kind"), choices=kind_choices)
    state = ChoicesFilter(label=gettext_lazy("state"), choices=Pair.State.choices)

    class Meta:
        model = Pair
        fields = ()

    def search(self, queryset, _name, value):
        """Narrow to pairs in which a row is called so."""
        found = Q(pk__in=())
        for model in mergeable():
            rows = model.objects.order_by().filter(model.matching(value)).values("pk")
            either = Q(low_id__in=rows) | Q(high_id__in=rows)
            found |= Q(either, kind=model._meta.label_lower)
        return queryset.filter(found)


class PairList(MergersMixin, ModelList):
    """The pairs whose rows one may see both, undecided ones if none are asked for."""

    title = gettext_lazy("Duplicates")
    table_class = PairTable
    filterset_class = PairFilter
    template_name = "system/duplicates/list.html"
    empty_hint = gettext_lazy("Nothing looks as if it had been entered twice.")

    @property
    def model(self):
        """The model of the rows; the rights are those to the kinds they speak of."""
        return Pair

    @property
    def url(self):
        """The address of the list."""
        return reverse("duplicate_list")

    def rows(self):
        """Return the pairs."""
        pairs = Pair.objects.visible_to(self.request.user)
        return pairs if "state" in self.request.GET else pairs.open()

    def page(self):
        """Read the rows that the page names."""
        page = super().page()
        page.object_list = list(page.object_list)
        wanted = defaultdict(set)
        for pair in page.object_list:
            wanted[pair.model] |= {pair.low_id, pair.high_id}
        self.table.names = named(wanted)
        self.table.token = get_token(self.request)
        self.table.changeable = self._changeable(page.object_list)
        return page

    def _changeable(self, pairs):
        """Return the ids of those remembered pairs whose rows one may change both."""
        ids = [pair.pk for pair in pairs if pair.state == Pair.State.DISMISSED]
        if not ids:
            return frozenset()
        seen = Pair.objects.visible_to(self.request.user, "change")
        return frozenset(seen.filter(pk__in=ids).values_list("pk", flat=True))

    def get_context_data(self, **context):
        """Add the way to a scan."""
        return super().get_context_data(
            **{
                "may_scan": self.may_scan,
                "shows_dismissed": self.request.GET.getlist("state") == ["dismissed"],
                **context,
            }
        )

    @cached_property
    def addresses(self):
        """Offer nothing else: a pair is found, not entered."""
        return {"add_url": None}


class Scan(MergersMixin, View):
    """Have everything looked through now."""

    http_method_names = ("post", "options")

    def post(self, request):
        """Ask for it, unless it waits or runs already."""
        if not self.may_scan:
            raise PermissionDenied
        try:
            job = ask_alone(scan, by=request.user, everything=True)
        except ValidationError as error:
            return refused_page(request, None, error)
        messages.success(request, _("Everything is being looked through."))
        return redirect(job)
