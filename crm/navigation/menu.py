"""The menu as a person has it: what they may open, with the numbers of what waits."""

from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from crm.navigation import ANNOUNCED, MENU, REPORTED
from crm.navigation.numbers import key_of, numbers_for, text_of
from crm.navigation.pinned import PINNED, group_of
from crm.rights.roles import Reach


def menu(request):
    """Context processor: the groups and pages that this person may open.

    Built only when a template asks for it. A page whose address does not exist is
    a mistake of ours, so it raises. `menu_key` is the same for whoever sees the same
    menu: it need be drawn only once for all of them.
    """
    groups = SimpleLazyObject(lambda: menu_for(request))
    return {"menu": groups, "menu_key": SimpleLazyObject(lambda: key_of(groups))}


def menu_for(request):
    """Return [{label, icon, url, items, active}] for the person of a request.

    Each of the items is {label, url, active, number}.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    groups, numbers = [], numbers_of(user, *_asked_along(request))
    for group in MENU:
        items = [
            entry_of(item, request, numbers.get(item.number, 0))
            for item in group.items
            if is_open(item, user) and (numbers.get(item.number) or not item.passing)
        ]
        if items:
            groups.append(
                {
                    "label": group.label,
                    "icon": group.icon,
                    "url": items[0]["url"],
                    "items": items,
                }
            )
    _mark_nearest(groups)
    if pinned := numbers.get(PINNED):
        groups.insert(1, group_of(pinned, request))
    return groups


def _mark_nearest(groups):
    """Leave of several pages under which an address lies the nearest one marked."""
    items = [item for group in groups for item in group["items"]]
    above = [len(item["url"]) for item in items if item["active"]]
    nearest = max(above, default=0)
    for item in items:
        item["active"] = item["active"] and len(item["url"]) == nearest
    for group in groups:
        group["active"] = any(item["active"] for item in group["items"])


def numbers_of(user, *along):
    """Return {where a `MenuNumber` stands: number} of all that a person's menu shows.

    Read once in a request, however often it is asked.

    Args:
        user: the person.
        along: what else is asked in the same query.
    """
    items = [item for group in MENU for item in group.items if item.number]
    names = (i.number for i in items if is_open(i, user))
    return numbers_for(user, (*names, PINNED, *along))


def _asked_along(request):
    """Return what the page shows that its menu's query can ask as well."""
    match = request.resolver_match
    is_home = match and match.url_name == "home"
    return (ANNOUNCED, REPORTED) if is_home else ()


def is_open(item, user):
    """Say whether a person may open a page."""
    own = {None, Reach.OWN} if item.of_others else {None}
    reaches = {user.rights.reach(permission) for permission in item.opened_by}
    return not item.opened_by or not reaches <= own


def entry_of(item, request, number):
    """Return {label, url, active, number} of a page for the person of a request."""
    url, path = item.url, request.path
    active = path == url if url == "/" else path.startswith(item.urls)
    if item.conditions:
        mine = [(k, request.user.pk if v == "me" else v) for k, v in item.conditions]
        url, active = f"{url}?{urlencode(mine)}", False
    return {
        "label": item.label,
        "url": url,
        "active": active,
        "number": text_of(number),
    }
