"""When work is due by itself."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.guards.triggers import stamped
from crm.jobs.acts import noted_of_people
from crm.jobs.background import label_of, works
from crm.jobs.rhythm import Rhythm, due_after
from crm.models.versions import Versioned

#: What the clock moves on: no change that anybody made.
KEPT = ("next_at",)


class Schedule(Versioned):
    """Work that is done again and again; the company says when, and whether.

    `after_days` is how old must be what is removed, of work that asks that (`DAYS`).
    `next_at` is when it is due next. A moment that passed while nobody worked is made
    up for once, however many have passed.
    """

    actions = ("view", "change")

    task_path = models.CharField(_("work"), max_length=200, choices=works)
    rhythm = models.CharField(_("rhythm"), max_length=10, choices=Rhythm.choices)
    at = models.TimeField(_("at"))
    day = models.PositiveSmallIntegerField(_("day of the month"), null=True, blank=True)
    active = models.BooleanField(_("in use"), default=True)
    after_days = models.PositiveSmallIntegerField(
        _("after so many days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(30), MaxValueValidator(3660)],
    )
    next_at = models.DateTimeField(_("next time"))

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        default_permissions = ()
        ordering = ("task_path",)
        constraints = (
            models.UniqueConstraint("task_path", name="schedule_once_for_each_work"),
            models.CheckConstraint(
                condition=Q(
                    rhythm__in=("minutes", "hourly", "daily", "working", "monthly")
                ),
                name="schedule_rhythm_known",
            ),
            models.CheckConstraint(
                condition=Q(rhythm="monthly", day__isnull=False, day__range=(1, 31))
                | ~Q(rhythm="monthly") & Q(day=None),
                name="schedule_day_of_months",
                violation_error_message=_(
                    "A monthly schedule names a day from 1 to 31, no other one does."
                ),
            ),
        )
        indexes = (
            models.Index(
                fields=("next_at",), condition=Q(active=True), name="schedule_due"
            ),
        )
        triggers = (
            stamped(ignored=KEPT),
            noted_of_people("jobs.schedule", title="task_path", ignored=KEPT),
        )

    def __str__(self):
        return label_of(self.task_path)

    def set_next(self, now):
        """Set when it is due next: later than some moment."""
        self.next_at = due_after(now, self.rhythm, self.at, self.day)

    @classmethod
    def days_of(cls, work, usual):
        """Return after how many days some work removes something."""
        rows = cls.objects.filter(task_path=work.module_path)
        return rows.values_list("after_days", flat=True).first() or usual
