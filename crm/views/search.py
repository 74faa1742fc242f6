"""The search of everything one may see."""

from functools import cache

from django.db.models import Value
from django.shortcuts import render
from django.utils.html import escape
from django.views.decorators.http import require_GET

from crm.history.titles import title_columns, titled
from crm.kinds import business
from crm.lists.hits import Hits
from crm.lists.ordering import Order
from crm.models import User
from crm.models.matches import paths_to, some_of_many
from crm.queries.figures import Counted
from crm.queries.ids import any_of
from crm.queries.prepared import Prepared, PreparedFor
from crm.queries.search import seems_frequent
from crm.rights.permissions import NOBODY, permission
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

    The rows are those of `crm.lists.hits`. However many kinds there are, what is sure
    is one query, the newest hits are one and what they are called is one.
    """
    hits = _hits(user, text)
    records = _titled(tuple(hits), [ids[:HITS] for ids, _number in hits.values()])
    found_by, groups = _shown(user, text, records.values()), []
    for kind, (ids, number) in hits.items():
        shown = [records[kind, pk] for pk in ids[:HITS] if (kind, pk) in records]
        groups.append(
            {
                "label": kind._meta.verbose_name_plural,
                "rows": [found_by[record] for record in shown],
                "number": f"{MOST}+" if number > MOST else str(number),
                "more": number > HITS,
                "url": kind.page("list"),
            }
        )
    return groups


def _shown(user, text, records):
    """Return {record: its `Row` with what it was found by}."""
    titles = (
        (one, ("title", *one.extras), [*map(escape, (one, *one.extras.values()))])
        for one in records
    )
    return {row.record: row for row in Hits(text, user).shown(titles)}


def _hits(user, text):
    """Return {kind: (ids of its newest hits, number of hits)} of those with any."""
    newest, memo = {}, {}
    for model in business():
        if not user.has_perm(permission("view", model)):
            continue
        seen = model.objects.visibility(user)
        parts = seen.by_index().searched_apart(text, user, memo)
        if parts := [rows for rows in parts if not rows.query.is_empty()]:
            gathers = seems_frequent(text) or seen.are_gathered
            order = Order(model, "created_at", down=True, gathers=gathers)
            newest[model] = [order.zones(rows)[0] for rows in parts]
    # Where more are certain than are counted, no more than are shown are looked for.
    many = _many(user, tuple(newest), *some_of_many(text, memo))
    most = {kind: HITS if kind in many else MOST + 1 for kind in newest}
    return {
        kind: (ids, MOST + 1 if kind in many else len(ids))
        for kind, ids in _ids(newest, most).items()
    }


def _many(user, kinds, target, ids):
    """Return the kinds that have more hits than are counted, as far as is certain.

    Args:
        user: who looks.
        kinds: what is looked for.
        target: a kind by whose rows they are found, None if by none.
        ids: of some of these rows.
    """
    led = tuple(kind for kind in kinds if paths_to(kind, target))
    numbers = _led_to(led, target)(user, ids) if led else ()
    return {kind for kind in led if (kind._meta.label_lower, MOST + 1) in numbers}


@cache
def _led_to(kinds, target):
    """Return the query (kind, number of rows) of what some rows of a kind lead to.

    Rows that one sees beyond one's reach are left out: it need not be all.
    """

    def led_to(user, ids):
        people = User.objects.filter(pk=user.pk).order_by()
        parts = []
        for kind in kinds:
            path = paths_to(kind, target)[0]
            rows = (
                kind.objects.visibility(user).within_reach().filter(any_of(path, ids))
            )
            number = Counted(rows.order_by(), most=MOST + 1)
            parts.append(people.values_list(Value(kind._meta.label_lower), number))
        first, *others = parts
        return first.union(*others, all=True) if others else first

    return PreparedFor(led_to, [NOBODY - 1])


def _ids(newest, most):
    """Return {kind: ids, the newest ones first} of some kinds' rows.

    Args:
        newest: {kind: queries of its rows in this order, which may share some}.
        most: {kind: how many of them at most}.
    """
    parts = [
        rows.values_list(Value(kind._meta.label_lower), "created_at", "pk")[
            : most[kind]
        ]
        for kind, queries in newest.items()
        for rows in queries
    ]
    if not parts:
        return {}
    first, *others = parts
    found = set(first.union(*others, all=True) if others else first)
    ids = {kind: [] for kind in newest}
    places = {kind._meta.label_lower: some for kind, some in ids.items()}
    for label, _at, pk in sorted(found, reverse=True):
        places[label].append(pk)
    return {kind: some[: most[kind]] for kind, some in ids.items() if some}


def _titled(kinds, ids):
    """Return {(kind, id): record} of some rows of each kind, as `titled` makes them."""
    if not kinds:
        return {}
    found = (titled(label, texts) for label, texts in _titles(kinds)(*ids))
    return {(type(record), record.pk): record for record in found}


@cache
def _titles(kinds):
    """Return the query of what some rows of these kinds are called."""

    def titles(*ids):
        parts = [
            kind.objects.filter(any_of("pk", some))
            .order_by()
            .values_list(Value(kind._meta.label_lower), title_columns(kind))
            for kind, some in zip(kinds, ids, strict=True)
        ]
        first, *others = parts
        return first.union(*others, all=True) if others else first

    return Prepared(titles, *([NOBODY + place] for place in range(len(kinds))))
