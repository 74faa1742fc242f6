"""What the clock tells people of their calendars: each morning, and shortly before."""

from datetime import timedelta

from django.db.models import (
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat, TruncDate
from django.utils import timezone

from crm.models import User
from crm.notices.models import ByMail, Reminded, Unwanted
from crm.notices.reminding import marked
from crm.queries.days import start_of
from system.calendar.models import CalendarEvent

SOON = "event_soon"
MINUTE = Value(timedelta(minutes=1))
FARTHEST = timedelta(minutes=max(CalendarEvent.Ahead.values))


def events_of_days(person, whose, days, today):
    """Return what stands in a person's own calendar; nobody is told in their place.

    Args:
        person: whom to tell, with the rights of now.
        whose: not asked: plans are nobody's to stand in for.
        days: so many days before it, the most first.
        today: the day of today.
    """
    near = [
        (Value(str(n)), {"starts_at__lt": start_of(today + timedelta(days=n + 1))})
        for n in reversed(days)
    ]
    rows = CalendarEvent.objects.visible_to(person).filter(
        person=person.pk, starts_at__gte=start_of(today), **near[-1][1]
    )
    return [marked(rows, TruncDate("starts_at"), near)]


def events_soon(now):
    """Return the events of which somebody is to be told by now, and has not been.

    What is over by then is not told any more. One that was moved is told again.
    """
    before = ExpressionWrapper(
        F("starts_at") - F("remind_minutes") * MINUTE, output_field=DateTimeField()
    )
    rows = CalendarEvent.objects.filter(
        remind_minutes__isnull=False,
        cancelled_at=None,
        starts_at__lte=now + FARTHEST,
        starts_at__gte=now - timedelta(days=1),
        ends_at__gte=now,
    )
    rows = rows.alias(due_from=before).filter(due_from__lte=now)
    rows = rows.filter(person__in=User.objects.active())
    mark = Concat(TruncDate("starts_at"), Value(":"), AT, output_field=TextField())
    known = Reminded.objects.filter(
        person=OuterRef("person"),
        verb=SOON,
        subject_label=CalendarEvent._meta.label_lower,
        subject=OuterRef("pk"),
        mark=OuterRef("known_by"),
    )
    wish = {"person": OuterRef("person"), "verb": SOON}
    wished = ~Exists(Unwanted.objects.filter(**wish)) | Exists(
        ByMail.objects.filter(**wish)
    )
    return rows.alias(known_by=mark).filter(~Exists(known), Q(wished))


def soon(person, now):
    """Return the same of one person, as they are told of it."""
    rows = events_soon(now).filter(person=person.pk)
    return [marked(rows, TruncDate("starts_at"), [(AT, {"pk__gt": 0})])]


#: An event that is moved has another mark.
AT = Cast("starts_at", TextField())


def is_anybody_due():
    """Say whether somebody is to be told by now."""
    return events_soon(timezone.now()).exists()
