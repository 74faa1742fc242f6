"""Who was in which department when: what a department did stays with it."""

from collections import defaultdict
from datetime import date, timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    BigIntegerRangeField,
    DateRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from crm.guards.department_stays import kept_by_people
from crm.models.departments import Department

#: The person as a range: equality in such a constraint would need an extension.
PERSON = Func(
    F("person"),
    F("person"),
    RangeBoundary(inclusive_lower=True, inclusive_upper=True),
    function="int8range",
    output_field=BigIntegerRangeField(),
)
DAYS = Func(F("since"), F("until"), function="daterange", output_field=DateRangeField())
MONTHS = range(1, 13)


def month_days(year, month):
    """Return the first and the last day of a month."""
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1)


class DepartmentStayQuerySet(models.QuerySet):
    """Stays of people in departments."""

    def by_month(self, year):
        """Return [{id of a person: id of their department}] of the months of a year.

        Who moves belongs, for the whole month, where they were last in it. Nobody
        knows where somebody was before the first stay: there, it is taken to be.
        """
        stays = defaultdict(list)
        rows = self.order_by("person_id", "since")
        for person, *stay in rows.values_list(
            "person_id", "department_id", "since", "until"
        ):
            stays[person].append(stay)
        months = [month_days(year, month) for month in MONTHS]
        return [
            {
                person: department
                for person, own in stays.items()
                if (department := _last_in(own, *days)) is not None
            }
            for days in months
        ]


def _last_in(stays, first, last):
    """Return in which department one of these stays was last, on some days."""
    if stays[0][1] > last:
        return stays[0][0]
    touching = [
        department
        for department, since, until in stays
        if since <= last and (until is None or until > first)
    ]
    return touching[-1] if touching else None


class DepartmentStay(models.Model):
    """From a day on, up to another one, a person was in a department.

    PostgreSQL writes it as people move (`crm.guards.department_stays`). It hinders
    nobody from deleting a department, whose parents then no longer have what its people
    did in it.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("person"),
        related_name="department_stays",
    )
    department = models.ForeignKey(
        Department,
        models.DO_NOTHING,
        db_constraint=False,
        verbose_name=_("department"),
        related_name="+",
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True)

    objects = DepartmentStayQuerySet.as_manager()

    class Meta:
        verbose_name = _("stay in a department")
        verbose_name_plural = _("stays in departments")
        default_permissions = ()
        ordering = ("person", "since")
        constraints = (
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")),
                name="department_stay_days_in_order",
            ),
            ExclusionConstraint(
                name="department_stay_one_at_a_time",
                expressions=(
                    (PERSON, RangeOperators.OVERLAPS),
                    (DAYS, RangeOperators.OVERLAPS),
                ),
            ),
        )
        triggers = (kept_by_people(),)

    def __str__(self):
        return f"{self.person_id}: {self.department_id}"
