"""A calendar as its templates draw it: days with what stands on each of them."""

from datetime import date

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.display import date_text, time_text
from crm.jobs.working_days import is_worked
from crm.rights.permissions import permission
from crm.validators import validate_business_date
from system.calendar.models import CalendarEvent
from system.calendar.spans import VIEWS, Span, week_name

#: What stands in the cell of a day of a month; the day itself shows all.
OF_A_CELL = 4
MORNING = "09:00"


class Board:
    """The days of a span with what stands on them, for one reader."""

    def __init__(self, reader, span, whose, known, found):
        """Take what was asked for and what was found.

        Args:
            reader: the person who looks.
            span: which days (`spans.Span`).
            whose: whose calendars (`whose.Whose`).
            known: what is known of days off and on.
            found: the occurrences of these days.
        """
        self.reader, self.span, self.whose, self.working = reader, span, whose, known
        self.names, self.today = whose.names, timezone.localdate()
        right = permission("add", CalendarEvent)
        self.may_add = whose.is_own and reader.has_perm(right)
        self.on = {day: [] for day in span.each_day}
        for one in found:
            for day in self.on:
                if one.first <= day <= one.last:
                    self.on[day].append(one)

    def address(self, view=None, day=None):
        """Return the address of the same calendar in another view, of another day."""
        query = {
            "view": view or self.span.view,
            "date": date_text(day or self.span.day),
            **self.whose.conditions,
        }
        return f"{reverse('calendar')}?{urlencode(query)}"

    def views(self):
        """Return {name, label, url, is_open} of the four views."""
        return [
            {
                "name": name,
                "label": label,
                "url": self.address(view=name),
                "is_open": name == self.span.view,
            }
            for name, label in VIEWS.items()
        ]

    def weeks(self):
        """Return {name, url, days} of the weeks that are shown."""
        days = [self._day(day) for day in self.span.each_day]
        return [
            {
                "name": week_name(days[n]["day"]),
                "number": days[n]["day"].isocalendar().week,
                "url": self.address("week", days[n]["day"]),
                "days": days[n : n + 7],
            }
            for n in range(0, len(days), 7)
        ]

    def days(self):
        """Return the days one after the other; a list leaves out empty ones."""
        days = [self._day(day, whole=True) for day in self.span.each_day]
        is_list = self.span.view == "list"
        return [day for day in days if day["lines"] or not is_list]

    def _day(self, day, whole=False):
        found = self.on[day]
        shown = found if whole or self.span.view != "month" else found[:OF_A_CELL]
        kind, name = self.working.get(day, ("", ""))
        return {
            "day": day,
            "iso": date_text(day),
            "weekday": WEEKDAYS[day.weekday()],
            "is_today": day == self.today,
            "is_outside": self.span.is_outside(day),
            "is_off": not is_worked(day, self.working),
            "kind": kind,
            "name": name or _day_words(kind),
            "lines": [self.line(one, day) for one in shown],
            "more": len(found) - len(shown),
            "url": self.address("day", day),
            "add_url": self._adding(day),
        }

    def _adding(self, day):
        if not self.may_add:
            return ""
        given = urlencode({"starts_at": f"{date_text(day)} {MORNING}"})
        return f"{reverse('calendarevent_create')}?{given}"

    def line(self, one, day):
        """Return what a template shows of an occurrence on one of its days."""
        at = one.begins_at if one.first == day else None
        until = one.ends_at if one.last == day else None
        return {
            "source": one.source,
            "pk": one.pk,
            "version": one.version,
            "seen": date_text(one.first),
            "title": one.title,
            "url": one.url,
            "label": one.dated.label if one.dated.is_named else "",
            "place": one.place,
            "tone": one.dated.tone,
            "time": _hour(at),
            "until": _hour(until),
            "is_late": one.dated.is_due and one.first < self.today,
            "whose": self.names.get(one.person, ""),
            "move_url": self._moving(one),
        }

    def _moving(self, one):
        if not one.may_be_moved(self.reader):
            return ""
        return reverse("calendar_day", args=[one.model._meta.label_lower, one.pk])


def _hour(moment):
    return time_text(timezone.localtime(moment)) if moment else ""


def _day_words(kind):
    return {"holiday": _("holiday"), "make_up": _("make-up working day")}.get(kind, "")


def asked_span(query):
    """Return what the address asks for, and what is wrong with it in words."""
    errors, today = [], timezone.localdate()
    view = query.get("view") or "month"
    if view not in VIEWS:
        errors.append(_("There is no view “%s”.") % view[:20])
        view = "month"
    return Span(view, _asked_day(query.get("date"), today, errors)), errors


def _asked_day(given, today, errors):
    if not given:
        return today
    try:
        day = date.fromisoformat(given)
        validate_business_date(day)
    except (ValueError, ValidationError):
        errors.append(_("Enter a date such as 2026-11-27."))
        return today
    return day
