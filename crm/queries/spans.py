"""Spans of days told from today: they move on with it, in a saved view too.

All of Shanghai's calendar; weeks begin on Monday, quarters with January.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

#: More days than anybody looks back or ahead.
MOST_DAYS = 3660
#: {word in an address: (months of the span, how many spans ago)}.
_MONTHS = {
    "this-month": (1, 0),
    "last-month": (1, 1),
    "this-quarter": (3, 0),
    "this-year": (12, 0),
}
_COUNTED = re.compile(r"(past|next|before)-([1-9]\d{0,3})-days", re.ASCII)
NAMED = (
    "today", "yesterday", "this-week", "last-week",
    "this-month", "last-month", "this-quarter", "this-year",
)  # fmt: skip
COUNTED = ("past", "next", "before")


@dataclass(frozen=True)
class Span:
    """A span of days as an address says it: `this-month`, `past-30-days`.

    Attributes:
        word: one of NAMED or COUNTED.
        number: of days, of one of COUNTED; else 0.
    """

    word: str
    number: int = 0

    def __str__(self) -> str:
        return f"{self.word}-{self.number}-days" if self.number else self.word

    def bounds(self, today: date) -> tuple[date | None, date | None]:
        """Return its first and its last day, both included; None: there is none.

        The past and the next days count today as one of them; `before` 30 days are
        those that lie more than 30 days back.
        """
        if self.word == "past":
            return today - timedelta(days=self.number - 1), today
        if self.word == "next":
            return today, today + timedelta(days=self.number - 1)
        if self.word == "before":
            return None, today - timedelta(days=self.number + 1)
        if self.word in _MONTHS:
            return _months(today, *_MONTHS[self.word])
        days, ago = {"today": (1, 0), "yesterday": (1, 1)}.get(self.word, (7, 0))
        first = today - timedelta(days=ago)
        if days == 7:
            weeks = 1 if self.word == "last-week" else 0
            first = today - timedelta(days=today.weekday() + 7 * weeks)
        return first, first + timedelta(days=days - 1)


def span_of(text: str) -> Span | None:
    """Return the span that a text of an address says, or None."""
    if text in NAMED:
        return Span(text)
    found = _COUNTED.fullmatch(text)
    if found is None or int(found[2]) > MOST_DAYS:
        return None
    return Span(found[1], int(found[2]))


def _months(today: date, months: int, ago: int) -> tuple[date, date]:
    """Return the first and the last day of a month, a quarter or a year."""
    start = today.year * 12 + (today.month - 1) // months * months - ago * months
    end = start + months
    first = date(start // 12, start % 12 + 1, 1)
    return first, date(end // 12, end % 12 + 1, 1) - timedelta(days=1)
