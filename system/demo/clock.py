"""Days of the demo, counted back from today so that it never grows old."""

from datetime import datetime, time, timedelta

from django.utils import timezone


def day(ago):
    """Return the day that was so many days ago; a negative number lies ahead."""
    return timezone.localdate() - timedelta(days=ago)


def moment(ago, hour=10, minute=0):
    """Return an hour of office time on the day that was so many days ago."""
    return timezone.make_aware(datetime.combine(day(ago), time(hour, minute)))


def past(ago, hour=10, minute=0):
    """Return the same, or now if that hour is still to come: nothing was then."""
    return min(moment(ago, hour, minute), timezone.now())
