"""Who was in which department when: what an upgrade finds, what a month is of."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from crm.guards.actor import acting
from crm.models import Department, DepartmentStay
from crm.models.department_stays import month_days

pytestmark = pytest.mark.django_db

UPGRADE = import_module("crm.migrations.0031_department_stays")


def stays(person):
    """Return (department, since, until) of a person's stays."""
    rows = DepartmentStay.objects.filter(person=person).order_by("since")
    return [*rows.values_list("department", "since", "until")]


def test_an_upgrade_finds_in_the_history_where_people_are(
    zhang, nobody, sales_department, other_department
):
    zhang.department = other_department
    zhang.save()
    nobody.department = None
    nobody.save()
    with acting(None, verb="shipped"):
        DepartmentStay.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(UPGRADE.SINCE)
    assert stays(zhang) == [(other_department.pk, timezone.localdate(), None)]
    assert stays(nobody) == []


@pytest.mark.parametrize(
    ("month", "last"), [(2, 29), (4, 30), (12, 31)], ids=["leap", "short", "december"]
)
def test_a_month_has_its_last_day(month, last):
    assert month_days(2028, month) == (date(2028, month, 1), date(2028, month, last))


def test_nobody_knows_where_somebody_was_before_they_came(zhang, sales_department):
    now = timezone.localdate()
    first = DepartmentStay.objects.by_month(now.year - 3)
    assert first[0][zhang.pk] == sales_department.pk
    later = DepartmentStay.objects.by_month(now.year + 1)
    assert later[11][zhang.pk] == sales_department.pk


def test_who_was_taken_out_of_all_departments_is_in_none(zhang, sales_department):
    yesterday = timezone.localdate() - timedelta(days=1)
    with acting(None, verb="shipped"):
        DepartmentStay.objects.filter(person=zhang).update(since=yesterday)
    zhang.department = None
    zhang.save()
    assert zhang.pk not in DepartmentStay.objects.by_month(yesterday.year + 1)[0]


def test_a_department_that_is_deleted_takes_nothing_along(zhang, head_office):
    gone = Department.objects.create(name="撤销的部门", parent=head_office)
    zhang.department = gone
    zhang.save()
    zhang.department = head_office
    zhang.save()
    gone.delete()
    assert stays(zhang)[-1][0] == head_office.pk
