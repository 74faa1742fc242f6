"""Spans of days that charts are about: by a word, or from one day to another."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from crm.validators import EARLIEST

#: {word: (label, months of the calendar unit, how many units back)}.
UNITS = {
    "this_month": (_("this month"), 1, 0),
    "this_quarter": (_("this quarter"), 3, 0),
    "this_year": (_("this year"), 12, 0),
    "last_month": (_("last month"), 1, 1),
    "last_quarter": (_("last quarter"), 3, 1),
    "last_year": (_("last year"), 12, 1),
}
#: {word: (label, days up to today)}.
DAYS = {
    "last_30_days": (_("last 30 days"), 30),
    "last_90_days": (_("last 90 days"), 90),
    "last_365_days": (_("last 365 days"), 365),
}
#: {word: label}, as pages offer them.
WORDS = {word: said[0] for word, said in (UNITS | DAYS).items()}
USUAL = "this_year"
#: Steps of a chart; a longer period has coarser ones.
MOST_STEPS = 60
#: Units of steps, and how many months each has; a week has none.
STEPS = {"week": 0, "month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Period:
    """Some days, both ends included.

    Attributes:
        first, last: the first and the last of them.
        months: of the calendar unit that they are; 0 if they are none.
    """

    first: date
    last: date
    months: int = 0

    @property
    def before(self):
        """The period before: as many months or days; None where no list goes back."""
        if self.months:
            first = month_from(self.first, -self.months)
        else:
            first = self.first - (self.last - self.first) - timedelta(days=1)
        if first < EARLIEST:
            return None
        return Period(first, self.first - timedelta(days=1), self.months)

    def steps(self, unit):
        """Return [Period]: the weeks, months, quarters or years of these days.

        The outer ones are cut off where the period begins and ends.
        """
        units = list(STEPS)
        for name in units[units.index(unit) :]:
            found = self._steps(STEPS[name])
            if len(found) <= MOST_STEPS:
                break
        return found

    def _steps(self, months):
        found, first = [], self.first
        while first <= self.last:
            following = next_step(first, months)
            last = min(following - timedelta(days=1), self.last)
            found.append(Period(first, last))
            first = following
        return found


def period_of(word, today):
    """Return the Period that a word means on a day."""
    if word in DAYS:
        return Period(today - timedelta(days=DAYS[word][1] - 1), today)
    _label, months, back = UNITS[word]
    start = today.replace(month=(today.month - 1) // months * months + 1, day=1)
    first = month_from(start, -months * back)
    return Period(first, month_from(first, months) - timedelta(days=1), months)


def month_from(day, months):
    """Return the first day of the month that lies so many months from a day's."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def next_step(day, months):
    """Return the day on which the next unit of so many months begins; 0: the week."""
    if not months:
        return day + timedelta(days=7 - day.weekday())
    start = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    return month_from(start, months)
