"""When something is due that comes again and again, by the clock of Shanghai."""

from calendar import monthrange
from datetime import date, datetime, timedelta

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.jobs.working_days import is_working_day


class Rhythm(TextChoices):
    """How often."""

    MINUTES = "minutes", _("every five minutes")
    HOURLY = "hourly", _("every hour")
    DAILY = "daily", _("every day")
    WORKING = "working", _("on working days")
    MONTHLY = "monthly", _("every month")


def due_after(moment, rhythm, at, day=None):
    """Return the first due moment that is later than another one.

    Args:
        moment: aware.
        rhythm: a value of `Rhythm`.
        at: the time of day; of the hourly one the minute counts.
        day: of the month; a shorter month's last day stands for it.
    """
    local = timezone.localtime(moment)
    if rhythm == Rhythm.MINUTES:
        full = local.replace(minute=local.minute // 5 * 5, second=0, microsecond=0)
        return full + timedelta(minutes=5)
    if rhythm == Rhythm.HOURLY:
        due = local.replace(minute=at.minute, second=0, microsecond=0)
        return due if due > moment else due + timedelta(hours=1)
    today = local.date()
    if rhythm == Rhythm.MONTHLY:
        return next(
            due for due in _monthly(today.year, today.month, at, day) if due > moment
        )
    while True:
        due = _moment(today, at)
        fits = rhythm == Rhythm.DAILY or is_working_day(today)
        if due > moment and fits:
            return due
        today += timedelta(days=1)


def _monthly(year, month, at, day):
    while True:
        last = monthrange(year, month)[1]
        yield _moment(date(year, month, min(day, last)), at)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _moment(day, at):
    return timezone.make_aware(datetime.combine(day, at))
