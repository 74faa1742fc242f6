"""The pages of the sources of news."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import ListView

from competitors.feeds.hosts import is_anybody_named
from competitors.feeds.work import read_source
from competitors.models import FeedEntry, NewsItem, NewsSource
from crm.jobs.asking import ask
from crm.rights.permissions import permission
from system.feeds.forms import NewsSourceForm
from system.pages import ModelCreate, ModelDelete, ModelUpdate, ModelVerb, RowsMixin


class SourcesMixin(RowsMixin):
    """Offer the sources."""

    model = NewsSource


class NewsSourceList(SourcesMixin, ListView):
    """All sources: when each was read, what was in the way, how much of it waits."""

    template_name = "system/feeds/sources.html"
    acts = ("add", "change", "delete")

    def rows(self):
        """Count what waits along."""
        waits = Q(entries__state=FeedEntry.State.WAITING)
        rows = super().rows().select_related("category")
        return rows.annotate(n_waiting=Count("entries", filter=waits))

    def get_context_data(self, **context):
        """Say what the person may do, and whether anybody may be asked at all."""
        may = self.request.user.has_perm
        return super().get_context_data(
            title=NewsSource._meta.verbose_name_plural,
            total=len(self.object_list),
            is_anybody_named=is_anybody_named(),
            may_take=may(permission("add", NewsItem)),
            **{f"may_{act}": may(permission(act, NewsSource)) for act in self.acts},
            **context,
        )


class NewsSourceCreate(SourcesMixin, ModelCreate):
    """Add a source."""

    form_class = NewsSourceForm
    repeats = ("category",)


class NewsSourceUpdate(SourcesMixin, ModelUpdate):
    """Set a source."""

    form_class = NewsSourceForm


class NewsSourceDelete(SourcesMixin, ModelDelete):
    """Delete a source with what it told; the news taken from it stays."""

    def used_by(self):
        """Return nothing: what it told goes with it."""
        return []


class NewsSourceReading(SourcesMixin, ModelVerb):
    """Have a source read now; asked twice before it has been, it is read once."""

    action = "change"
    asks_version = False  # it changes nothing that anybody has set

    def act(self, source):
        """Ask for it."""
        by = self.request.user
        key = f"feed {source.pk} {by.pk} {source.last_read_at}"
        ask(read_source, by=by, key=key, source=source.pk)
        self.done = _("Arranged: %s") % source

    def next_url(self, _source):
        """Return to the list."""
        return reverse("newssource_list")
