"""The search of everything one may see."""

from django.db.models import Count, Value, Window
from django.shortcuts import render
from django.utils.html import escape
from django.views.decorators.http import require_GET

from crm.history.titles import title_columns, titled
from crm.kinds import business
from crm.lists.hits import Hits
from crm.rights.permissions import permission
from crm.running.replica import reads_from_replica

HITS = 10
#: Hits of a kind are counted so far; more are told as 99+.
MOST = 99
LONGEST = 100


@require_GET
@reads_from_replica
def search(request):
    """Find a text in everything one may see, grouped by kind."""
    text = request.GET.get("q", "").strip()[:LONGEST].replace("\0", "")
    groups = groups_of(request.user, text) if text else []
    return render(request, "search.html", {"text": text, "groups": groups})


def groups_of(user, text):
    """Return [{label, rows, number, more, url}] of the kinds in which a text is found.

    The rows are those of `crm.lists.hits`. However many kinds there are, they and their
    numbers are one query.
    """
    found = {}
    for label, texts, at, number in _hits(user, text):
        found.setdefault(label, []).append((at, titled(label, texts), number))
    groups = []
    for model in business():
        rows = found.get(model._meta.label_lower)
        if not rows:
            continue
        number = rows[0][2]
        rows.sort(key=lambda row: (row[0], row[1].pk), reverse=True)
        groups.append(
            {
                "label": model._meta.verbose_name_plural,
                "rows": [record for _at, record, _number in rows],
                "number": f"{MOST}+" if number > MOST else str(number),
                "more": number > HITS,
                "url": model.page("list"),
            }
        )
    found_by = _shown(user, text, [one for group in groups for one in group["rows"]])
    for group in groups:
        group["rows"] = [found_by[record] for record in group["rows"]]
    return groups


def _shown(user, text, records):
    """Return {record: its `Row` with what it was found by}."""
    titles = (
        (one, ("title", *one.beside), [*map(escape, (one, *one.beside.values()))])
        for one in records
    )
    return {row.record: row for row in Hits(text, user).shown(titles)}


def _hits(user, text):
    """Return rows (kind, its short texts, created at, number of hits), newest first."""
    parts, known = [], {}
    for model in business():
        if not user.has_perm(permission("view", model)):
            continue
        rows = model.objects.sought_by(user).search(text, user, known)
        if rows.query.is_empty():
            continue
        # Found once: the newest ones, as far as they are counted, and of them a few.
        counted = rows.order_by("-created_at", "-pk").values("pk")[: MOST + 1]
        newest = model.objects.filter(pk__in=counted).order_by("-created_at", "-pk")
        parts.append(
            newest.values_list(
                Value(model._meta.label_lower),
                title_columns(model),
                "created_at",
                Window(Count("pk")),
            )[:HITS]
        )
    if not parts:
        return ()
    first, *others = parts
    return first.union(*others, all=True) if others else first
