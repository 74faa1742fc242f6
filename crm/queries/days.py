"""Days as conditions on moments, so that an index on the moment is used."""

from datetime import datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone


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
