"""How many days before or after something the clock tells people of it."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.guards.triggers import stamped
from crm.jobs.acts import noted_of_people
from crm.models.versions import Versioned
from crm.notices.declared import clocked_choices

#: Further ahead, or back, nobody is told of anything.
MOST_DAYS = 366
MOST_TIMES = 10


class Reminder(Versioned):
    """What people are told of by the clock; the company says when.

    `days` are counted to the day it is about, from the day on which it began to wait,
    or since it is overdue; without any nobody is told.
    """

    actions = ("view", "change")

    verb = models.CharField(_("occasion"), max_length=20, choices=clocked_choices)
    days = ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(MOST_DAYS)]),
        verbose_name=_("days"),
        size=MOST_TIMES,
        default=list,
        blank=True,
    )

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        default_permissions = ()
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint("verb", name="reminder_verb_once"),
            models.CheckConstraint(
                condition=Q(days__len__lte=MOST_TIMES), name="reminder_few_times"
            ),
        )
        triggers = (stamped(), noted_of_people("jobs.reminder", title="verb"))

    def __str__(self):
        return str(self.get_verb_display())

    @classmethod
    def days_of_all(cls):
        """Return {verb: days, the most first} of every occasion."""
        rows = cls.objects.values_list("verb", "days")
        return {verb: sorted(set(days), reverse=True) for verb, days in rows}
