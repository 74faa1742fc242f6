"""What 竞争对手 and 业界动态 put on the workbench and on pages of lower floors."""

from django import template
from django.db.models import Count, Q, Subquery, Window
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from competitors.models import Competitor, Encounter, NewsItem
from crm.display import date_text
from crm.models import User
from crm.queries.days import start_of
from crm.queries.prepared import PreparedFor
from crm.rights.permissions import permission

register = template.Library()

#: Rows that a card shows.
ROWS = 5
MARKET = (Competitor, Encounter, NewsItem)


@register.inclusion_tag("parts/card.html", takes_context=True)
def unread_news(context):
    """Show the news that one has not read, the newest first."""
    user = context["user"]
    if not user.has_perm(permission("view", NewsItem)):
        return {}
    newest = _unread(user)
    n_all, n_high = newest[0][-2:] if newest else (0, 0)
    conditions, important = {"read": "unread"}, {"importance": "high"}
    return {
        "key": "unread_news",
        "title": _("Unread news"),
        "url": _address(NewsItem, conditions),
        "figures": [
            {
                "label": _("unread"),
                "value": n_all,
                "url": _address(NewsItem, conditions),
            },
            {
                "label": _("important"),
                "value": n_high,
                "url": _address(NewsItem, conditions | important),
                "tone": "warn",
            },
        ],
        "rows": [
            {
                "title": title,
                "url": reverse("newsitem_detail", args=[pk]),
                "when": date_text(day),
            }
            for pk, title, day, *_numbers in newest
        ],
        "empty": _("You have read all the news."),
    }


def _of_unread(user):
    """Return the newest of them, each with the numbers of all: one query."""
    unread = NewsItem.objects.visible_to(user).unread_by(user)
    high = Q(importance=NewsItem.Importance.HIGH)
    n_all, n_high = Window(Count("pk")), Window(Count("pk", filter=high))
    newest = unread.order_by("-published_on", "-pk")
    return newest.values_list("pk", "title", "published_on", n_all, n_high)[:ROWS]


_unread = PreparedFor(_of_unread)


@register.inclusion_tag("parts/card.html", takes_context=True)
def my_reports_of_market(context):
    """Show a researcher what one has found out about the market this month."""
    user = context["user"]
    models = [m for m in MARKET if user.has_perm(permission("add", m))]
    if Competitor not in models or _registers(user):
        return {}
    first = timezone.localdate().replace(day=1)
    counts = {
        model._meta.model_name: Subquery(
            model.objects.visible_to(user)
            .filter(reporter=user, created_at__gte=start_of(first))
            .order_by()
            .values("reporter")
            .annotate(n=Count("pk"))
            .values("n")
        )
        for model in models
    }
    found = User.objects.filter(pk=user.pk).values(**counts).get()
    conditions = {"reporter": user.pk, "created_at_after": first}
    return {
        "key": "my_reports_of_market",
        "title": _("What I found out this month"),
        "figures": [
            {
                "label": model._meta.verbose_name_plural,
                "value": found[model._meta.model_name] or 0,
                "url": _address(model, conditions),
            }
            for model in models
        ],
    }


@register.simple_tag(takes_context=True)
def met_url(context):
    """Return where one notes an encounter over the record; "" where one may not.

    One may where the tab of encounters has a button to add one.
    """
    may = any(tab["key"] == "encounter" and tab["add_url"] for tab in context["tabs"])
    if not may:
        return ""
    record = context["object"]
    named = {record._meta.model_name: record.pk, "next": record.get_absolute_url()}
    return f"{reverse('encounter_met_create')}?{urlencode(named)}"


def _registers(user):
    """Say whether the person puts into the books what others find out."""
    return user.rights.registers(Competitor) is not None


def _address(model, conditions):
    return f"{model.page('list')}?{urlencode(conditions)}"
