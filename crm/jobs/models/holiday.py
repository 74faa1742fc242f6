"""Days on which the country rests though it is no weekend, and the other way round."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.guards.triggers import stamped
from crm.jobs.acts import noted_of_people
from crm.models.versions import Versioned
from crm.validators import EARLIEST, LATEST, validate_business_date


class Holiday(Versioned):
    """A day that is not what its weekday says."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("holiday")
        MAKE_UP = "make_up", _("make-up working day")

    actions = ("view", "add", "change", "delete")
    sort_field = "day"

    day = models.DateField(_("date"), validators=[validate_business_date])
    kind = models.CharField(_("kind of day"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("holiday name"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("holiday or make-up day")
        verbose_name_plural = _("holidays and make-up days")
        default_permissions = ()
        ordering = ("-day",)
        constraints = (
            models.UniqueConstraint(
                fields=("day",),
                name="holiday_day_once",
                violation_error_code="unique",  # told beside the field
                violation_error_message=_("This day stands in the table already."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=("holiday", "make_up")),
                name="holiday_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(day__range=(f"{EARLIEST}", f"{LATEST}")),
                name="holiday_day_usual",
            ),
        )
        triggers = (stamped(), noted_of_people("jobs.holiday", title="day"))

    def __str__(self):
        return f"{self.day} {self.name or self.get_kind_display()}"
