"""An import is undone, slice by slice: what nobody has touched since.

A record that came with it goes to the recycle bin, one that it changed gets back what
stood there before. Whether somebody has touched it tells its version, which is
compared under a lock, in the transaction that writes. What whoever undoes it may not
change any more stays too, unless they look after all imports; and so does what would
go back to an owner who has left.
"""

from itertools import groupby

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from crm.duplicates.matching import look_at_rows
from crm.fields import DerivedTextField
from crm.guards.actor import acting
from crm.notices.sending import notify
from crm.views.locked import lock_above
from system.imports import links
from system.imports.outlook import fate_of, may_undo, open_to, would_go_to_who_left
from system.models import ImportRun, WrittenRow

#: Records of one transaction.
SLICE = 500
State, Fate = ImportRun.State, WrittenRow.Fate


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
    mine = open_to(model, by).filter(pk__in=ids).values_list("pk", flat=True)
    may, used = set(mine), _used(model, ids)
    same = WrittenRow.objects.filter(pk__in=[row.pk for row in rows]).order_by()
    left = set(would_go_to_who_left(model, same).values_list("record_id", flat=True))
    going = []
    for row in rows:
        record = held.get(row.record_id)
        now, has_left = record and record.version, row.record_id in left
        row.fate = fate_of(row, now, row.record_id in may, has_left=has_left)
        if row.fate:
            continue
        if not row.is_new:
            row.fate = _put_back(record, row.before)
        elif row.record_id in used:
            row.fate = Fate.USED
        else:
            going.append(row)
    _discard(model, going, by)
    back = [row for row in rows if row.fate == Fate.UNDONE and not row.is_new]
    look_at_rows(model, [row.record_id for row in back])


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
