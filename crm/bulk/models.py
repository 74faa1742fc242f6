"""A bulk action: what is to be done to which records, and what became of each."""

from datetime import timedelta

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.guards.triggers import stamped
from crm.jobs.models import Job
from crm.models.versions import Versioned, person

#: So long can it be taken back.
UNDOABLE = timedelta(days=7)
#: What the program notes while it works: no change of what was seen.
KEPT = ("done_at",)


class BulkActionQuerySet(models.QuerySet):
    """Which bulk actions there are."""

    def visible_to(self, user, action="view"):
        """Return one's own: what they name is what their person could see."""
        return self.filter(person=user)


class BulkAction(Versioned):
    """What one person does to many records of one kind.

    Its rows are fixed, with the versions that were seen, before anything is done.
    `given` says what is to be done, as the form of the deed has it.
    """

    class Act(models.TextChoices):
        TRANSFER = "transfer", pgettext_lazy("bulk", "transfer")
        EDIT = "edit", pgettext_lazy("bulk", "edit a field")
        TEAM = "team", pgettext_lazy("bulk", "add to the team")

    class Status(models.TextChoices):
        PREPARED = "prepared", pgettext_lazy("bulk", "to be confirmed")
        RUNNING = "running", pgettext_lazy("bulk", "under way")
        DONE = "done", pgettext_lazy("bulk", "done")
        UNDOING = "undoing", pgettext_lazy("bulk", "being undone")
        UNDONE = "undone", pgettext_lazy("bulk", "undone")

    titled_in_words = True

    person = person(_("done by"))
    label = models.CharField(_("kind"), max_length=60)
    act = models.CharField(_("action"), max_length=10, choices=Act.choices)
    given = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.PREPARED
    )
    total = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(db_default=models.functions.Now())
    done_at = models.DateTimeField(null=True)

    objects = BulkActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk action")
        verbose_name_plural = _("bulk actions")
        default_permissions = ()
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(act__in=("transfer", "edit", "team")),
                name="bulk_act_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=("prepared", "running", "done", "undoing", "undone")
                ),
                name="bulk_status_known",
            ),
        )
        indexes = (models.Index(fields=("person", "-id"), name="bulk_of_person"),)
        triggers = (stamped(ignored=KEPT),)

    def __str__(self):
        return f"{self.get_act_display()} · {self.model._meta.verbose_name_plural}"

    def get_absolute_url(self):
        """Return the address of its page: preview, progress, result."""
        return reverse("bulk_detail", args=[self.pk])

    @property
    def model(self):
        """The kind of its records."""
        return apps.get_model(self.label)

    @property
    def group(self):
        """What all entries of the history about it have in common."""
        return f"bulk-{self.pk}"

    @property
    def job(self):
        """The job that does it or takes it back, None where nobody had to wait."""
        keys = [self.job_key(), self.job_key(undo=True)]
        return Job.objects.filter(key__in=keys).order_by("-pk").first()

    def job_key(self, *, undo=False):
        """Return what makes a job the one of this action."""
        return f"{self.group} undo" if undo else self.group

    @property
    def key(self):
        """The key of the job that is, or was, at what is under way."""
        return self.job_key(undo=self.status == self.Status.UNDOING)

    @property
    def is_under_way(self):
        """Whether it has begun, or is being undone, and is not through."""
        return self.status in (self.Status.RUNNING, self.Status.UNDOING)

    @property
    def undoable_until(self):
        """Until when it can be taken back; None while it is not done."""
        return self.done_at and self.done_at + UNDOABLE

    @property
    def is_undoable(self):
        """Whether it is done, and not too long ago to be taken back."""
        is_done = self.status == self.Status.DONE
        return is_done and timezone.now() < self.undoable_until


class BulkRow(models.Model):
    """One record of a bulk action; `under` is the id of the one it went along with.

    `seen` is the version that was seen, `after` the one that the action made, `before`
    what is put back when it is taken back.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("bulk row", "to be done")
        LEFT_OUT = "left_out", pgettext_lazy("bulk row", "may not be changed by you")
        DONE = "done", pgettext_lazy("bulk row", "done")
        SAME = "same", pgettext_lazy("bulk row", "was so already")
        STALE = "stale", pgettext_lazy("bulk row", "changed meanwhile, left as it is")
        REFUSED = "refused", pgettext_lazy("bulk row", "refused")
        UNDONE = "undone", pgettext_lazy("bulk row", "undone")
        KEPT = "kept", pgettext_lazy("bulk row", "left as it is, not undone")

    bulk = models.ForeignKey(BulkAction, models.CASCADE, related_name="rows")
    label = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    under = models.BigIntegerField(null=True)
    seen = models.PositiveIntegerField()
    after = models.PositiveIntegerField(null=True)
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.WAITING
    )
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ("object_id",)
        constraints = (
            models.UniqueConstraint("bulk", "label", "object_id", name="bulk_row_once"),
            models.CheckConstraint(
                condition=Q(
                    state__in=(
                        "waiting",
                        "left_out",
                        "done",
                        "same",
                        "stale",
                        "refused",
                        "undone",
                        "kept",
                    )
                ),
                name="bulk_row_state_known",
            ),
        )
        indexes = (
            models.Index(fields=("bulk", "state", "object_id"), name="bulk_row_next"),
        )

    def __str__(self):
        return f"{self.label} {self.object_id} {self.state}"
