"""What a person has starred and seen last, and the star on each record's page."""

from django.contrib import messages
from django.db.models import Value
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.history.titles import title_columns, titled
from crm.kinds import business
from crm.models import Bookmark, Record
from crm.models.bookmarks import MOST_STARRED, REMEMBERED
from crm.queries.ids import any_of
from crm.queries.unions import together
from crm.views.history import record_for

#: So many of those last seen are shown.
SHOWN = 20


@require_GET
def bookmarks(request):
    """Show one's own starred records and the last ones seen, of all kinds."""
    user = request.user
    starred = list(Bookmark.objects.starred(user)[:MOST_STARRED])
    last = list(Bookmark.objects.seen(user)[:REMEMBERED])
    found = _records(user, {*map(_key, starred), *map(_key, last)})
    cards = (
        {
            "key": key,
            "title": title,
            "empty": empty,
            "rows": [found[_key(one)] for one in ones if _key(one) in found][:most],
        }
        for key, title, empty, ones, most in (
            (
                "starred",
                _("Starred"),
                _("The star on a record's page keeps it here."),
                starred,
                MOST_STARRED,
            ),
            (
                "seen",
                _("Recently seen"),
                _("What you open stands here, the latest first."),
                last,
                SHOWN,
            ),
        )
    )
    is_part = "HX-Request" in request.headers
    page = "parts/bookmarks.html" if is_part else "bookmarks.html"
    return render(request, page, {"cards": list(cards)})


@require_POST
def seen(request, label, pk):
    """Note that somebody has looked at a record; its page says so once it is shown."""
    Bookmark.objects.see(request.user, _record(request, label, pk))
    return HttpResponse(status=204)


@require_POST
def star(request, label, pk):
    """Star a record that one sees, or take the star off, as `starred` says.

    Said twice it is as said once. To htmx the answer is the star alone.
    """
    record = _record(request, label, pk)
    is_on = request.POST.get("starred") == "1"
    own = Bookmark.objects.filter(person=request.user).about(record)
    if is_on and _is_full(request.user, record):
        full = _("You have starred %s records: take a star off one of them first.")
        messages.error(request, full % MOST_STARRED)
        return _again(request, record)
    if is_on:
        own.get_or_create(
            person=request.user,
            label=record._meta.label_lower,
            record_id=record.pk,
            defaults={"seen_at": timezone.now()},
        )
        own.filter(starred_at=None).update(starred_at=timezone.now())
    else:
        own.filter(seen_at=None).delete()
        own.update(starred_at=None)
    return _answer(request, record, is_on)


def _is_full(user, record):
    """Say whether a person has starred so many others that this one is too many."""
    starred = Bookmark.objects.starred(user).order_by()
    others = starred.exclude(label=record._meta.label_lower, record_id=record.pk)
    return others.count() >= MOST_STARRED


def star_of(record, is_on):
    """Return what parts/star.html shows: {label, pk, is_on}."""
    return {"label": record._meta.label_lower, "pk": record.pk, "is_on": is_on}


def _answer(request, record, is_on):
    if "HX-Request" not in request.headers:
        return redirect(record.get_absolute_url())
    return render(request, "parts/star.html", {"star": star_of(record, is_on)})


def _again(request, record):
    """Show the whole page again, with what is to be told."""
    if "HX-Request" not in request.headers:
        return redirect(record.get_absolute_url())
    return HttpResponse(headers={"HX-Refresh": "true"})


def _record(request, label, pk):
    """Return the record of a label and id that the person sees; 404 without one."""
    record = record_for(request, label, pk)
    if not isinstance(record, Record):
        raise Http404
    return record


def _by_label():
    return {kind._meta.label_lower: kind for kind in business()}


def _key(bookmark):
    return bookmark.label, bookmark.record_id


def _records(user, keys):
    """Return {(label, id): {record, kind}} of those that a person sees, in one query.

    A record has `extras`, as `titled` makes it; the kind is told in words. Of kinds
    that there are no longer, nothing is read.
    """
    known, ids, found = _by_label(), {}, {}
    for label, pk in keys:
        if label in known:
            ids.setdefault(known[label], []).append(pk)
    for label, texts in together([_titles(user, *one) for one in ids.items()]):
        record = titled(label, texts)
        kind = record._meta.verbose_name
        found[label, record.pk] = {"record": record, "kind": kind}
    return found


def _titles(user, kind, ids):
    """Return the query of what some rows of one kind are called, of those seen."""
    rows = kind.objects.visible_to(user).filter(any_of("pk", sorted(ids)))
    label = Value(kind._meta.label_lower)
    return rows.order_by().values_list(label, title_columns(kind))
