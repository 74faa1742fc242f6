"""What people are told of their calendars."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.notices.declared import Clocked, Occasion
from system.calendar.reminders import SOON, events_of_days

#: The list of the day.
TODAY = (("view", "list"), ("date", "today"))
OCCASIONS = (
    Clocked(
        "event_today",
        pgettext_lazy("notice", "in the calendar"),
        _("What stands in my calendar today"),
        "info",
        TODAY,
        list_name="calendar",
        setting=_("calendar event: days before"),
        days=(0,),
        due=events_of_days,
    ),
    Occasion(
        SOON,
        pgettext_lazy("notice", "begins soon"),
        _("Something in my calendar begins, as long before as I have said"),
        "warn",
        TODAY,
        list_name="calendar",
    ),
)
