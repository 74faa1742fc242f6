"""What undoing an import would do by now, and what it did: in numbers and by row."""

from collections import defaultdict

from django.apps import apps
from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from crm.models import User
from crm.rights.permissions import permission
from system.models import WrittenRow

#: Records that are named of those that stay.
SHOWN = 100
COUNTED = ("bin", "back", "left")
#: Of so many it is told beforehand which are in use.
FORESEEN = 10_000
#: The right to undo the imports of others, whatever they have written.
LOOKS_AFTER = "system.change_importrun"
Fate = WrittenRow.Fate


def may_undo(user, run):
    """Say whether a person may undo an import: whoever did it, or who looks after all.

    Args:
        user: the person.
        run: the import.
    """
    is_own = run.user_id == user.pk and user.has_perm(permission("import", run.model))
    return is_own or user.has_perm(LOOKS_AFTER)


def foreseen(run, by):
    """Return what undoing would do now: [{model, kind, bin, back, left}] in numbers.

    Nothing where the import has written nothing, or has been undone.

    Args:
        run: the import.
        by: who would undo it.
    """
    labels = run.written.filter(fate="").order_by().values_list("label", flat=True)
    return [_foreseen_of(run, apps.get_model(label), by) for label in labels.distinct()]


def _foreseen_of(run, model, by):
    same = Q(now=F("version"), is_used=False, may=True, has_left=False)
    counts = _judged(run, model, by).aggregate(
        bin=Count("pk", filter=same & Q(is_new=True)),
        back=Count("pk", filter=same & Q(is_new=False)),
        all=Count("pk"),
    )
    left = counts["all"] - counts["bin"] - counts["back"]
    return _line(model, bin=counts["bin"], back=counts["back"], left=left)


def _line(model, **counts):
    names = {"model": model._meta.verbose_name_plural, "kind": model._meta.label_lower}
    return names | counts


def outcome(run):
    """Return what undoing did so far, as `foreseen` tells it."""
    undone = Q(fate=Fate.UNDONE)
    counted = (
        run.written.order_by("label")
        .values_list("label")
        .annotate(
            bin=Count("pk", filter=undone & Q(is_new=True)),
            back=Count("pk", filter=undone & Q(is_new=False)),
            left=Count("pk", filter=~Q(fate="") & ~undone),
        )
    )
    return [
        _line(apps.get_model(label), **dict(zip(COUNTED, counts, strict=True)))
        for label, *counts in counted
    ]


def stayed(run):
    """Return the first of the rows that stayed as they were."""
    return list(run.written.exclude(fate__in=("", Fate.UNDONE))[:SHOWN])


def seen_by(user, rows):
    """Return rows with `record`, None where the reader does not see it."""
    wanted = defaultdict(set)
    for row in rows:
        wanted[row.label].add(row.record_id)
    for label, ids in wanted.items():
        seen = apps.get_model(label).objects.visible_to(user).in_bulk(ids)
        for row in rows:
            if row.label == label:
                row.record = seen.get(row.record_id)
    return rows


def foreseen_to_stay(run, lines, by):
    """Return the first of the rows that would stay, with their `fate` of today.

    Args:
        run: the import.
        lines: from `foreseen`.
        by: who would undo it.
    """
    found: list = []
    for line in lines:
        if not line["left"]:
            continue
        rows = _judged(run, apps.get_model(line["kind"]), by)
        stays = Q(now=None) | ~Q(now=F("version")) | Q(is_used=True) | Q(may=False)
        stays |= Q(has_left=True)
        for row in rows.filter(stays).order_by("pk")[: SHOWN - len(found)]:
            fate = fate_of(row, row.now, row.may, has_left=row.has_left)
            row.fate = fate or Fate.USED
            found.append(row)
    return found


def fate_of(row, now, may, *, has_left):
    """Return why a row stays whether or not it is in use; nothing if it need not.

    Args:
        row: of what was written.
        now: the version of its record, None for one that lies in the bin.
        may: whether the person may take it back.
        has_left: whether it would go back to somebody whose it cannot be any more.
    """
    if now is None:
        return Fate.GONE
    if not may:
        return Fate.BEYOND
    if now != row.version:
        return Fate.TOUCHED
    return Fate.LEFT if has_left else ""


def would_go_to_who_left(model, rows):
    """Return those of some written rows whose owner before cannot have them back.

    Nothing is given back to who has left, or may not see the kind any more.

    Args:
        model: the kind of their records.
        rows: of what an import wrote.
    """
    here = User.objects.seeing(model)
    owner = Cast(KT("before__owner"), BigIntegerField())
    given = rows.filter(is_new=False, before__has_key="owner").alias(owner=owner)
    return given.exclude(owner=None).exclude(owner__in=here.values("pk"))


def open_to(model, by):
    """Return the records of a kind that a person may take back.

    Whoever looks after all imports needs no right to their records: a leaver's import
    goes too.
    """
    rows = model.objects.order_by()
    return rows if by.has_perm(LOOKS_AFTER) else rows.visible_to(by, "change")


def _judged(run, model, by):
    """Return the rows of a kind: `now`, their version, `may`, `has_left`, `is_used`."""
    live = model.objects.filter(pk=OuterRef("record_id")).order_by()
    rows = run.written.filter(label=model._meta.label_lower, fate="")
    rows = rows.annotate(now=Subquery(live.values("version")))
    mine = open_to(model, by).filter(pk=OuterRef("record_id"))
    may = Value(False) if mine.query.is_empty() else Exists(mine)
    left = would_go_to_who_left(model, WrittenRow.objects.filter(pk=OuterRef("pk")))
    rows = rows.annotate(may=may, has_left=Exists(left.order_by()))
    # A condition that no row meets, and PostgreSQL can read: an empty one it cannot.
    is_used = Q(Value(False))
    if run.created + run.updated <= FORESEEN:
        for other, name in model.holders():
            holding = other._default_manager.filter(**{name: OuterRef("record_id")})
            with_it = run.written.filter(
                label=other._meta.label_lower, is_new=True
            ).order_by()
            holding = holding.exclude(pk__in=with_it.values("record_id"))
            is_used |= Q(Exists(holding.order_by()))
    return rows.annotate(is_used=is_used & Q(is_new=True))
