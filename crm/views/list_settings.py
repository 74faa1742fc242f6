"""Keeping how a person sets up a list."""

from urllib.parse import urlsplit

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import NoReverseMatch, resolve, reverse
from django.views.decorators.http import require_POST

from crm.addresses import own_place
from crm.lists.list_query import OF_A_PAGE
from crm.models import ListSettings
from crm.models.list_settings import PAGE_SIZES
from crm.views.lists import ModelList


@require_POST
def keep(request, listing):
    """Keep what was sent: columns in their order, rows per page, conditions unfolded.

    A form is led back to its list with the columns in the address, a script gets 204.
    """
    columns = list(_view_class(listing).table_class.base_columns)
    chosen = _chosen(request.POST, columns)
    ListSettings.objects.update_or_create(
        person=request.user, listing=listing, defaults=chosen
    )
    if "next" not in request.POST:
        return HttpResponse(status=204)
    return redirect(_back(request.POST["next"], chosen.get("columns", [])))


def _view_class(listing):
    """Return the view of a list by the name of its address."""
    try:
        view_class = resolve(reverse(listing)).func.view_class
    except (NoReverseMatch, AttributeError) as error:
        raise Http404 from error
    if not issubclass(view_class, ModelList):
        raise Http404
    return view_class


def _chosen(given, columns):
    """Return {field: value} of the settings that were sent and can be."""
    chosen = {}
    if "column" in given or "reset" in given:
        names = [] if "reset" in given else dict.fromkeys(given.getlist("column"))
        chosen["columns"] = [name for name in names if name in columns]
    sizes = {str(size): size for size in PAGE_SIZES}
    if given.get("per_page") in sizes:
        chosen["per_page"] = sizes[given["per_page"]]
    if given.get("unfolded") in ("0", "1"):
        chosen["is_unfolded"] = given["unfolded"] == "1"
    return chosen


def _back(address, columns):
    """Return the address of a list with these columns, on its first page."""
    place = urlsplit(own_place(address))
    query = QueryDict(place.query, mutable=True)
    for key in ("column", *OF_A_PAGE):
        query.pop(key, None)
    query.setlist("column", columns)
    return f"{place.path}?{query.urlencode()}" if query.urlencode() else place.path
