"""The operation log and the sign-in log.

The right to read the log covers what an entry says of its own row. Names of other
rows follow the rights on those, as they do in the history of a record.
"""

from django.apps import apps
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView

from crm.disclosures import DISCLOSED, learnt_in
from crm.history.entries import grouped, readable
from crm.models import HistoryEntry, Record
from crm.rights.permissions import permission
from crm.views import ModelList, PageMixin
from system.log.filters import SIGNING, LogFilter, SignInFilter
from system.log.tables import LogTable, SignInTable, moment

#: Entries of one step that the page of one of them shows.
MOST = 200


class EntriesMixin(PageMixin):
    """Offer what the people within reach did."""

    model = HistoryEntry

    def within(self, entries):
        """Return the entries of people within the reach of the right."""
        user = self.request.user
        reach = user.rights.reach(permission(self.action, HistoryEntry))
        return entries.filter(user.rights.owned_by(reach, "actor_id"))


class Log(EntriesMixin, ModelList):
    """Everything that happened, newest first."""

    table_class = LogTable
    filterset_class = LogFilter
    template_name = "system/log.html"

    @property
    def url(self):
        """The address of the log."""
        return reverse("log")

    @property
    def addresses(self):
        """Offer the file: who may read the log may take it away, which is noted."""
        return {"export_url": reverse("log_export")}

    def rows(self):
        """Return the entries within reach."""
        return self.within(super().rows())

    def get_context_data(self, **context):
        """Tell the entries of the page, all their names in a few queries."""
        context = super().get_context_data(**context)
        page = context["page_obj"]
        page.object_list = grouped(readable(page.object_list, self.request.user))
        context["lines"] = self.table.lines(page.object_list)
        return context


class SignIns(EntriesMixin, ModelList):
    """Who came and went, and who tried to."""

    title = gettext_lazy("Sign-in log")
    table_class = SignInTable
    filterset_class = SignInFilter

    @property
    def url(self):
        """The address of the sign-in log."""
        return reverse("signins")

    def rows(self):
        """Return the sign-ins, sign-outs and failures within reach."""
        return self.within(super().rows()).filter(verb__in=SIGNING)


class LogDetail(EntriesMixin, DetailView):
    """One entry with everything it changed."""

    template_name = "system/log_detail.html"

    def get_queryset(self):
        """Return the entries within reach."""
        return self.within(HistoryEntry.objects.all())

    def get_context_data(self, **context):
        """Tell the entry; lead to the record if one may see it."""
        entry, user = self.object, self.request.user
        step = readable(_step_of(entry), user)
        entry = next(one for one in step if one.pk == entry.pk)
        return super().get_context_data(
            entry=entry,
            parts=[one for one in step if one is not entry],
            moment=moment(entry),
            record=_record(entry, user),
            list_url=reverse("log"),
            **context,
        )


def _step_of(entry):
    """Return the entries of one request about one record; the entry is among them."""
    if not entry.request_id or entry.subject_id is None:
        return [entry]
    entries = HistoryEntry.objects.filter(
        subject_label=entry.subject_label,
        subject_id=entry.subject_id,
        request_id=entry.request_id,
    )
    return entries.order_by("pk")[:MOST]


def _record(entry, user):
    """Return the record that an entry is about, or None if one may not see it."""
    try:
        model = apps.get_model(entry.subject_label) if entry.subject_label else None
    except LookupError:
        return None
    if model is None or not issubclass(model, Record):
        return None
    pk = entry.subject_id
    if entry.verb == DISCLOSED:
        pk = learnt_in(entry.changes)
    return model.objects.visible_to(user).filter(pk=pk).first()
