"""A job: who asked for what, how far it is, how it ended."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from crm.guards.triggers import stamped
from crm.jobs.acts import noted_of_people
from crm.jobs.background import label_of, work_of, works
from crm.jobs.models.schedule import Schedule
from crm.models.versions import Versioned, person
from crm.rights.roles import Reach

#: Jobs of one person that wait or run.
MOST_UNFINISHED = 50
#: What the worker notes while it works: no change that anybody made.
KEPT = (
    "status",
    "reason",
    "detail",
    "run",
    "tries",
    "place",
    "done",
    "total",
    "started_at",
    "finished_at",
)


class JobQuerySet(models.QuerySet):
    """Which jobs there are."""

    def visible_to(self, user, action="view"):
        """Return one's own jobs, and those of the people within one's reach.

        The program's own are nobody's: only whose reach is everything has them.
        """
        reach = user.rights.reach(f"jobs.{action}_job")
        if reach == Reach.ALL:
            return self
        own = Q(person=user)
        others = user.rights.owned_by(reach, "person") if reach else own
        return self.filter(own | others)

    def unfinished(self):
        """Return those that wait or run."""
        return self.filter(status__in=UNFINISHED)

    def keyed(self, keys):
        """Return {key: job} of those that have one of some keys."""
        return {job.key: job for job in self.filter(key__in=keys)}

    def refuse_too_many(self, by):
        """Let nobody fill the queue for all others; the program itself may."""
        if by and self.filter(person=by).unfinished().count() >= MOST_UNFINISHED:
            raise ValidationError(
                _(
                    "You have %d jobs that are not done yet;"
                    " wait for them, or cancel some."
                )
                % MOST_UNFINISHED
            )


class Job(Versioned):
    """Work that is done in the background.

    `queued` is its place in the queue, `run` counts how often it was taken up: of two
    workers that believe to have it, the later one has. `tries` counts how often since
    it last got any further.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("job", "waiting")
        RUNNING = "running", pgettext_lazy("job", "running")
        DONE = "done", pgettext_lazy("job", "done")
        FAILED = "failed", pgettext_lazy("job", "failed")
        CANCELLED = "cancelled", pgettext_lazy("job", "cancelled")

    class Reason(models.TextChoices):
        REFUSED = "refused", gettext_lazy("it was refused")
        FAULT = "fault", gettext_lazy("the program met a fault each time; see the log")
        DIED = "died", gettext_lazy("the worker was killed each time")
        PERSON = "person", gettext_lazy("whoever asked for it no longer works here")
        RIGHT = "right", gettext_lazy("whoever asked for it may not do this any more")
        UNKNOWN = "unknown", gettext_lazy("this version does not know such work")

    actions = ("view", "change")
    titled_in_words = True

    person = person(gettext_lazy("asked for by"), null=True, db_index=False)
    task_path = models.CharField(gettext_lazy("work"), max_length=200, choices=works)
    queued = models.OneToOneField(
        DBTaskResult,
        models.PROTECT,
        verbose_name=gettext_lazy("place in the queue"),
        related_name="job",
    )
    schedule = models.ForeignKey(
        Schedule, models.PROTECT, null=True, related_name="jobs"
    )
    key = models.CharField(max_length=200, blank=True)
    status = models.CharField(
        gettext_lazy("status"),
        max_length=10,
        choices=Status.choices,
        default=Status.WAITING,
    )
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    detail = models.CharField(max_length=1000, blank=True)
    run = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    place = models.JSONField(null=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    again = models.PositiveSmallIntegerField(gettext_lazy("done again"), default=0)
    asked_at = models.DateTimeField(db_default=models.functions.Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("background job")
        verbose_name_plural = gettext_lazy("background jobs")
        default_permissions = ()
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("key",), condition=~Q(key=""), name="job_key_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=("waiting", "running", "done", "failed", "cancelled")
                ),
                name="job_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="failed", reason__gt="")
                | ~Q(status="failed") & Q(reason=""),
                name="job_failed_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=("done", "failed", "cancelled"),
                    finished_at__isnull=False,
                )
                | Q(status__in=("waiting", "running"), finished_at=None),
                name="job_ends_when_finished",
            ),
            models.CheckConstraint(condition=Q(tries__lte=3), name="job_three_tries"),
        )
        indexes = (
            models.Index(fields=("-asked_at", "-id"), name="job_newest"),
            models.Index(fields=("person", "-asked_at"), name="job_of_person"),
            models.Index(
                fields=("status",),
                condition=Q(status__in=("waiting", "running")),
                name="job_unfinished",
            ),
        )
        triggers = (
            stamped(ignored=KEPT),
            noted_of_people("jobs.job", title="task_path", ignored=KEPT),
        )

    def __str__(self):
        return label_of(self.task_path)

    def get_absolute_url(self):
        """Return the address of the job's page."""
        return reverse("job_detail", args=[self.pk])

    @property
    def result_url(self):
        """The address of the page that shows what becomes of it, if there is one."""
        work = work_of(self.task_path)
        if work is None or not work.func.page:
            return ""
        pk = self.queued.args_kwargs["kwargs"].get("pk")
        return reverse(work.func.page, args=[] if pk is None else [pk])

    @property
    def percent(self):
        """How much is done, of 100."""
        if self.status == self.Status.DONE:
            return 100
        done, total = self.reached
        return min(100, done * 100 // total) if total else 0

    @property
    def reached(self):
        """How many are done of how many, in the slice that is being done too."""
        progress = getattr(self, "progress", None)
        if (
            self.status != self.Status.RUNNING
            or progress is None
            or progress.run != self.run
        ):
            return self.done, self.total
        return max(progress.done, self.done), max(progress.total, self.total)

    @property
    def why(self):
        """Why it failed, in words; nothing if it did not."""
        if self.status != self.Status.FAILED:
            return ""
        return self.detail or str(self.get_reason_display()).capitalize()

    @property
    def is_finished(self):
        """Whether nothing more happens by itself."""
        return self.status not in UNFINISHED

    def is_operated_by(self, user):
        """Say whether a person may cancel it or have it done again."""
        return user.pk == self.person_id or user.has_perm("jobs.change_job", self)

    @transaction.atomic
    def cancel(self, *, by):
        """Take it back: at once if it waits, at the end of its slice if it runs.

        One that its worker puts back just now ends as soon as it is taken again.

        Raises:
            ValidationError: it is over already.
        """
        rows = Job.objects.filter(pk=self.pk)
        waiting = rows.filter(status=self.Status.WAITING)
        over = waiting.update(
            status=self.Status.CANCELLED, finished_at=models.functions.Now()
        )
        if over:
            DBTaskResult.objects.filter(pk=self.queued_id).update(
                status=TaskResultStatus.FAILED, finished_at=timezone.now()
            )
        elif not rows.unfinished().exists():
            raise ValidationError(_("This job is over already."), code="conflict")
        Cancellation.objects.bulk_create(
            [Cancellation(job=self, by=by)], ignore_conflicts=True
        )

    @transaction.atomic
    def retry(self, *, by):
        """Have it done again, from where it stopped, with the rights of today.

        Raises:
            ValidationError: it is not over, or was done; or its person has too much
                else still to be done.
        """
        if by.pk == self.person_id:
            Job.objects.refuse_too_many(by)
        ended = (self.Status.FAILED, self.Status.CANCELLED)
        again = Job.objects.filter(pk=self.pk, status__in=ended).update(
            status=self.Status.WAITING,
            reason="",
            detail="",
            tries=0,
            finished_at=None,
            again=F("again") + 1,
        )
        if not again:
            raise ValidationError(
                _("Only what failed or was cancelled is done again."), code="conflict"
            )
        Cancellation.objects.filter(job=self).delete()
        DBTaskResult.objects.filter(pk=self.queued_id).update(
            status=TaskResultStatus.READY, run_after=get_date_max(), finished_at=None
        )


UNFINISHED = (Job.Status.WAITING, Job.Status.RUNNING)


class Cancellation(models.Model):
    """Somebody wants a job to end: a row beside it, which its worker does not lock."""

    job = models.OneToOneField(Job, models.PROTECT, related_name="cancellation")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        verbose_name = gettext_lazy("cancellation")
        default_permissions = ()
        triggers = (
            noted_of_people("jobs.cancellation", subject=("jobs.job", "job_id")),
        )

    def __str__(self):
        return f"{self.job_id}"
