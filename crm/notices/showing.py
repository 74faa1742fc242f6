"""Notices as their reader sees them: names only of rows that may be seen today."""

from datetime import timedelta

from django.apps import apps
from django.db.models import Value
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext

from crm.notices.declared import occasions

#: Records that a notice about many names; the list behind it has them all.
NAMED = 10


def lines_of(notices, user):
    """Return {notice, kind, model_name, links, hidden, url} of some notices.

    Args:
        notices: what the person was told.
        user: the person.

    Returns:
        For each notice `links` as [(title, address)] of its first rows that the
        person sees, `hidden` if one cannot be seen, `url` of the list with all.
    """
    notices = [notice for notice in notices if notice.verb in occasions()]
    seen = _seen(notices, user)
    return [_line(notice, seen, user) for notice in notices]


def _line(notice, seen, user):
    model, kind = apps.get_model(notice.subject_label), occasions()[notice.verb]
    named = notice.subjects[:NAMED]
    page = kind.page or f"{model._meta.model_name}_detail"
    said = gettext if getattr(model, "titled_in_words", False) else str
    links = [
        (said(title), reverse(page, args=[pk]))
        for pk, title in named
        if kind.names_gone or (notice.subject_label, pk) in seen
    ]
    return {
        "notice": notice,
        "kind": kind,
        "model_name": model._meta.verbose_name,
        "links": links,
        "hidden": len(links) < len(named),
        "url": _list_of(model, notice, user) if notice.number > 1 else "",
    }


def _seen(notices, user):
    """Return {(label, id)} of the named rows that the person sees, by one query."""
    wanted = {}
    for notice in notices:
        ids = wanted.setdefault(notice.subject_label, set())
        ids.update(pk for pk, _title in notice.subjects[:NAMED])
    parts = [
        apps.get_model(label)
        .objects.visible_to(user)
        .filter(pk__in=ids)
        .order_by()
        .values_list(Value(label), "pk")
        for label, ids in sorted(wanted.items())
    ]
    parts = [rows for rows in parts if not rows.query.is_empty()]
    if not parts:
        return set()
    first, *others = parts
    return set(first.union(*others, all=True) if others else first)


def _list_of(model, notice, user):
    """Return the address of the list of what a notice about many tells of.

    Last week is that before the one in which the notice came, whenever it is read.
    """
    kind = occasions()[notice.verb]
    address = reverse(kind.list_name or f"{model._meta.model_name}_list")
    today, came = timezone.localdate(), timezone.localdate(notice.at)
    sunday = came - timedelta(days=came.weekday() + 1)
    values = {
        "me": user.pk,
        "kind": model._meta.label_lower,
        "today": today,
        "yesterday": today - timedelta(days=1),
        "last_monday": sunday - timedelta(days=6),
        "last_sunday": sunday,
    }
    query = {key: values.get(value, value) for key, value in kind.conditions}
    return f"{address}?{urlencode(query)}" if query else address
