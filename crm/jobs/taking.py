"""Taking jobs from the queue, and putting them back: who works on what."""

from datetime import timedelta

from django.db import connections, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from crm.jobs.background import UPGRADE
from crm.jobs.models import Job
from crm.jobs.slices import Failed, end, held, wait

#: So often a job is taken up again at the same place.
MOST_TRIES = 3
#: After a fault it waits so long, and longer each time.
PAUSE = timedelta(seconds=5)
#: So long it waits for a worker that knows it.
LONG_PAUSE = timedelta(seconds=30)
#: One number for the lease of a job, which no other lock of ours has.
LEASE = "hashtextextended('crm_job ' || %s, 0)"
IS_FREE = (
    f"SELECT CASE WHEN pg_try_advisory_lock({LEASE})"
    f" THEN pg_advisory_unlock({LEASE}) ELSE false END"
)


class Lease:
    """A worker's claim to the job it works on, as long as the worker lives.

    An advisory lock of a session: PostgreSQL frees it when the connection ends, kill -9
    included. It has a connection of its own, which no pooler lends to somebody else.
    """

    def __init__(self, alias="default"):
        self.connection = connections[alias].copy()

    def take(self, pk):
        """Say whether the job is ours now."""
        return self._ask("SELECT pg_try_advisory_lock({})", pk)

    def release(self, pk):
        """Let others have it."""
        self._ask("SELECT pg_advisory_unlock({})", pk)

    def close(self):
        """Let go of everything; the next one is taken over a new connection."""
        self.connection.close()

    def _ask(self, statement, pk):
        with self.connection.cursor() as cursor:
            cursor.execute(statement.format(LEASE), [str(pk)])
            return cursor.fetchone()[0]


@transaction.atomic
def take(lease, worker):
    """Take the next job that waits; return it, or None.

    Its row is taken hold of together with its place in the queue, or passed over:
    whoever cancels it locks one after the other.

    Args:
        lease: of this worker.
        worker: its name.
    """
    waiting = DBTaskResult.objects.ready().filter(job__status=Job.Status.WAITING)
    rows = waiting.select_related("job")
    queued = rows.select_for_update(
        of=("self", "job"), no_key=True, skip_locked=True
    ).first()
    if queued is None:
        return None
    job = queued.job
    if not lease.take(job.pk):
        return None
    Job.objects.filter(pk=job.pk).update(
        status=Job.Status.RUNNING,
        run=F("run") + 1,
        tries=F("tries") + 1,
        started_at=Coalesce("started_at", Now()),
    )
    queued.worker_ids = queued.worker_ids[-MOST_TRIES:]
    queued.claim(worker)
    job.refresh_from_db()
    return job


def others_wait():
    """Say whether there is anything else to do."""
    waiting = DBTaskResult.objects.ready().filter(job__status=Job.Status.WAITING)
    return waiting.exists()


@transaction.atomic
def put_back(pk, run):
    """Let a job wait at the end of the queue: nothing went wrong."""
    wait(held(pk, run), tries=Greatest(F("tries") - 1, Value(0)))


@transaction.atomic
def fail(pk, run, failed: Failed):
    """Write down that a job cannot be done.

    Work that this version does not know waits for a newer one's worker first.
    """
    job = held(pk, run)
    is_unknown = failed.reason == Job.Reason.UNKNOWN
    if is_unknown and timezone.now() - job.asked_at < UPGRADE:
        tries = Greatest(F("tries") - 1, Value(0))
        wait(job, after=timezone.now() + LONG_PAUSE, tries=tries)
    else:
        end(job, Job.Status.FAILED, failed.reason, failed.detail)


@transaction.atomic
def try_again(pk, run, detail=""):
    """Let a job wait after a fault, or fail when it has been tried often enough.

    Args:
        pk, run: of the job.
        detail: what was in the way, in words.
    """
    job = held(pk, run)
    if job.tries >= MOST_TRIES:
        end(job, Job.Status.FAILED, Job.Reason.FAULT, detail)
    else:
        wait(job, after=timezone.now() + job.tries * PAUSE)


@transaction.atomic
def recover():
    """Let the jobs of workers that are gone wait again; return how many they were.

    Whose lease is free has no worker. One that was killed at the same place each time
    is not tried for ever.
    """
    rows = Job.objects.filter(status=Job.Status.RUNNING).order_by("pk")
    rows = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
    left = [job for job in rows if _is_free(job.pk)]
    for job in left:
        if job.tries >= MOST_TRIES:
            end(job, Job.Status.FAILED, Job.Reason.DIED)
        else:
            wait(job)
    return len(left)


def _is_free(pk):
    """Say whether nobody holds the lease of a job: we could, for a moment."""
    with connections["default"].cursor() as cursor:
        cursor.execute(IS_FREE, [str(pk), str(pk)])
        return cursor.fetchone()[0]
