"""How far a slice is that is just being done."""

from django.db import models

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
