"""When something is due: by the clock, on working days, once for each moment."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.jobs import due, shipped
from crm.jobs.asking import ask_alone
from crm.jobs.models import Holiday, Job, Schedule
from crm.jobs.rhythm import Rhythm, due_after
from crm.jobs.working_days import is_working_day, missing_year
from crm.models import HistoryEntry
from system import upkeep

pytestmark = pytest.mark.django_db

EIGHT = time(8, 30)


@pytest.fixture(autouse=True)
def _shipped(db):
    """Bring what ships: a test that writes for good leaves empty tables behind."""
    shipped.fill()


def shanghai(text):
    """Return the moment of a text by the clock of Shanghai."""
    return timezone.make_aware(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("after", "rhythm", "day", "expected"),
    [
        ("2026-11-27 08:10", "hourly", None, "2026-11-27 08:30"),
        ("2026-11-27 08:30", "hourly", None, "2026-11-27 09:30"),
        ("2026-12-31 23:45", "hourly", None, "2027-01-01 00:30"),
        ("2026-11-27 08:29", "daily", None, "2026-11-27 08:30"),
        ("2026-11-27 08:30", "daily", None, "2026-11-28 08:30"),
        # Friday to Monday.
        ("2026-11-27 09:00", "working", None, "2026-11-30 08:30"),
        # National Day ends on the 7th; Saturday the 10th makes up for it.
        ("2026-09-30 09:00", "working", None, "2026-10-08 08:30"),
        ("2026-10-09 09:00", "working", None, "2026-10-10 08:30"),
        ("2026-11-27 09:00", "monthly", 5, "2026-12-05 08:30"),
        ("2027-02-01 09:00", "monthly", 31, "2027-02-28 08:30"),
        ("2026-12-31 09:00", "monthly", 31, "2027-01-31 08:30"),
    ],
)
def test_the_next_time_is_reckoned_by_the_calendar(after, rhythm, day, expected):
    found = due_after(shanghai(after), rhythm, EIGHT, day)
    assert found == shanghai(expected)


def test_the_clock_is_that_of_shanghai():
    night = datetime(2026, 11, 26, 23, 0, tzinfo=UTC)  # seven in the morning there
    assert due_after(night, Rhythm.DAILY, EIGHT) == shanghai("2026-11-27 08:30")


def test_working_days_follow_the_table_and_beyond_it_the_week():
    assert not is_working_day(date(2026, 10, 1))  # a Thursday
    assert is_working_day(date(2026, 10, 10))  # a Saturday
    assert is_working_day(date(2027, 10, 1))  # not in the table yet
    Holiday.objects.create(day=date(2027, 10, 1), kind="holiday")
    assert not is_working_day(date(2027, 10, 1))


def test_the_holidays_of_all_years_that_are_known_come_along():
    years = {day.year for day in Holiday.objects.dates("day", "year")}
    assert years == set(range(2004, 2027))
    assert Holiday.objects.get(day="2026-10-01").name == "国庆节"


def test_what_the_company_wrote_stays_at_the_next_version():
    Holiday.objects.get(day="2026-10-01").delete()
    Schedule.objects.update(active=False)
    shipped.fill()
    assert not Holiday.objects.filter(day="2026-10-01").exists()
    assert not Schedule.objects.filter(active=True).exists()


def test_december_asks_for_the_next_year_until_it_is_there():
    assert missing_year(date(2026, 11, 30)) is None
    assert missing_year(date(2026, 12, 1)) == 2027
    Holiday.objects.create(day=date(2027, 1, 1), kind="holiday")
    assert missing_year(date(2026, 12, 1)) is None


def test_a_day_stands_in_the_table_once():
    with pytest.raises(IntegrityError), transaction.atomic():
        Holiday.objects.create(day=date(2026, 10, 1), kind="make_up")


# --- Firing ---------------------------------------------------------------------------


@pytest.fixture
def hourly():
    """The sealing, due an hour ago; nothing else is in use."""
    Schedule.objects.update(active=False)
    path = upkeep.seal_history.module_path
    last_hour = timezone.now() - timedelta(hours=1)
    Schedule.objects.filter(task_path=path).update(active=True, next_at=last_hour)
    return Schedule.objects.get(task_path=path)


def test_what_is_due_gets_its_job_once(hourly):
    (job,) = due.start_due()
    assert (job.schedule, job.person, job.status) == (hourly, None, "waiting")
    assert due.start_due() == []
    hourly.refresh_from_db()
    assert hourly.next_at > timezone.now()


def test_moments_that_passed_unseen_are_made_up_for_once(hourly):
    week = timezone.now() - timedelta(days=7)
    Schedule.objects.filter(pk=hourly.pk).update(next_at=week)
    assert len(due.start_due()) == 1
    assert due.start_due() == []


def test_two_that_look_at_once_make_one_job_of_a_moment(hourly):
    (job,) = due.start_due()
    Schedule.objects.filter(pk=hourly.pk).update(next_at=hourly.next_at)
    assert due.start_due() == []
    assert Job.objects.get(schedule=hourly) == job


def test_what_is_being_done_by_hand_is_not_done_by_the_clock_as_well(hourly, zhou):
    by_hand = ask_alone(upkeep.seal_history, by=zhou)
    assert due.start_due() == []
    hourly.refresh_from_db()
    assert hourly.next_at > timezone.now()
    assert Job.objects.get() == by_hand


def test_a_moment_of_work_to_come_is_left_to_the_newer_version(hourly):
    rows, known = Schedule.objects.filter(pk=hourly.pk), hourly.task_path
    rows.update(task_path="system.upkeep.to_come")
    assert due.start_due() == []
    assert rows.get().next_at == hourly.next_at
    rows.update(task_path=known)
    assert len(due.start_due()) == 1


def test_but_not_for_ever(hourly):
    rows = Schedule.objects.filter(pk=hourly.pk)
    long_ago = timezone.now() - timedelta(days=2)
    rows.update(task_path="system.upkeep.gone", next_at=long_ago)
    assert due.start_due() == []
    assert rows.get().next_at > timezone.now()


def test_what_is_switched_off_is_never_due(hourly):
    Schedule.objects.update(active=False)
    assert due.start_due() == []


def test_the_clock_leaves_no_trace_in_the_history(hourly):
    due.start_due()
    entries = HistoryEntry.objects.filter(label__startswith="jobs.")
    assert not entries.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"rhythm": "yearly"},
        {"rhythm": "monthly", "day": None},
        {"rhythm": "monthly", "day": 32},
        {"rhythm": "daily", "day": 3},
    ],
)
def test_the_database_refuses_what_is_no_rhythm(hourly, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Schedule.objects.filter(pk=hourly.pk).update(**wrong)
