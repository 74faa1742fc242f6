"""A target as a table: its months, quarters and year, beside what was reached."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from sales.models import Target
from sales.targets.attainment import (
    MONTHS,
    QUARTERS,
    Pace,
    pace_of,
    percent,
    value_text,
)


def percent_text(value):
    """Return 62.3 %, or – where nothing is to be reached."""
    return "–" if value is None else f"{value:,} %"


@dataclass(frozen=True)
class Line:
    """A month of a target, and what came together up to it.

    Attributes:
        label: what the month is called.
        pace: its Pace.
        so_far: [target, actual] of all months up to it.
        is_ahead: whether it lies ahead.
        rule: by which it is told.
    """

    label: str
    pace: Pace
    so_far: tuple[Decimal, Decimal]
    is_ahead: bool
    rule: object

    @property
    def target(self):
        """The value of the month."""
        return value_text(self.pace.target, self.rule)

    @property
    def actual(self):
        """What was reached in it."""
        return value_text(self.pace.actual, self.rule)

    @property
    def reached(self):
        """That in percent."""
        return percent_text(self.pace.reached)

    @property
    def target_so_far(self):
        """The target of all months up to it."""
        return value_text(self.so_far[0], self.rule)

    @property
    def actual_so_far(self):
        """What was reached in them."""
        return value_text(self.so_far[1], self.rule)

    @property
    def reached_so_far(self):
        """That in percent."""
        target, actual = self.so_far
        return percent_text(percent(actual, target))


@dataclass(frozen=True)
class Span:
    """A quarter, or the year, of a target, by its pace."""

    label: str
    pace: Pace
    rule: object
    is_current: bool

    @property
    def target(self):
        """The values of its months together."""
        return value_text(self.pace.target, self.rule)

    @property
    def actual(self):
        """What was reached of it."""
        return value_text(self.pace.actual, self.rule)

    @property
    def left(self):
        """What is still to be reached."""
        return value_text(self.pace.left, self.rule)

    @property
    def reached(self):
        """What was reached of it, in percent."""
        return percent_text(self.pace.reached)

    @property
    def expected(self):
        """What should be reached by today."""
        return percent_text(self.pace.expected)

    @property
    def verdict(self):
        """By how many points it is ahead or behind, in words."""
        ahead = self.pace.ahead
        if ahead is None:
            return _("nothing is to be reached")
        if ahead < 0:
            return _("%(points)s points behind") % {"points": -ahead}
        return _("%(points)s points ahead") % {"points": ahead}

    @property
    def tone(self):
        """How the verdict is coloured."""
        ahead = self.pace.ahead
        return "info" if ahead is None else "bad" if ahead < 0 else "good"


def month_lines(target, reached, clock):
    """Return [Line] of the months of a target."""
    found, so_far = [], (Decimal(0), Decimal(0))
    for name, month in zip(Target.VALUES, MONTHS, strict=True):
        pace = pace_of(target, reached, clock, (month,))
        so_far = so_far[0] + pace.target, so_far[1] + pace.actual
        label = str(Target._meta.get_field(name).verbose_name)
        ahead = not clock.has_begun(month)
        found.append(Line(label, pace, so_far, ahead, target.rule))
    return found


def spans_of(target, reached, clock):
    """Return [Span]: the quarters of a target and its year; the current ones marked."""
    today = timezone.localdate()
    found = []
    for number, months in enumerate(QUARTERS, start=1):
        label = _("quarter %d") % number
        is_now = today.year == target.year and today.month in months
        pace = pace_of(target, reached, clock, months)
        found.append(Span(label, pace, target.rule, is_now))
    year = pace_of(target, reached, clock)
    label = _("year %d") % target.year
    return [*found, Span(label, year, target.rule, today.year == target.year)]
