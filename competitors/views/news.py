"""The pages of industry news."""

from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.views import View

from competitors.filters import NewsItemFilter
from competitors.forms import LINKS
from competitors.models import NewsItem
from competitors.tables import NewsItemTable
from crm.display import label_of, text
from crm.related import known_to
from crm.views import (
    RecordCreate,
    RecordDetail,
    RecordList,
    RecordVerb,
)


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
        people = rows.select_related("owner", "reporter", "region")
        return people.prefetch_related("industries")


class NewsItemDetail(RecordDetail):
    """A piece of news and what it is about."""

    model = NewsItem
    groups = (
        (
            _("Basics"),
            ("category", "importance", "published_on", "source", "link"),
        ),
        (_("What it says"), ("summary", "body")),
    )

    @property
    def queryset(self):
        """News with what its facts name."""
        rows = NewsItem.objects.marked_for(self.request.user)
        return rows.select_related("owner", "reporter", "region")

    def get_context_data(self, **context):
        """Add what it is about."""
        context = super().get_context_data(**context)
        about = [
            {
                "name": "industries",
                "label": label_of(self.model, "industries"),
                "value": text([str(item) for item in self.object.industries.all()]),
            },
            *self._facts(("region", "valid_until")),
            *map(self._links, LINKS),
        ]
        people = self._facts(("owner", "reporter"))
        context["groups"] += [
            (_("What it is about"), about),
            (_("Who is responsible"), people),
        ]
        return context

    def _links(self, name):
        """Return the fact that names the linked records the reader may see."""
        found = known_to(self.request.user, getattr(self.object, name).all())
        value = format_html_join(
            "、",
            '<a href="{}">{}</a>',
            ((row.get_absolute_url(), row) for row in found),
        )
        return {"name": name, "label": label_of(self.model, name), "value": value}


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
