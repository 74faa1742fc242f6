"""The pages of industry news."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import DetailView

from competitors.filters import NewsItemFilter
from competitors.forms import LinkForm, MomentForm
from competitors.mentions import Mentions
from competitors.models import LINKS, MENTIONED, NewsItem
from competitors.tables import NewsItemTable
from crm.display import text
from crm.navigation.menu import numbers_of
from crm.navigation.numbers import text_of
from crm.related import known_to
from crm.rights.permissions import permission
from crm.views import (
    PageMixin,
    RecordCreate,
    RecordDetail,
    RecordList,
    RecordMixin,
    RecordVerb,
)
from crm.views.verbs import part_of

#: What it is about ends, on the page, with the records that are linked.
BASICS, SAYS, (ABOUT, LINKED), PEOPLE = NewsItem.groups
#: The number of the menu that says how much waits to be taken.
WAITING = "competitors.numbers.waiting"
#: So many records of each kind are suggested.
MOST_SUGGESTED = 8


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

    def get_context_data(self, **context):
        """Add how much of other sites waits to be taken: the menu has asked for it."""
        waiting = numbers_of(self.request.user).get(WAITING, 0)
        return super().get_context_data(waiting=text_of(waiting), **context)


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

    def get_context_data(self, **context):
        """Say whether the person may link it to whom its text names."""
        right = permission("change", NewsItem)
        may_link = self.request.user.has_perm(right, self.object)
        return super().get_context_data(may_link=may_link, **context)

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


class NewsItemNamed(RecordMixin, DetailView):
    """Whom a piece of news names, for who may link it; its page fetches this.

    Looking them up takes longer than that page.
    """

    reads_from_replica = True
    model = NewsItem
    action = "change"
    suffix = "named"

    def get_template_names(self):
        """Return the part alone for htmx, otherwise a page around it."""
        is_part = "HX-Request" in self.request.headers
        return ["competitors/named.html"] if is_part else super().get_template_names()

    def get_context_data(self, **context):
        """Add [(relation, kind, record)] that the text names and is not linked to."""
        user, news = self.request.user, self.object
        text = "\n".join((news.title, news.summary, news.body))
        rows, found = Mentions(text).seen_by(user), []
        for name in MENTIONED:
            linked = getattr(news, name)
            known = set(linked.order_by().values_list("pk", flat=True))
            label = linked.model._meta.verbose_name
            new = [r for r in rows if type(r) is linked.model and r.pk not in known]
            found += [(name, label, row) for row in new[:MOST_SUGGESTED]]
        return super().get_context_data(suggestions=found, **context)


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


class NewsItemLink(RecordVerb, View):
    """Link a piece of news to a record that its text names."""

    model = NewsItem
    action = "change"
    done = _("Linked.")

    def act(self, record):
        """Link it, if the person sees that record."""
        form = LinkForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(_("There is no such record that you may see."))
        linked = getattr(record, form.cleaned_data["kind"])
        rows = linked.model.objects.visible_to(self.request.user)
        linked.add(part_of(rows, form.cleaned_data["link"]))


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
