"""The four looks of the calendar: which days each shows, and what lies beside them."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_ONE, WEEK = timedelta(days=1), timedelta(days=7)
#: Days that the list shows.
LISTED = 30
VIEWS = {
    "month": gettext_lazy("Month"),
    "week": gettext_lazy("Week"),
    "day": gettext_lazy("Day"),
    "list": gettext_lazy("List"),
}
DAY = "Y-m-d"


@dataclass(frozen=True)
class Span:
    """Some days around one of them.

    Attributes:
        view: a key of `VIEWS`.
        day: what the address names.
    """

    view: str
    day: date

    @property
    def days(self):
        """The first and the last day that are shown: of a month whole weeks."""
        if self.view == "month":
            last = self.day.replace(day=_length(self.day))
            return monday_of(self.day.replace(day=1)), monday_of(last) + 6 * _ONE
        if self.view == "week":
            return monday_of(self.day), monday_of(self.day) + 6 * _ONE
        if self.view == "day":
            return self.day, self.day
        return self.day, self.day + (LISTED - 1) * _ONE

    @property
    def each_day(self):
        """All of these days."""
        first, last = self.days
        return [first + n * _ONE for n in range((last - first).days + 1)]

    def is_outside(self, day):
        """Say whether a day is shown only to make a whole week."""
        return self.view == "month" and day.month != self.day.month

    @property
    def before(self):
        """The day by which the span before is named."""
        if self.view == "month":
            return self.day.replace(day=1) - _ONE
        return self.day - self._step

    @property
    def after(self):
        """The day by which the next span is named."""
        if self.view == "month":
            return self.day.replace(day=_length(self.day)) + _ONE
        return self.day + self._step

    @property
    def _step(self):
        return {"week": WEEK, "day": _ONE, "list": LISTED * _ONE}[self.view]

    def __str__(self):
        first, last = self.days
        if self.view == "month":
            return date_format(self.day, "YEAR_MONTH_FORMAT")
        if self.view == "day":
            return f"{date_format(self.day, DAY)} {date_format(self.day, 'l')}"
        name = f"{date_format(first, DAY)} – {date_format(last, DAY)}"
        return f"{name} · {week_name(first)}" if self.view == "week" else name


def monday_of(day):
    """Return the first day of a day's week."""
    return day - day.weekday() * _ONE


def week_name(day):
    """Return the week of a day by its number, as ISO 8601 counts them."""
    return _("Week %d") % day.isocalendar().week


def _length(day):
    return monthrange(day.year, day.month)[1]
