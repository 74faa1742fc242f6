"""The views of lists that a person has put into the menu."""

from django.utils.translation import gettext as _

#: What tells them along with the numbers of the menu, each with its own number.
PINNED = "system.saved_views.numbers.pinned"


def group_of(views, request):
    """Return the group of the menu that holds these views.

    Args:
        views: [{label, url, pk, version, number}], at least one.
        request: of which page.
    """
    shown = {request.GET.get("view"), request.GET.get("base")}
    items = [
        {**view, "counts": True, "active": str(view["pk"]) in shown} for view in views
    ]
    return {
        "label": _("Views"),
        "icon": "filter",
        "url": items[0]["url"],
        "items": items,
        "active": any(item["active"] for item in items),
    }
