"""The views that a person has in the menu, and how many rows each shows now."""

import json
from time import monotonic

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import TextField
from django.db.models.functions import Cast, JSONObject
from django.http import Http404, HttpRequest, QueryDict
from django.urls import resolve, reverse

from crm.models import SavedView, User
from crm.navigation.numbers import SHOWN, text_of
from crm.queries.figures import Counted
from crm.views.list_settings import list_view_of

#: How long numbers are told again without counting, in seconds.
KEPT = 60
#: People whose numbers a process keeps.
MOST_KEPT = 2000
_kept = {}


class Pinned:
    """The views that a person has in the menu, in their order.

    It stands where a `MenuNumber` does, so that the menu asks nothing more.
    """

    def expression(self, user):
        """Return what the query asks for: the views as texts of JSON."""
        rows = SavedView.objects.pinned_by(user)
        whole = JSONObject(
            pk="pk", name="name", listing="listing", query="query", version="version"
        )
        return ArraySubquery(rows.values_list(Cast(whole, TextField())))

    def read(self, value, user):
        """Return [{label, url, pk, version, number}] as the menu shows them."""
        views = [json.loads(text) for text in value]
        numbers = _numbers(user, views) if views else {}
        return [
            {
                "label": view["name"],
                "url": f"{reverse(view['listing'])}?view={view['pk']}",
                "pk": view["pk"],
                "version": view["version"],
                "number": text_of(numbers[view["pk"]] or 0),
            }
            for view in views
            if view["pk"] in numbers
        ]


pinned = Pinned()


def _numbers(user, views):
    """Return {id: number of rows} of the views whose list a person may open.

    They are counted once in a while, in one query; None where no number is told.
    """
    key = user.rights.key, tuple((view["pk"], view["version"]) for view in views)
    until, numbers = _kept.get(key, (0, {}))
    if until > monotonic():
        return numbers
    lists = {view["pk"]: _list_of(user, view) for view in views}
    numbers = {pk: None for pk, listing in lists.items() if listing is not None}
    rows = {pk: _countable(lists[pk].conditions) for pk in numbers}
    parts = {
        pk: Counted(one, most=SHOWN + 1) for pk, one in rows.items() if one is not None
    }
    if parts:
        own = User.objects.filter(pk=user.pk).order_by()
        numbers |= zip(parts, own.values_list(*parts.values()).get(), strict=True)
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[key] = monotonic() + KEPT, numbers
    return numbers


def _list_of(user, view):
    """Return the page of a view's list for a person, None if they may not open it."""
    request = HttpRequest()
    request.user, request.GET = user, QueryDict(view["query"], mutable=True)
    try:
        view_class = list_view_of(view["listing"])
    except Http404:
        return None
    page = resolve(address := reverse(view["listing"])).func
    request.path = request.path_info = address
    listing = view_class(**page.view_initkwargs)
    listing.is_personal = False
    listing.setup(request)
    return listing if listing.has_permission() else None


def _countable(conditions):
    """Return the rows that conditions select, None where they are not counted.

    That is where something is wrong with them, and where a text is looked for: that
    is never cheap for certain.
    """
    if conditions.errors or conditions.ask_for_text:
        return None
    return conditions.rows.order_by()
