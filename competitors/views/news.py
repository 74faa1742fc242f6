"""The pages of industry news."""

from django.contrib import messages
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.views import View

from competitors.filters import NewsItemFilter
from competitors.forms import MomentForm
from competitors.models import LINKS, NewsItem
from competitors.tables import NewsItemTable
from crm.display import text
from crm.related import known_to
from crm.views import (
    PageMixin,
    RecordCreate,
    RecordDetail,
    RecordList,
    RecordVerb,
)

#: What it is about ends, on the page, with the records that are linked.
BASICS, SAYS, (ABOUT, LINKED), PEOPLE = NewsItem.groups


class NewsItemList(RecordList):
    """The news one may see, the unread marked."""

    model = NewsItem
    table_class = NewsItemTable
    filterset_class = NewsItemFilter
    empty_hint = _("Add what colleagues should know about the industry.")

    @property
    def queryset(self):
        """News with what its columns name."""
        rows = NewsItem.objects.marked_for(self.request.user)
        return rows.prefetch_related("industries")


class NewsItemDetail(RecordDetail):
    """A piece of news and what it is about."""

    model = NewsItem
    groups = (BASICS, SAYS, (ABOUT, sorted(LINKED, key=LINKS.__contains__)), PEOPLE)
    title_field = "title"

    @property
    def queryset(self):
        """News with what its facts name."""
        rows = NewsItem.objects.marked_for(self.request.user)
        return rows.select_related("owner", "reporter", "region")

    def _value(self, name):
        """Name what it is about as far as the reader may see that."""
        if name == "industries":
            return text([str(item) for item in self.object.industries.all()])
        if name not in LINKS:
            return super()._value(name)
        found = known_to(self.request.user, getattr(self.object, name).all())
        return format_html_join(
            "、",
            '<a href="{}">{}</a>',
            ((row.get_absolute_url(), row) for row in found),
        )


class NewsItemCreate(RecordCreate):
    """Report or register a piece of news."""

    def save(self, form):
        """Save; whoever wrote it need not read it."""
        news = super().save(form)
        news.mark_read(self.request.user)
        return news


class NewsItemReading(RecordVerb, View):
    """Note that the person has read a piece of news."""

    model = NewsItem
    asks_version = False  # a mark of one's own: it decides nothing over the news
    done = _("Marked as read.")

    def act(self, record):
        """Note it."""
        record.mark_read(self.request.user)


class NewsReading(PageMixin, View):
    """Note that the person has read all the news that the page could have shown."""

    model = NewsItem
    http_method_names = ("post", "options")

    def post(self, request):
        """Note it of what stood there when the page was made."""
        form = MomentForm(request.POST)
        if not form.is_valid():
            return HttpResponseBadRequest()
        seen = NewsItem.objects.visible_to(request.user)
        seen.mark_read(request.user, form.cleaned_data["until"])
        messages.success(request, _("Marked as read."))
        return redirect(NewsItem.page("list"))
