"""Working hours: since when so many of them have passed, by shifts and holidays."""

from datetime import datetime, timedelta

import pytest
from django.db.models import Value
from django.utils import timezone

from crm.jobs.models import Holiday
from crm.jobs.working_hours import working_hours_ago
from crm.models import Department
from sales.models import Lead

pytestmark = pytest.mark.django_db


def at(text):
    """Return a moment by the clock of Shanghai."""
    return timezone.make_aware(datetime.fromisoformat(text))


def ago(hours, until):
    """Return the moment so many working hours before another one."""
    Department.objects.get_or_create(name="总公司")
    rows = Department.objects.values_list(working_hours_ago(hours, at(until)))
    return timezone.localtime(rows.first()[0]).replace(tzinfo=None).isoformat(" ")


@pytest.mark.parametrize(
    ("hours", "until", "since"),
    [
        (4, "2026-11-25 18:00", "2026-11-25 14:00:00"),  # a Wednesday
        (4, "2026-11-25 15:00", "2026-11-25 09:30:00"),  # nobody works at noon
        (4, "2026-11-25 12:45", "2026-11-24 17:00:00"),
        (8, "2026-11-25 22:30", "2026-11-24 17:30:00"),  # nor in the evening
        (8, "2026-11-23 10:00", "2026-11-20 09:30:00"),  # nor on a weekend
        (4, "2026-11-22 11:00", "2026-11-20 14:00:00"),
        (0.5, "2026-11-25 09:00", "2026-11-24 17:30:00"),
    ],
)
def test_only_hours_that_are_worked_count(hours, until, since):
    Holiday.objects.all().delete()
    assert ago(hours, until) == since


def test_holidays_and_make_up_days_are_what_the_table_says():
    Holiday.objects.all().delete()
    Holiday.objects.create(day="2026-11-24", kind="holiday", name="放假")
    Holiday.objects.create(day="2026-11-21", kind="make_up", name="补班")
    assert ago(4, "2026-11-25 11:00") == "2026-11-23 16:00:00"
    assert ago(10, "2026-11-23 11:00") == "2026-11-20 17:30:00"


def test_a_list_asks_for_that_moment_once_and_not_of_each_row():
    plan = Lead.objects.filter(assigned_at__lt=working_hours_ago(4)).explain()
    assert "InitPlan" in plan
    assert "jobs_working_hours_ago" not in plan


def test_what_lies_very_long_ago_is_not_looked_for():
    Holiday.objects.all().delete()
    now = timezone.now()
    Department.objects.get_or_create(name="总公司")
    found = Department.objects.values_list(working_hours_ago(9999, now))
    assert found.first()[0] == now - timedelta(days=60)
    since = Department.objects.values_list(working_hours_ago(4), Value(now))
    assert since.first()[0] < now
