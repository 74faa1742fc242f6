"""Doing a bulk action and taking it back, some rows at a time, each row once.

Rows are locked in the order in which everybody locks them: what they are filed under
first, and both by their ids. What became of a row is stored with what was done to it.
"""

from itertools import groupby

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Case, Count, IntegerField, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.bulk.deeds import deed_of
from crm.bulk.models import BulkAction, BulkRow
from crm.guards.actor import acting
from crm.guards.refusals import explained
from crm.models import User
from crm.notices.sending import notify_digest

State, Status = BulkRow.State, BulkAction.Status
#: Records that a notice names.
NAMED = 10
LONGEST = BulkRow._meta.get_field("detail").max_length


def do_some(bulk, by, most):
    """Do the next rows; return how many are left.

    Raises:
        PermissionDenied, ValidationError: nothing of it can be done any more.
    """
    deed = deed_of(bulk, by)
    deed.check()
    rows = list(bulk.rows.filter(state=State.WAITING).order_by("object_id")[:most])
    ids = [row.object_id for row in rows]
    records = {record.pk: record for record in locked(bulk.model, ids)}
    allowed = _allowed(deed, bulk.model, ids)
    more = []
    with acting(by, verb=deed.verb, request_id=bulk.group):
        for row in rows:
            more += _do(deed, row, records.get(row.object_id), allowed)
    _store([*rows, *more])
    left = bulk.rows.filter(state=State.WAITING).count()
    if not left:
        _finish(bulk, by)
    return left


def _allowed(deed, model, ids):
    """Return the ids of the rows of a kind to which the person may do this now."""
    rows = model.objects.filter(deed.allowed_of(model), pk__in=ids).order_by()
    return set(rows.values_list("pk", flat=True))


def _do(deed, row, record, allowed):
    """Do it to one row; return the rows of what went along."""
    if record is None:
        row.state, row.detail = State.REFUSED, _("It is not there any more.")
    elif record.version != row.seen:
        row.state = State.STALE
    elif row.object_id not in allowed:
        row.state, row.detail = State.REFUSED, _("You may not do this to it any more.")
    else:
        return _tried(deed, row, record)
    return []


def _tried(deed, row, record):
    try:
        with transaction.atomic():
            before = deed.act(record)
            went = deed.along(record, before) if before else []
    except (ValidationError, IntegrityError) as error:
        row.state, row.detail = State.REFUSED, _reason(error, record)
        return []
    row.state, row.before = State.DONE if before else State.SAME, before
    return [
        BulkRow(
            bulk_id=row.bulk_id,
            label=one._meta.label_lower,
            object_id=one.pk,
            under=row.object_id,
            seen=one.version,
            before=old,
            state=State.DONE,
        )
        for one, old in went
    ]


def _reason(error, record):
    """Return in words why a record could not be changed."""
    if isinstance(error, IntegrityError):
        words = _("The rules of its kind do not allow this now.")
        error = explained(error, type(record), otherwise=words)
    return " ".join(error.messages)[:LONGEST]


def _store(rows):
    """Note what became of rows, and which versions they have now."""
    by_kind = sorted(rows, key=lambda row: row.label)
    for _label, of_kind in groupby(by_kind, key=lambda row: row.label):
        some = list(of_kind)
        done = [row for row in some if row.state == State.DONE]
        if done:
            model = apps.get_model(done[0].label)
            ids = [row.object_id for row in done]
            versions = model.everything.filter(pk__in=ids).order_by()
            versions = dict(versions.values_list("pk", "version"))
            for row in done:
                row.after = versions[row.object_id]
    BulkRow.objects.bulk_update(
        [row for row in rows if row.pk], ["state", "detail", "before", "after"]
    )
    BulkRow.objects.bulk_create([row for row in rows if not row.pk])


def locked(model, ids):
    """Return records that are not in the recycle bin, locked in everybody's order."""
    rows = model.objects.filter(pk__in=ids).order_by("pk")
    if model.team_path not in (None, "pk"):
        above = model._meta.get_field(model.team_path).related_model
        parents = above._base_manager.filter(pk__in=rows.values(model.team_path))
        list(parents.order_by("pk").select_for_update(of=("self",), no_key=True))
    return rows.select_for_update(of=("self",), no_key=True)


