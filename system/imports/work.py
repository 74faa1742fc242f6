"""An import as a job; a small file is done while its person waits, the same way."""

from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from crm.jobs.asking import ask
from crm.jobs.background import background
from crm.jobs.models import Job, standing
from crm.running.faults import BUSY, CROSSED, fault_of
from system.imports import running, undoing
from system.models import ImportRun

#: So long a person waits for another import; then a job waits for it.
PATIENCE = "2s"
#: Records that are taken back while a person waits.
AT_ONCE = 1000


@background(_("Import"), page="import_detail", tells_itself=True)
def bring_in(context, pk):
    """Do the next slice of an import, whose place is the last row that is done."""
    run = running.advance(pk)
    context.done, context.total = run.done, run.total
    return run.position if run.state == ImportRun.State.RUNNING else None


@background(_("Undo an import"), page="import_detail")
def take_back(context, pk):
    """Take back the next records of an import; the place is how many are done."""
    run = undoing.advance(pk, context.by)
    context.total = run.written.count()
    context.done = run.written.exclude(fate="").count()
    return context.done if run.state == ImportRun.State.UNDOING else None


def job_of(run):
    """Return the job that does an import, or undoes it; None if none was needed."""
    return Job.objects.filter(key=_key(run)).first()


def with_standing(runs):
    """Return imports, each with `standing`, the label and tone of how far it is."""
    runs = list(runs)
    under_way = (ImportRun.State.RUNNING, ImportRun.State.UNDOING)
    jobs = Job.objects.keyed([_key(run) for run in runs if run.state in under_way])
    for run in runs:
        run.standing = standing(run.get_state_display(), jobs.get(_key(run)))
    return runs


def start(run, by):
    """Import a file, or go on with one that stopped half-way.

    Args:
        run: the import, locked.
        by: whose it is.

    Raises:
        ValidationError: too much else is still to be done for them.
        PermissionDenied: they may not import this kind any more.
    """
    if run.state not in (ImportRun.State.PREVIEWED, ImportRun.State.RUNNING):
        return
    job = job_of(run)
    if job is not None:
        if job.is_finished:
            job.retry(by=by)
    elif run.total >= running.SLICE or not _is_done_at_once(run):
        run.begin()
        run.said["language"] = get_language()  # of what its report will say
        run.save(update_fields=["state", "decisions", "said"])
        ask(bring_in, by=by, key=_key(run), pk=run.pk)


def can_be_undone(run, job):
    """Say whether there is anything to take back, and nothing more to come.

    Args:
        run: the import.
        job: that does it, or None.
    """
    is_still = run.state == ImportRun.State.FINISHED or (
        run.state == ImportRun.State.RUNNING and (job is None or job.is_finished)
    )
    return is_still and run.written.exists()


def undo(run, by):
    """Undo an import, a large one by a job; go on where that has stopped.

    Args:
        run: the import, locked.
        by: who wants it undone.

    Raises:
        ValidationError: it is, or is being, undone or done; it has written nothing.
        PermissionDenied: they may not.
    """
    job = job_of(run)
    if run.state == ImportRun.State.UNDOING and job is not None and job.is_finished:
        job.retry(by=by)
        return
    if not can_be_undone(run, job):
        raise ValidationError(_cannot(run, job), code="conflict")
    undoing.begin(run)
    if run.written.count() > AT_ONCE:
        ask(take_back, by=by, key=_key(run), pk=run.pk)
        return
    while run.state == ImportRun.State.UNDOING:
        run = undoing.advance(run.pk, by)


def _cannot(run, job):
    """Return why an import is not undone, in words."""
    if run.state == ImportRun.State.UNDONE:
        return gettext("This import is undone already.")
    if run.state == ImportRun.State.UNDOING:
        return gettext("This import is being undone.")
    if job is not None and not job.is_finished:
        return gettext("This import is still running. Cancel it first.")
    return gettext("This import has written nothing that could be taken back.")


def _is_done_at_once(run):
    """Do a small import; say whether it is through."""
    try:
        with transaction.atomic():
            run = running.advance(run.pk, PATIENCE, running.SLICE)
    except OperationalError as error:
        if fault_of(error) not in (BUSY, CROSSED):
            raise
        return False
    return run.state == ImportRun.State.FINISHED


def _key(run):
    is_undone = run.state in (ImportRun.State.UNDOING, ImportRun.State.UNDONE)
    return f"undo import {run.pk}" if is_undone else f"import {run.pk}"
