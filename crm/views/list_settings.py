"""How a person sets up a list: a page of its own, which opens in place by a script."""

from urllib.parse import urlsplit

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.addresses import own_place
from crm.lists.list_query import OF_A_PAGE
from crm.models import ListSettings
from crm.models.list_settings import NARROWEST, PAGE_SIZES, WIDEST
from crm.views.lists import ModelList


@require_http_methods(["GET", "POST"])
def list_settings(request, listing):
    """Show the columns of a list and their widths, or keep what was sent.

    Kept are columns in their order, widths, density, rows per page and whether
    conditions are unfolded. A form is led back to its list with the columns in the
    address, a script gets 204.
    """
    view_class = list_view_of(listing)
    columns = list(view_class.table_class.base_columns)
    kept = ListSettings.objects.filter(person=request.user, listing=listing).first()
    kept = kept or ListSettings(person=request.user, listing=listing)
    if request.method == "GET":
        return _page(request, kept, view_class)
    by_form = "next" in request.POST
    widths, wrong = _widths(request.POST, columns)
    if wrong and by_form and "reset" not in request.POST:
        return _page(request, kept, view_class, wrong)
    chosen = _chosen(request.POST, columns)
    if widths or "reset" in request.POST:
        before = {} if "reset" in request.POST else kept.widths
        chosen["widths"] = {k: v for k, v in (before | widths).items() if v}
    ListSettings.objects.update_or_create(
        person=request.user, listing=listing, defaults=chosen
    )
    if not by_form:
        return HttpResponse(status=204)
    back = _back(request.POST["next"], chosen.get("columns", []))
    if {"up", "down"} & request.POST.keys():
        back = f"{request.path}?{urlencode({'next': back})}"
    return redirect(back)


def list_view_of(listing):
    """Return the view of a list by the name of its address.

    Raises:
        Http404: there is no such list.
    """
    try:
        view_class = resolve(reverse(listing)).func.view_class
    except (NoReverseMatch, AttributeError) as error:
        raise Http404 from error
    if not issubclass(view_class, ModelList):
        raise Http404
    return view_class


def title_of(view_class):
    """Return what a list is called: as its rows; by a name of its own, if it has one.

    Args:
        view_class: the list.
    """
    return view_class.title or view_class.model._meta.verbose_name_plural


def _page(request, kept, view_class, wrong=None):
    """Show the form; `wrong` is {column: what is wrong with its width}."""
    sent = request.POST
    here = own_place(sent.get("next") or request.GET.get("next") or "")
    if here == "/":
        here = reverse(kept.listing)
    names = sent.getlist("column") or QueryDict(urlsplit(here).query).getlist("column")
    table = view_class.table_class.choosing(names or kept.columns, request.user)
    columns = [
        {
            "name": name,
            "label": label,
            "is_drawn": drawn,
            "width": sent.get(f"width_{name}", kept.widths.get(name, "")),
            "error": (wrong or {}).get(name),
        }
        for name, label, drawn in table.offered
    ]
    context = {
        "list_title": title_of(view_class),
        "columns": columns,
        "is_compact": sent.get("compact", str(int(kept.is_compact))) == "1",
        "next": here,
    }
    status = 422 if wrong else 200
    return render(request, "generic/list_settings.html", context, status=status)


def _widths(given, columns):
    """Return ({column: width in pixels, None for none}, {column: what is wrong})."""
    widths, wrong = {}, {}
    for name in columns:
        text = given.get(f"width_{name}")
        if text is None:
            continue
        if not text.strip():
            widths[name] = None
        elif text.isascii() and text.isdigit() and len(text) < 6:
            widths[name] = int(text)
        if text.strip() and not NARROWEST <= widths.get(name, 0) <= WIDEST:
            widths.pop(name, None)
            bounds = {"least": NARROWEST, "most": WIDEST}
            wrong[name] = _("A width is between %(least)s and %(most)s.") % bounds
    return widths, wrong


def _chosen(given, columns):
    """Return {field: value} of the settings that were sent and can be."""
    chosen = {}
    if "column" in given or "reset" in given:
        names = [] if "reset" in given else dict.fromkeys(given.getlist("column"))
        chosen["columns"] = _moved([name for name in names if name in columns], given)
    sizes = {str(size): size for size in PAGE_SIZES}
    if given.get("per_page") in sizes:
        chosen["per_page"] = sizes[given["per_page"]]
    if given.get("unfolded") in ("0", "1"):
        chosen["is_unfolded"] = given["unfolded"] == "1"
    if given.get("compact") in ("0", "1"):
        chosen["is_compact"] = given["compact"] == "1"
    return chosen


def _moved(names, given):
    """Return columns with one of them a place further up or down, as a button says."""
    for key, by in (("up", -1), ("down", 1)):
        if (name := given.get(key)) in names:
            place = names.index(name)
            names.remove(name)
            names.insert(max(0, place + by), name)
    return names


def _back(address, columns):
    """Return the address of a list with these columns, on its first page."""
    place = urlsplit(own_place(address))
    query = QueryDict(place.query, mutable=True)
    for key in ("column", *OF_A_PAGE):
        query.pop(key, None)
    query.setlist("column", columns)
    return f"{place.path}?{query.urlencode()}" if query.urlencode() else place.path
