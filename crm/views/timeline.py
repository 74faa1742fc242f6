"""The time line of one record: the first part of its page."""

from django.http import Http404
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from crm.duplicates.models import Merge
from crm.history.timeline import Page, keys_of, page_of
from crm.models import Record
from crm.running.replica import reads_from_replica
from crm.views.history import record_for


@require_GET
@reads_from_replica
def timeline(request, label, pk):
    """Show what happened to a record and is planned, to whoever sees the record.

    `?kind=interaction&kind=contract` shows these alone; `before` is where the page
    before has ended.
    """
    record = record_for(request, label, pk)
    if not isinstance(record, Record):
        raise Http404
    model, known = type(record), keys_of(type(record))
    asked = list(dict.fromkeys(request.GET.getlist("kind")))
    error = ""
    if unknown := [key for key in asked if key not in known]:
        error = _("There is no such kind of line: %s.") % unknown[0][:40]
    page, before = Page(), request.GET.get("before", "")
    also = Merge.objects.losers_of(model, pk) if model.traits else ()
    if not error:
        try:
            page = page_of(
                record, request.user, keys=asked, before=before, also=also or ()
            )
        except (ValueError, OverflowError):
            error = _("The time line has no such place.")
    here = request.path
    context = {
        "object": record,
        "lines": page.lines,
        "filters": _filters(here, known, asked),
        "all_url": here if asked else "",
        "more_url": _address(here, asked, page.rest) if page.rest else "",
        "is_first": not before,
        "error": error,
    }
    return render(request, "generic/timeline.html", context)


def _filters(here, known, asked):
    """Return [{key, label, url, is_on}]: each switches one kind of line on or off."""
    found = []
    for key, label in known.items():
        is_on = key in asked
        keys = [k for k in asked if k != key] if is_on else [*asked, key]
        url = _address(here, keys)
        label = capfirst(str(label))
        found.append({"key": key, "label": label, "url": url, "is_on": is_on})
    return found


def _address(here, keys, before=""):
    """Return the address of a time line."""
    query = [("kind", key) for key in keys]
    if before:
        query.append(("before", before))
    return f"{here}?{urlencode(query)}" if query else here
