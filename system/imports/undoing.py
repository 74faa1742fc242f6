"""An import is undone, slice by slice: what nobody has touched since.

A record that came with it goes to the recycle bin, one that it changed gets back what
stood there before. Whether somebody has touched it tells its version, which is
compared under a lock, in the transaction that writes.
"""

from collections import defaultdict
from itertools import groupby

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.utils import timezone

from crm.fields import DerivedTextField
from crm.guards.actor import acting
from crm.notices.sending import notify
from crm.rights.permissions import permission
from crm.views.locked import lock_above
from system.imports import links
from system.models import ImportRun, WrittenRow

#: Records of one transaction.
SLICE = 500
#: Records that are named of those that stay.
SHOWN = 100
COUNTED = ("bin", "back", "left")
#: Of so many it is told beforehand which are in use.
FORESEEN = 10_000
State, Fate = ImportRun.State, WrittenRow.Fate


def may_undo(user, run):
    """Say whether a person may undo an import: whoever did it, or who looks after all.

    Args:
        user: the person.
        run: the import.
    """
    is_own = run.user_id == user.pk and user.has_perm(permission("import", run.model))
    return is_own or user.has_perm("system.change_importrun")


def outlook(run):
    """Return what undoing would do now: [{model, kind, bin, back, left}] in numbers.

    Nothing where the import has written nothing, or has been undone.
    """
    labels = run.written.filter(fate="").order_by().values_list("label", flat=True)
    return [_outlook_of(run, apps.get_model(label)) for label in labels.distinct()]


def _outlook_of(run, model):
    same = Q(now=F("version"), is_used=False)
    counts = _judged(run, model).aggregate(
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
    """Return what undoing did so far, as `outlook` tells it."""
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


def foreseen_to_stay(run, lines):
    """Return the first of the rows that would stay, with their `fate` of today.

    Args:
        run: the import.
        lines: from `outlook`.
    """
    found: list = []
    for line in lines:
        if not line["left"]:
            continue
        rows = _judged(run, apps.get_model(line["kind"]))
        stays = Q(now=None) | ~Q(now=F("version")) | Q(is_used=True)
        for row in rows.filter(stays).order_by("pk")[: SHOWN - len(found)]:
            gone, touched = row.now is None, row.now != row.version
            row.fate = Fate.GONE if gone else Fate.TOUCHED if touched else Fate.USED
            found.append(row)
    return found


def _judged(run, model):
    """Return the rows of a kind with `now`, the version of today, and `is_used`."""
    live = model.objects.filter(pk=OuterRef("record_id")).order_by()
    rows = run.written.filter(label=model._meta.label_lower, fate="")
    rows = rows.annotate(now=Subquery(live.values("version")))
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


def begin(run):
    """Note that an import is being undone: nobody goes on with it from now on."""
    run.state = State.UNDOING
    run.decisions += 1
    run.save(update_fields=["state", "decisions"])


def advance(pk, by):
    """Take back the next records of an import, the last ones first; return the import.

    Args:
        pk: of the import.
        by: who undoes it.

    Raises:
        PermissionDenied: they may not do so any more.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', '60s', true)")
        run = ImportRun.objects.select_for_update(no_key=True).get(pk=pk)
        if run.state != State.UNDOING:
            return run
        if not may_undo(by, run):
            raise PermissionDenied
        with acting(by, verb="import_undone"):
            _advance(run, by)
    return run


def _advance(run, by):
    rows = list(run.written.filter(fate="").order_by("-pk")[:SLICE])
    for label, some in groupby(rows, key=lambda row: row.label):
        _take_back(apps.get_model(label), list(some), by)
    WrittenRow.objects.bulk_update(rows, ["fate"])
    freed = any(row.is_new and row.fate == Fate.UNDONE for row in rows)
    run.said["freed"] = run.said.get("freed", False) or freed
    if len(rows) < SLICE and not _is_worth_another_look(run):
        run.state, run.undone_by, run.undone_at = State.UNDONE, by, timezone.now()
    run.save(update_fields=["said", "state", "undone_by", "undone_at"])
    if run.state == State.UNDONE:
        notify(run.user_id, "import_undone", run, by=by)


def _is_worth_another_look(run):
    """Say whether records were in use that may be so no longer; forget that they were.

    A company of the file may lie above another one of it.
    """
    if not run.said.pop("freed"):
        return False
    return bool(run.written.filter(fate=Fate.USED).update(fate=""))


def _take_back(model, rows, by):
    """Decide on some rows of one kind, under locks; write what is to be taken back."""
    ids = sorted(row.record_id for row in rows)
    lock_above(model, *ids)
    # Nobody comes to refer to what goes: whoever is just doing so is waited for.
    live = model.objects.filter(pk__in=ids).order_by("pk")
    held = {record.pk: record for record in live.select_for_update(of=("self",))}
    used = _used(model, ids)
    going = []
    for row in rows:
        record = held.get(row.record_id)
        if record is None:
            row.fate = Fate.GONE
        elif record.version != row.version:
            row.fate = Fate.TOUCHED
        elif not row.is_new:
            row.fate = _put_back(record, row.before)
        elif record.pk in used:
            row.fate = Fate.USED
        else:
            going.append(row)
    _discard(model, going, by)


def _used(model, ids):
    """Return those of some records to which others refer that are not in the bin."""
    found = set()
    for other, name in model.holders():
        rows = other._default_manager.filter(**{f"{name}__in": ids}).order_by()
        found.update(rows.values_list(name, flat=True).distinct())
    return found


def _discard(model, rows, by):
    """Put records into the recycle bin, those alone that PostgreSQL lets go."""
    if not rows:
        return
    ids = [row.record_id for row in rows]
    try:
        with transaction.atomic():
            gone = model.objects.filter(pk__in=ids)
            gone.update(deleted_at=timezone.now(), deleted_by=by)
    except IntegrityError:
        if len(rows) > 1:
            for row in rows:
                _discard(model, [row], by)
            return
        rows[0].fate = Fate.USED
        return
    for row in rows:
        row.fate = Fate.UNDONE


def _put_back(record, before):
    """Give a record the values before; return what became of it."""
    fields = {name: record._meta.get_field(name) for name in before}
    added = {n: before[n] for n, field in fields.items() if field.many_to_many}
    for name in before.keys() - added.keys():
        field, value = fields[name], before[name]
        of_value = field.target_field if field.is_relation else field
        setattr(record, field.attname, of_value.to_python(value))
    derived = [f.name for f in record._meta.fields if isinstance(f, DerivedTextField)]
    try:
        with transaction.atomic():
            record.save(update_fields=[*(before.keys() - added.keys()), *derived])
            for name, ids in added.items():
                links.take_back(record, name, ids)
    except (IntegrityError, DataError):
        return Fate.REFUSED
    return Fate.UNDONE