def _finish(bulk, by):
    """Note that it is done, and tell each whom it concerns in one notice."""
    BulkAction.objects.filter(pk=bulk.pk).update(
        status=Status.DONE, done_at=timezone.now(), changed_by=by
    )
    bulk.refresh_from_db()
    if bulk.act == BulkAction.Act.TRANSFER:
        _tell(bulk, by)


def _tell(bulk, by):
    """Tell former owners what has gone, and the new one what has come.

    Of that, what the new owner sees: whatever waits to be registered, and was brought
    by others, is shown to its owner as soon as it stands in the books.
    """
    done = bulk.rows.filter(state=State.DONE, under=None).order_by()
    owners = done.values_list("before__owner_id").annotate(number=Count("pk"))
    numbers = {int(owner): number for owner, number in owners}
    people = User.objects.in_bulk([*numbers, bulk.given["to"]])
    heir = people[bulk.given["to"]]
    every, own = bulk.model.everything, bulk.model.objects.visible_to(heir)
    for owner in sorted(numbers):
        rows = done.filter(before__owner_id=owner)
        _digest(every, rows, owner, f"{people[owner].name} → {heir.name}", by)
    former = "、".join(people[owner].name for owner in sorted(numbers)[:3])
    _digest(own, done, heir.pk, f"{former} → {heir.name}", by)


def _digest(records, rows, person, reason, by):
    """Tell somebody in one notice of those records that became some rows."""
    records = records.filter(pk__in=rows.values("object_id")).order_by("pk")
    first, number = list(records[:NAMED]), records.count()
    notify_digest(person, "handed_over", first, number, by=by, reason=reason)


def undo_some(bulk, by, most):
    """Put back the next rows that nobody has touched since; return how many are left.

    Raises:
        PermissionDenied: the person may not do this any more.
    """
    deed = deed_of(bulk, by)
    order = Case(
        When(under=None, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    waiting = bulk.rows.filter(state=State.DONE)
    rows = list(waiting.order_by(order, "label", "object_id")[:most])
    kept = _kept(bulk, rows)
    undone = deed.verb or "undone"
    with acting(by, verb=undone, request_id=f"{bulk.group}-undo"):
        for label, of_kind in groupby(rows, key=lambda row: row.label):
            some = list(of_kind)
            model = apps.get_model(label)
            ids = [row.object_id for row in some]
            records = {record.pk: record for record in locked(model, ids)}
            allowed = _allowed(deed, model, ids)
            for row in some:
                record = records.get(row.object_id)
                is_free = row.under not in kept
                _undo(deed, row, record if is_free else None, allowed)
                if row.state == State.KEPT and row.under is None:
                    kept.add(row.object_id)
    BulkRow.objects.bulk_update(rows, ["state", "detail"])
    left = waiting.count()
    if not left:
        BulkAction.objects.filter(pk=bulk.pk).update(status=Status.UNDONE)
        bulk.refresh_from_db()
    return left


def _kept(bulk, rows):
    """Return the ids of what stays as it is, of that along with which rows went."""
    ids = {row.under for row in rows} - {None}
    stays = bulk.rows.filter(object_id__in=ids, under=None, state=State.KEPT)
    return set(stays.values_list("object_id", flat=True))


def _undo(deed, row, record, allowed):
    row.state = State.KEPT
    if record is None:
        row.detail = _("It stays with what it went along with, or is gone.")
    elif row.object_id not in allowed:
        row.detail = _("You may not do this to it any more.")
    elif not deed.is_untouched(record, row):
        row.detail = _("It was changed since.")
    else:
        _put_back(deed, row, record)


def _put_back(deed, row, record):
    try:
        with transaction.atomic():
            deed.undo(record, row.before)
    except (ValidationError, IntegrityError) as error:
        row.detail = _reason(error, record)
    else:
        row.state = State.UNDONE
