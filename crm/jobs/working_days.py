"""Which days people work: weekdays, but for what the table of holidays says."""

from datetime import date

from django.apps import apps
from django.utils import timezone

DECEMBER = 12
SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Say whether a day is worked.

    Of a year that the table does not know yet the weekdays are.
    """
    rows = apps.get_model("jobs.Holiday").objects.filter(day=day)
    kind = rows.values_list("kind", flat=True).first()
    return day.weekday() < SATURDAY if kind is None else kind == "make_up"


def missing_year(today: date | None = None) -> int | None:
    """Return next year in December while its holidays are not known, else None."""
    today = today or timezone.localdate()
    if today.month < DECEMBER:
        return None
    return None if is_known(today.year + 1) else today.year + 1


def is_known(year: int) -> bool:
    """Say whether holidays of a year stand in the table."""
    return apps.get_model("jobs.Holiday").objects.filter(day__year=year).exists()
