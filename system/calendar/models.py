"""What somebody plans to do at some time, beside what the records say by themselves."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.guards import actor
from crm.guards.parents import parents_live
from crm.guards.triggers import noted, stamped
from crm.models.dated import Dated
from crm.models.versions import Versioned, person
from crm.queries.days import start_of
from crm.rights.permissions import permission
from crm.validators import validate_business_date
from customers.models import Contact, Customer

#: Nothing takes longer: what a page shows began no earlier than so long before.
LONGEST = timedelta(days=62)


class CalendarEventQuerySet(models.QuerySet):
    """What people plan, as far as one may see it."""

    def visible_to(self, user, action="view"):
        """Return those of the people within reach that were not called off."""
        reach = user.rights.reach(permission(action, self.model))
        if reach is None:
            return self.none()
        return self.filter(user.rights.owned_by(reach, "person"), cancelled_at=None)


class CalendarEvent(Versioned):
    """Some time that a person has set aside: a visit, a meeting, a day at the fair.

    What lasts all day begins with its first minute and ends with the last one. One
    that is deleted is called off first: calendars that were told of it hear of that.
    """

    class Ahead(models.IntegerChoices):
        """How many minutes before it one is told."""

        AT_ONCE = 0, _("when it begins")
        TEN = 10, _("10 minutes before")
        THIRTY = 30, _("30 minutes before")
        HOUR = 60, _("1 hour before")
        TWO_HOURS = 120, _("2 hours before")
        DAY = 1440, _("1 day before")
        TWO_DAYS = 2880, _("2 days before")

    actions = ("view", "add", "change", "delete")
    sort_field = "starts_at"
    title_extras = found_through = ()
    dated = (
        Dated(
            "event",
            pgettext_lazy("calendar", "event"),
            "starts_at",
            whose="person",
            tone="info",
            ends="ends_at",
            whole_day="whole_day",
            called_off="cancelled_at",
            move="move_to",
            place="place",
            reminds="remind_minutes",
            is_named=False,
        ),
    )

    title = models.CharField(_("title"), max_length=200)
    starts_at = models.DateTimeField(_("begins"), validators=[validate_business_date])
    ends_at = models.DateTimeField(_("ends"), validators=[validate_business_date])
    whole_day = models.BooleanField(_("all day"), default=False)
    place = models.CharField(
        pgettext_lazy("calendar", "place"), max_length=200, blank=True
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("customer"),
        related_name="+",
    )
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("contact"),
        related_name="+",
    )
    remind_minutes = models.PositiveSmallIntegerField(
        _("reminder"), choices=Ahead.choices, null=True, blank=True
    )
    remarks = models.TextField(_("remarks"), max_length=5000, blank=True)
    person = person(_("whose calendar"), db_index=False, editable=False)
    created_at = models.DateTimeField(
        _("created at"), default=timezone.now, editable=False
    )
    cancelled_at = models.DateTimeField(_("called off at"), null=True, editable=False)

    objects = CalendarEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar event")
        verbose_name_plural = _("calendar events")
        default_permissions = ()
        ordering = ("starts_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")),
                name="calendar_event_in_order",
                violation_error_message=_("It ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + LONGEST),
                name="calendar_event_not_too_long",
                violation_error_message=_("Nothing in a calendar takes over 62 days."),
            ),
        )
        indexes = (
            models.Index(fields=("person", "starts_at"), name="calendar_event_person"),
            models.Index(
                fields=("starts_at",),
                name="calendar_event_reminders",
                condition=Q(remind_minutes__isnull=False, cancelled_at=None),
            ),
            models.Index(
                fields=("cancelled_at",),
                name="calendar_event_cancelled",
                condition=Q(cancelled_at__isnull=False),
            ),
        )
        triggers = (
            stamped(),
            noted("calendar.calendarevent", title="title"),
            parents_live(),
        )

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the address of the event's page."""
        return reverse("calendarevent_detail", args=[self.pk])

    def fill_days(self):
        """Let what lasts all day begin with its first minute and end with the last."""
        if self.whole_day:
            first, last = map(timezone.localdate, (self.starts_at, self.ends_at))
            self.starts_at, self.ends_at = start_of(first), _last_minute(last)

    def move_to(self, day, by):
        """Let it begin on another day, at the same hour, and take as long."""
        moved = day - timezone.localdate(self.starts_at)
        # Clocks in China are never put forward: a day has its 24 hours.
        self.starts_at, self.ends_at = self.starts_at + moved, self.ends_at + moved
        with actor.acting(by):
            self.save(update_fields=["starts_at", "ends_at"])

    def call_off(self, by):
        """Take it out of the calendar; feeds tell of that for a while."""
        self.cancelled_at = timezone.now()
        with actor.acting(by):
            self.save(update_fields=["cancelled_at"])


def _last_minute(day):
    return start_of(day + timedelta(days=1)) - timedelta(minutes=1)


class CalendarFeed(models.Model):
    """The private address at which a person's calendar is read by other programs.

    Whoever has the address reads what its person may see; only its hash is kept, so
    that it is shown once. A new one ends the one before.
    """

    person = models.OneToOneField(
        "crm.User", models.CASCADE, related_name="+", verbose_name=_("person")
    )
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        default_permissions = ()
        triggers = (
            noted(
                "calendar.calendarfeed",
                title="made_at",
                ignored=("digest",),
                subject=("crm.user", "person_id"),
            ),
        )

    def __str__(self):
        return str(self.person)
