"""The one door through which work gets into the background."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from crm.jobs.models import Job


def ask(work, *, by, key="", schedule=None, **arguments):
    """Have work done in the background, once the transaction that asks is through.

    Args:
        work: what was declared by `crm.jobs.background.background`.
        by: whose job it is; None for the program itself.
        key: what makes it this job and no other; asked for again under the same key,
            it is the job that there is.
        schedule: that it is due by.
        arguments: of the work, as JSON can hold them.

    Raises:
        ValidationError: the key belongs to another's job, or to other work; or too much
            of what this person asked for is still to be done.
    """
    path = work.module_path
    if found := _known(key):
        return _same(found, path, by)
    Job.objects.refuse_too_many(by)
    try:
        with transaction.atomic():
            queued = work.enqueue(**arguments)
            return Job.objects.create(
                task_path=path,
                queued_id=queued.id,
                person=by,
                key=key,
                schedule=schedule,
                changed_by=by,
            )
    except IntegrityError:
        if found := _known(key):  # somebody was quicker
            return _same(found, path, by)
        raise


@transaction.atomic
def ask_alone(work, *, by, key="", schedule=None, **arguments):
    """Have work done that nobody needs twice at a time.

    Who asks at the same moment waits until it is known whether there is a job.

    Args:
        work, by, key, schedule, arguments: as `ask` takes them.

    Raises:
        ValidationError: such a job waits or runs already (`conflict`); or as `ask`.
    """
    path = work.module_path
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"ask {path}"])
    if Job.objects.unfinished().filter(task_path=path).exists():
        raise ValidationError(
            _("This waits or runs already: %s") % work.func.label, code="conflict"
        )
    return ask(work, by=by, key=key, schedule=schedule, **arguments)


def _known(key):
    return Job.objects.filter(key=key).first() if key else None


def _same(job, path, by):
    if (job.task_path, job.person_id) != (path, by.pk if by else None):
        raise ValidationError(_("This was asked for already, as something else."))
    return job
