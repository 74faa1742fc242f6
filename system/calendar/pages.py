"""The pages of one calendar event."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from crm.display import date_text, label_of, reader
from crm.history.entries import grouped, readable
from crm.models import HistoryEntry
from crm.views import PageMixin
from crm.views.conflict import is_stale, stale_page
from system.calendar.forms import CalendarEventForm
from system.calendar.models import CalendarEvent
from system.pages import ModelCreate, ModelDelete, ModelUpdate, RowsMixin

FACTS = (
    "starts_at",
    "ends_at",
    "whole_day",
    "place",
    "customer",
    "contact",
    "remind_minutes",
    "person",
    "remarks",
)
#: Entries of the history that the page shows.
CHANGES = 50


class CalendarEventsMixin(RowsMixin):
    """Offer the events within the reach of the page's right."""

    model = CalendarEvent

    def rows(self):
        """Return those events."""
        return CalendarEvent.objects.visible_to(self.request.user, self.action)

    def next_url(self):
        """Return where to go afterwards: the calendar, on the day of the event."""
        event = getattr(self, "object", None)
        day = timezone.localdate(event.starts_at) if event else timezone.localdate()
        return f"{reverse('calendar')}?{urlencode({'date': date_text(day)})}"


class CalendarEventCreate(CalendarEventsMixin, ModelCreate):
    """Plan something."""

    form_class = CalendarEventForm
    repeats = ("customer",)


class CalendarEventUpdate(CalendarEventsMixin, ModelUpdate):
    """Change what is planned."""

    form_class = CalendarEventForm


class CalendarEventDelete(CalendarEventsMixin, ModelDelete):
    """Call off what is planned."""

    template_name = "calendar/confirm_delete.html"

    def used_by(self):
        """Return nothing: no row refers to an event."""
        return []

    def post(self, request, *args, **kwargs):
        """Call it off, unless somebody else was quicker."""
        self.object = self.get_object()
        if is_stale(request, self.object):
            return stale_page(request, self.object, self.next_url())
        self.object.call_off(request.user)
        messages.success(request, _("Deleted: %s") % self.object)
        return redirect(self.next_url())


class CalendarEventDetail(PageMixin, DetailView):
    """One event, for whoever may see the calendar of its person."""

    model = CalendarEvent
    template_name = "calendar/event.html"

    def get_queryset(self):
        """Return the events that one may see."""
        rows = CalendarEvent.objects.visible_to(self.request.user)
        return rows.select_related("customer", "contact", "person")

    def get_context_data(self, **context):
        """Add facts, buttons and what was changed."""
        event, user = self.object, self.request.user
        entries = HistoryEntry.objects.filter(
            subject_label=CalendarEvent._meta.label_lower, subject_id=event.pk
        )
        return super().get_context_data(
            title=event.title,
            kind=CalendarEvent._meta.verbose_name,
            list_url=f"{reverse('calendar')}?{urlencode({'date': self._day})}",
            status="planned",
            groups=[(_("Basics"), [self._fact(name) for name in FACTS])],
            actions=self._actions(),
            entries=grouped(readable(entries.order_by("-id")[:CHANGES], user)),
            **context,
        )

    @property
    def _day(self):
        return date_text(timezone.localdate(self.object.starts_at))

    def _fact(self, name):
        event = self.object
        if name in ("customer", "contact"):
            value = self._related(getattr(event, name))
        else:
            value = reader(CalendarEvent, name)(event)
        return {"name": name, "label": label_of(CalendarEvent, name), "value": value}

    def _related(self, row):
        """Return a record as a link; of one that the reader may not see, nothing."""
        if row is None or not row.allowed(self.request.user, "view"):
            return ""
        return format_html('<a href="{}">{}</a>', row.get_absolute_url(), row)

    def _actions(self):
        event, user = self.object, self.request.user
        buttons = (
            ("change", "update", _("Edit"), "primary"),
            ("delete", "delete", _("Delete"), "danger"),
        )
        return [
            {
                "key": name,
                "label": label,
                "url": reverse(f"calendarevent_{name}", args=[event.pk]),
                "style": style,
            }
            for action, name, label, style in buttons
            if user.has_perm(f"calendar.{action}_calendarevent", event)
        ]
