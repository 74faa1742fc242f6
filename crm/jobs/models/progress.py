"""How far a slice is that is just being done; how far what a job does is."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.jobs.models.job import Job


class ProgressQuerySet(models.QuerySet):
    """What workers tell while they work."""

    def tell(self, pk, run, done, total):
        """Note how far a run of a job is; its row is locked by the slice meanwhile."""
        row = self.model(job_id=pk, run=run, done=done, total=total)
        self.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=("job",),
            update_fields=("run", "done", "total"),
        )


class Progress(models.Model):
    """A row beside a job: what a long slice has done will count only when it is over.

    What an earlier run told, which was killed, is nothing.
    """

    job = models.OneToOneField(
        Job, models.CASCADE, primary_key=True, related_name="progress"
    )
    run = models.PositiveIntegerField()
    done = models.PositiveBigIntegerField()
    total = models.PositiveBigIntegerField()

    objects = ProgressQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.job_id}: {self.done} / {self.total}"


def standing(words, job):
    """Return (label, tone) of something that a job is to bring about, if any is.

    Nothing goes on by itself where its job has failed or was cancelled, whatever state
    is kept of it.

    Args:
        words: what its state is called.
        job: that is at it, or was; None where there is none, or it is done.
    """
    if job is None or not job.is_finished or job.status == job.Status.DONE:
        return words, "info"
    ended = pgettext("after a name", ": ") + job.get_status_display()
    return _("stopped midway") + ended, "bad"
