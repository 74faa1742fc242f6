"""What other sites told: taken as news by one click, or dismissed."""

from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import OuterRef, Q, Subquery
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.generic import ListView, View

from competitors.models import FeedEntry, NewsItem, NewsSource
from crm.guards.refusals import explained
from crm.rights.permissions import permission
from crm.views import PageMixin, RecordVerb

#: Entries on a page.
ROWS = 20


class FeedEntryList(PageMixin, ListView):
    """What waits to be taken, the newest first."""

    model = NewsItem  # whoever may add news takes it here
    action = "add"
    template_name = "system/feeds/entries.html"

    @cached_property
    def source(self):
        """The source that the address names, if there is one."""
        given = self.request.GET.get("source", "")
        if not given.isdecimal() or len(given) > 18:
            return None
        return NewsSource.objects.filter(pk=given).first()

    def get_queryset(self):
        """Return it, each with the news that one sees under the same link already."""
        rows = FeedEntry.objects.filter(state=FeedEntry.State.WAITING)
        if self.source:
            rows = rows.filter(source=self.source)
        same = NewsItem.objects.visible_to(self.request.user).order_by()
        same = same.filter(~Q(link=""), link=OuterRef("link"))
        known = Subquery(same.values("pk")[:1])
        return rows.select_related("source").annotate(known_as=known)

    def get_context_data(self, **context):
        """Add the page, and what one may do beside."""
        page = Paginator(self.object_list, ROWS).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            title=FeedEntry._meta.verbose_name_plural,
            page_obj=page,
            source=self.source,
            total=page.paginator.count,
            may_see_sources=self.request.user.has_perm(permission("view", NewsSource)),
            **context,
        )


class _Decision(RecordVerb, View):
    """Decide on what waits; what does not wait any more was somebody else's."""

    model = NewsItem
    action = "add"
    asks_version = False  # an entry never changes; that it still waits is asked

    def get_object(self):
        """Return the entry."""
        rows = FeedEntry.objects.select_related("source")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def next_url(self, entry):
        """Lead on to the entry that stood below it."""
        below = FeedEntry.objects.filter(
            Q(published_on=entry.published_on, pk__lt=entry.pk)
            | Q(published_on__lt=entry.published_on),
            state=FeedEntry.State.WAITING,
        ).first()
        page = self.request.POST.get("page", "")
        query = f"?page={page}" if page.isdecimal() and len(page) < 6 else ""
        mark = f"#entry-{below.pk}" if below else ""
        return f"{reverse('feedentry_list')}{query}{mark}"

    def back_url(self, _entry):
        """Return to the list."""
        return reverse("feedentry_list")


class FeedEntryTaking(_Decision):
    """Take an entry as a piece of news of one's own."""

    def act(self, entry):
        """Take it; also once more, where that is said."""
        again = "again" in self.request.POST
        try:
            news = entry.take(by=self.request.user, again=again)
        except IntegrityError as error:
            raise explained(error, NewsItem) from error
        link = '<a href="{}">{}</a>'
        self.done = format_html(
            _("Taken: %s") % link, news.get_absolute_url(), news.title
        )


class FeedEntryDismissal(_Decision):
    """Let an entry be no news."""

    def act(self, entry):
        """Dismiss it."""
        entry.dismiss(by=self.request.user)
        self.done = _("Dismissed: %s") % entry
