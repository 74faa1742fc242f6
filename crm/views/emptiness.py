"""What stands where a list has no rows: why, and what to do about it."""

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.addresses import own_place
from crm.forms.lookups import LookupMultipleField


def nothing_in(view):
    """Return {title, hint, add_url, reset_url} for a list without rows.

    A list that only says whose it is – the tab of a record – has found nothing for want
    of rows, not because of what was searched for.

    Args:
        view: the list view.
    """
    conditions, given = view.conditions, view.conditions.given
    fields = conditions.filterset.form.fields if conditions.are_given else {}
    asked = {name: given.getlist(name) for name in fields if given.get(name)}
    if all(isinstance(fields[name], LookupMultipleField) for name in asked):
        return {
            "title": _("Nothing here yet"),
            "hint": "" if asked else view.empty_hint,
            "add_url": _add_url(view, asked),
        }
    return {
        "title": _("No record meets these conditions"),
        "hint": _("Change or remove a condition."),
        "reset_url": view.request.path,
    }


def _add_url(view, asked):
    """Return where a row is added that the list would show, or None."""
    address, headers = view.addresses["add_url"], view.request.headers
    if not address or not asked:
        return address
    given = {name: values[0] for name, values in asked.items()}
    if headers.get("HX-Target") == "tab-panel":
        given["next"] = own_place(headers.get("HX-Current-URL", "")[:2000])
    return f"{address}?{urlencode(given)}"
