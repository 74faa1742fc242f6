"""An import as a job; a small file is done while its person waits, the same way."""

from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from crm.jobs.asking import ask
from crm.jobs.background import background
from crm.jobs.models import Job
from crm.running.faults import BUSY, CROSSED, fault_of
from system.imports import running
from system.models import ImportRun

#: So long a person waits for another import; then a job waits for it.
PATIENCE = "2s"


@background(_("Import"), page="import_detail", tells_itself=True)
def bring_in(context, pk):
    """Do the next slice of an import, whose place is the last row that is done."""
    run = running.advance(pk)
    context.done, context.total = run.done, run.total
    return None if run.state == ImportRun.State.FINISHED else run.position


def job_of(run):
    """Return the job that does an import, None if none was needed."""
    return Job.objects.filter(key=_key(run)).first()


def start(run, by):
    """Import a file, or go on with one that stopped half-way.

    Args:
        run: the import, locked.
        by: whose it is.

    Raises:
        ValidationError: too much else is still to be done for them.
        PermissionDenied: they may not import this kind any more.
    """
    job = job_of(run)
    if job is not None:
        if job.is_finished and run.state == ImportRun.State.RUNNING:
            job.retry(by=by)
    elif run.total >= running.SLICE or not _is_done_at_once(run):
        run.begin()
        run.save(update_fields=["state", "decisions"])
        ask(bring_in, by=by, key=_key(run), pk=run.pk)


def _is_done_at_once(run):
    """Do a small import; say whether it is through."""
    try:
        with transaction.atomic():
            run = running.advance(run.pk, PATIENCE)
    except OperationalError as error:
        if fault_of(error) not in (BUSY, CROSSED):
            raise
        return False
    return run.state == ImportRun.State.FINISHED


def _key(run):
    return f"import {run.pk}"
