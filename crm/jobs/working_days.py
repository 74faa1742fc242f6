"""Which days people work: weekdays, but for what the table of holidays says."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.apps import apps
from django.utils import timezone

DECEMBER = 12
SATURDAY = 5
#: The hour at which a day's work is over, as `jobs_working_hours_ago` has it.
WORK_ENDS = 18
#: No holidays take longer than these days.
LONGEST_REST = 30


def is_working_day(day: date) -> bool:
    """Say whether a day is worked.

    Of a year that the table does not know yet the weekdays are.
    """
    rows = apps.get_model("jobs.Holiday").objects.filter(day=day)
    kind = rows.values_list("kind", flat=True).first()
    return day.weekday() < SATURDAY if kind is None else kind == "make_up"


def working_days_ago(number: int, today: date) -> date:
    """Return the last day from which so many working days have passed until today.

    Today counts, if it is one: what came on Friday waits for a day on Monday.
    """
    earliest = today - timedelta(days=2 * number + LONGEST_REST)
    rows = apps.get_model("jobs.Holiday").objects.filter(day__range=(earliest, today))
    kinds = dict(rows.values_list("day", "kind"))
    day = today
    while number > 0 and day > earliest:
        usual = "holiday" if day.weekday() >= SATURDAY else "make_up"
        number -= kinds.get(day, usual) == "make_up"
        day -= timedelta(days=1)
    return day


def days_off_and_on(first: date, last: date) -> dict[date, tuple[str, str]]:
    """Return {day: (kind, name)} of what the table of holidays says of some days.

    Those that follow are read along: enough to count some working days on.
    """
    rows = apps.get_model("jobs.Holiday").objects
    rows = rows.filter(day__range=(first, last + timedelta(days=LONGEST_REST)))
    return {
        day: (kind, name) for day, kind, name in rows.values_list("day", "kind", "name")
    }


def is_worked(day: date, known: Mapping[date, tuple[str, str]]) -> bool:
    """Say whether a day is worked, by what is known of days off and on."""
    usual = "holiday" if day.weekday() >= SATURDAY else "make_up"
    return known.get(day, (usual, ""))[0] == "make_up"


def working_day_after(
    number: int, day: date, known: Mapping[date, tuple[str, str]]
) -> date:
    """Return the day on which so many working days have passed since another one."""
    latest = day + timedelta(days=2 * number + LONGEST_REST)
    while number > 0 and day < latest:
        day += timedelta(days=1)
        number -= is_worked(day, known)
    return day


def working_days(first: date, last: date, known: Mapping[date, tuple[str, str]]) -> int:
    """Return how many days are worked of some days, the first and the last included."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return sum(is_worked(day, known) for day in days)


def last_day_over() -> date:
    """Return the last day whose work is over: today's from 18:00 on in Shanghai."""
    now = timezone.localtime()
    return now.date() - timedelta(days=now.hour < WORK_ENDS)


def missing_year(today: date | None = None) -> int | None:
    """Return next year in December while its holidays are not known, else None."""
    today = today or timezone.localdate()
    if today.month < DECEMBER:
        return None
    return None if is_known(today.year + 1) else today.year + 1


def is_known(year: int) -> bool:
    """Say whether holidays of a year stand in the table."""
    return apps.get_model("jobs.Holiday").objects.filter(day__year=year).exists()
