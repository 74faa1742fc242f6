"""Who does a bulk action: the request that confirms it, or a job if it is long."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.bulk.doing import do_some, undo_some
from crm.bulk.models import UNDOABLE, BulkAction, BulkRow
from crm.jobs.asking import ask
from crm.jobs.background import background

#: So many rows are done while somebody waits.
AT_ONCE = 200
#: Rows of a slice of a job.
SLICE = 100
State, Status = BulkRow.State, BulkAction.Status


@transaction.atomic
def confirm(bulk, given, *, by):
    """Do what was looked at: at once, or in the background.

    Args:
        bulk: locked by whoever asks.
        given: what is to be done, as the deed has it.
        by: who confirms it.

    Raises:
        ValidationError: it was confirmed already, or cannot be done.
    """
    if bulk.status != Status.PREPARED:
        raise ValidationError(_("This was confirmed already."), code="conflict")
    _move(bulk, Status.RUNNING, by, given=given)
    waiting = bulk.rows.filter(state=State.WAITING).count()
    if not waiting:
        raise ValidationError(_("Nothing of it may be changed by you."))
    if waiting <= AT_ONCE:
        do_some(bulk, by, AT_ONCE)
    else:
        ask(carry_out, by=by, key=bulk.job_key(), bulk=bulk.pk)


@transaction.atomic
def undo(bulk, *, by):
    """Take back what nobody has touched since: at once, or in the background.

    Args:
        bulk: locked by whoever asks.
        by: who takes it back.

    Raises:
        ValidationError: it is not done, or done too long ago.
    """
    if not may_undo(bulk):
        raise ValidationError(_("This cannot be undone any more."), code="conflict")
    _move(bulk, Status.UNDOING, by)
    if bulk.rows.filter(state=State.DONE).count() <= AT_ONCE:
        undo_some(bulk, by, AT_ONCE)
    else:
        ask(take_back, by=by, key=bulk.job_key(undo=True), bulk=bulk.pk)


def may_undo(bulk):
    """Say whether it can be taken back: it is done, or its job has ended midway."""
    if bulk.status != Status.RUNNING:
        return bulk.is_undoable
    is_over = bulk.job is not None and bulk.job.is_finished
    return is_over and timezone.now() < bulk.asked_at + UNDOABLE


def _move(bulk, status, by, **values):
    BulkAction.objects.filter(pk=bulk.pk).update(status=status, changed_by=by, **values)
    bulk.refresh_from_db()


@background(gettext_lazy("Bulk action"))
def carry_out(context, bulk):
    """Do the next rows."""
    return _slice(context, bulk, Status.RUNNING, do_some)


@background(gettext_lazy("Undo a bulk action"))
def take_back(context, bulk):
    """Take back the next rows."""
    return _slice(context, bulk, Status.UNDOING, undo_some)


def _slice(context, pk, status, some):
    rows = BulkAction.objects.select_for_update(of=("self",), no_key=True)
    bulk = rows.get(pk=pk)
    if bulk.status != status:  # cancelled and taken back before it was tried again
        return None
    left = some(bulk, context.by, SLICE)
    context.total = context.total or left + SLICE
    context.done = max(context.total - left, 0)
    return left or None
