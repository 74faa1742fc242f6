"""Days as conditions on moments, so that an index on the moment is used."""

from calendar import isleap
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

FEBRUARY_28, FEBRUARY_29 = 228, 229


def start_of(day):
    """Return the moment at which a day begins in Shanghai."""
    return timezone.make_aware(datetime.combine(day, time.min))


def on_days(column, first=None, last=None):
    """Return the condition that a moment lies on some days.

    Args:
        column: of the moment.
        first, last: the first and the last of the days; None: there is none.
    """
    condition = Q()
    if first is not None:
        condition &= Q(**{f"{column}__gte": start_of(first)})
    if last is not None:
        condition &= Q(**{f"{column}__lt": start_of(last + timedelta(days=1))})
    return condition


def codes_of(day):
    """Return month and day of the birthdays that are kept on a day, as numbers.

    Who was born on the 29th of February is congratulated on the 28th in other years.
    """
    code = day.month * 100 + day.day
    is_both = code == FEBRUARY_28 and not isleap(day.year)
    return (code, FEBRUARY_29) if is_both else (code,)


def anniversary(day, year):
    """Return the day of a year on which a day of an earlier one is kept."""
    if day.month * 100 + day.day == FEBRUARY_29 and not isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)
