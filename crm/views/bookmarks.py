"""What a person has starred and seen last, and the star on each record's page."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db.models import Value
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from crm.addresses import only_sent_to
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
            "hidden": _hidden(starred, found) if key == "starred" else (),
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


@only_sent_to
def seen(request, label, pk):
    """Note that somebody has looked at a record; its page says so once it is shown."""
    Bookmark.objects.see(request.user, _record(request, label, pk))
    return HttpResponse(status=204)


@only_sent_to
def star(request, label, pk):
    """Star a record that one sees, or take one's own star off, as `starred` says.

    Said twice it is as said once. To htmx the answer is the star alone.
    """
    if request.POST.get("starred") != "1":
        return _take_off(request, label, pk)
    record = _record(request, label, pk)
    _one_after_the_other(request.user)
    if _is_full(request.user, record):
        full = _("You have starred %s records: take a star off one of them first.")
        messages.error(request, full % MOST_STARRED)
        return _again(request, record)
    own = Bookmark.objects.filter(person=request.user).about(record)
    own.get_or_create(
        person=request.user,
        label=record._meta.label_lower,
        record_id=record.pk,
        defaults={"seen_at": timezone.now()},
    )
    own.filter(starred_at=None).update(starred_at=timezone.now())
    return _answer(request, label, pk, record.get_absolute_url(), is_on=True)


def _take_off(request, label, pk):
    """Take one's own star off, also off what one no longer sees: it counts, too."""
    own = Bookmark.objects.starred(request.user).filter(label=label, record_id=pk)
    dropped, _by_kind = own.filter(seen_at=None).delete()
    was_on = dropped + own.update(starred_at=None)
    try:
        back = _record(request, label, pk).get_absolute_url()
    except Http404:
        if not was_on:
            raise
        back = reverse("bookmarks")
    return _answer(request, label, pk, back, is_on=False)


def _one_after_the_other(user):
    """Have a person's stars wait for each other: each is counted by the next."""
    people = get_user_model().objects.select_for_update(no_key=True)
    people.only("pk").get(pk=user.pk)


def _is_full(user, record):
    """Say whether a person has starred so many others that this one is too many."""
    starred = Bookmark.objects.starred(user).order_by()
    others = starred.exclude(label=record._meta.label_lower, record_id=record.pk)
    return others.count() >= MOST_STARRED


def _answer(request, label, pk, back, *, is_on):
    """Show the star alone to htmx, otherwise the page at `back`."""
    if "HX-Request" not in request.headers:
        return redirect(back)
    star = {"label": label, "pk": pk, "is_on": is_on}
    return render(request, "parts/star.html", {"star": star})


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


def _hidden(bookmarks, found):
    """Return [{label, pk, kind}] of those whose records are not among the found."""
    kinds = _by_label()
    return [
        {
            "label": one.label,
            "pk": one.record_id,
            "kind": kinds[one.label]._meta.verbose_name,
        }
        for one in bookmarks
        if _key(one) not in found and one.label in kinds
    ]


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
