"""One slice of a job: what it does and how far it got, in one transaction.

The row of the job is locked meanwhile, so that whoever takes over from a killed worker
waits until PostgreSQL has decided whether its last slice counts.
"""

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from crm.guards.actor import acting
from crm.jobs.background import Context, work_of
from crm.jobs.models import Cancellation, Job
from crm.notices.sending import notify

Status, Reason = Job.Status, Job.Reason
#: How the queue calls what is over.
QUEUED = {Status.DONE: TaskResultStatus.SUCCESSFUL}
LONGEST = 1000
#: What people are told of their jobs.
NOTICES = {Status.DONE: "job_done", Status.FAILED: "job_failed"}


class Lost(Exception):
    """Another worker has taken the job over."""


class Failed(Exception):
    """The job cannot be done, however often it is tried: (reason, detail)."""

    def __init__(self, reason, detail=""):
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


def do_slice(pk, run, begun=None):
    """Do the next slice of a job; return whether there are more just now.

    Args:
        pk: of the job.
        run: which of its runs this is.
        begun: is told the Context, in which the slice says how far it is.

    Raises:
        Lost: the job is another worker's by now.
        Failed: it cannot be done.
    """
    with transaction.atomic():
        job = held(pk, run)
        if Cancellation.objects.filter(job=job).exists():
            end(job, Status.CANCELLED)
            return False
        context, place = _worked(job, begun)
        job.done, job.total = context.done, context.total
        if place is None:
            end(job, Status.DONE)
            return False
        reached = {"place": place, "done": job.done, "total": job.total}
        if context.wait:
            wait(job, after=timezone.now() + context.wait, tries=0, **reached)
            return False
        Job.objects.filter(pk=pk).update(tries=1, **reached)
        return True


def _worked(job, begun):
    """Call the work of a job; return what it was given, and where it goes on."""
    work = work_of(job.task_path)
    if work is None:
        raise Failed(Reason.UNKNOWN)
    by = _person_of(job, work.func.permission)
    context = Context(
        by=by, place=job.place, done=job.done, total=job.total, again=job.again
    )
    if begun is not None:
        begun(context)
    given = job.queued.args_kwargs
    try:
        with acting(by, request_id=f"job-{job.pk}"):
            return context, work.call(context, *given["args"], **given["kwargs"])
    except ValidationError as error:
        raise Failed(Reason.REFUSED, " ".join(error.messages)) from error
    except PermissionDenied as error:
        raise Failed(Reason.RIGHT) from error


def _person_of(job, permission):
    """Return whose job it is, as they are now; None for the program itself."""
    if job.person_id is None:
        return None
    person = get_user_model().objects.active().filter(pk=job.person_id).first()
    if person is None:
        raise Failed(Reason.PERSON)
    if permission and not person.has_perm(permission):
        raise Failed(Reason.RIGHT)
    return person


def held(pk, run):
    """Return the row of a job that is still this run's, locked.

    Not its key: a cancellation that refers to it need not wait.
    """
    rows = Job.objects.select_for_update(of=("self",), no_key=True)
    job = rows.select_related("queued").filter(pk=pk, run=run, status="running").first()
    if job is None:
        raise Lost
    return job


def wait(job, *, after=None, **values):
    """Let a job wait at the end of the queue, within the transaction that holds it.

    Args:
        job: the row.
        after: the moment before which it is not taken.
        values: of other columns.
    """
    Job.objects.filter(pk=job.pk).update(status=Status.WAITING, **values)
    DBTaskResult.objects.filter(pk=job.queued_id).update(
        status=TaskResultStatus.READY,
        run_after=after or get_date_max(),
        enqueued_at=timezone.now(),
    )


def end(job, status, reason="", detail=""):
    """Write down how a job ended, and tell whoever asked for it.

    Within the transaction that holds its row.
    """
    Job.objects.filter(pk=job.pk).update(
        status=status,
        reason=reason,
        detail=detail[:LONGEST],
        done=job.done,
        total=job.total,
        finished_at=Now(),
    )
    DBTaskResult.objects.filter(pk=job.queued_id).update(
        status=QUEUED.get(status, TaskResultStatus.FAILED), finished_at=timezone.now()
    )
    if status in NOTICES and not (status == Status.DONE and _tells_itself(job)):
        notify(job.person_id, NOTICES[status], job, by=None, reason=detail[:LONGEST])


def _tells_itself(job):
    """Say whether the work has told its person already that it is done."""
    work = work_of(job.task_path)
    return work is not None and work.func.tells_itself
