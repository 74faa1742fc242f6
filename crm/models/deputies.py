"""Who approves for whom while they are away."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    BigIntegerRangeField,
    DateRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.db import models, transaction
from django.db.models import F, Func, Q
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.guards.receivers import only_to_who_works_here
from crm.guards.triggers import noted, stamped
from crm.guards.turns import wait_turn
from crm.guards.watermarks import ANY_CHANGE, PEOPLE, watermarked
from crm.models.versions import Versioned


class DeputyQuerySet(models.QuerySet):
    """Who stands in for whom."""

    def on(self, day=None):
        """Return the deputies in force on a day (default: today in Shanghai)."""
        day = day or timezone.localdate()
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def visible_to(self, user, action="view"):
        """Return the absences one may see or arrange: one's own, or all."""
        reach = user.rights.reach(f"crm.{action}_deputy")
        return (
            self.filter(user.rights.owned_by(reach, "person")) if reach else self.none()
        )


BOTH_ENDS = RangeBoundary(inclusive_lower=True, inclusive_upper=True)
#: Days in order even before they are checked to be: PostgreSQL refuses other ranges.
DAYS = Func(
    Least("starts_on", "ends_on"),
    Greatest("starts_on", "ends_on"),
    BOTH_ENDS,
    function="daterange",
    output_field=DateRangeField(),
)
#: The person as a range: equality in such a constraint would need an extension.
ABSENT = Func(
    F("person"),
    F("person"),
    BOTH_ENDS,
    function="int8range",
    output_field=BigIntegerRangeField(),
)


class Deputy(Versioned):
    """A person's deputy for approvals from one day to another, both included."""

    actions = ("view", "add", "change", "delete")
    history_part_of = "person"

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("absent"),
        related_name="absences",
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("deputy"),
        related_name="deputyships",
    )
    starts_on = models.DateField(_("from day"))
    ends_on = models.DateField(_("to day"))

    objects = DeputyQuerySet.as_manager()

    class Meta:
        verbose_name = _("deputy")
        verbose_name_plural = _("deputies")
        default_permissions = ()
        ordering = ("-starts_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="deputy_days_in_order",
                violation_error_message=_("The last day is before the first day."),
            ),
            models.CheckConstraint(
                condition=~Q(person=F("deputy")),
                name="nobody_deputises_for_themselves",
                violation_error_message=_("Nobody is their own deputy."),
            ),
            ExclusionConstraint(
                name="one_deputy_a_day",
                expressions=(
                    (ABSENT, RangeOperators.OVERLAPS),
                    (DAYS, RangeOperators.OVERLAPS),
                ),
                violation_error_message=_(
                    "This person has a deputy on some of these days already."
                ),
            ),
        )
        triggers = (
            stamped(),
            noted("crm.deputy", subject=("crm.user", "person_id")),
            watermarked(PEOPLE, ANY_CHANGE),
            only_to_who_works_here("person_id", "deputy_id"),
        )

    def __str__(self):
        return f"{self.person} → {self.deputy}"

    def save(self, *args, **kwargs):
        """Store, after the person's other absences that are being stored just now.

        Two of them that met in the exclusion constraint would each wait for the other.
        """
        with transaction.atomic():
            wait_turn("absences", self.person)
            super().save(*args, **kwargs)
