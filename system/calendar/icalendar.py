"""Calendars as RFC 5545 writes them: lines of 75 octets, texts escaped, days and UTC.

Each event is told apart by a UID that stays, and says by SEQUENCE and DTSTAMP which of
two texts of it is newer: the version of the row, and when it was changed.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

LINE_END = "\r\n"
#: Octets of a line, its end not counted; the blank that goes on with it is.
LONGEST = 75
PRODUCT = "-//CRM//Calendar//ZH"
#: How often a program should read it again.
AGAIN = "PT1H"
#: Signs that no text may hold; a line break is written as one.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
BREAKS = re.compile(r"\r\n|\r|\x85|\u2028|\u2029")


def calendar(name: str, events: Iterable[Iterable[str]]) -> str:
    """Return a whole calendar.

    Args:
        name: as programs show it.
        events: the lines of each (`event`).
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        "X-WR-TIMEZONE:Asia/Shanghai",
        f"REFRESH-INTERVAL;VALUE=DURATION:{AGAIN}",
        f"X-PUBLISHED-TTL:{AGAIN}",
        *(line for lines_of_one in events for line in lines_of_one),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded(line)}{LINE_END}" for line in lines)


def event(
    uid: str,
    summary: str,
    begins: date | datetime,
    ends: date | datetime | None,
    *,
    sequence: int,
    changed_at: datetime,
    url: str = "",
    place: str = "",
    is_cancelled: bool = False,
    reminds: int | None = None,
) -> Iterator[str]:
    """Yield the lines of an event, not folded yet.

    Args:
        uid: what it is known by, wherever it goes.
        summary: what it is called.
        begins, ends: moments, or the first and the last day.
        sequence, changed_at: which text of it this is.
        url: the page of what it is about.
        place: where it is.
        is_cancelled: whether it takes place no more.
        reminds: minutes before it at which programs tell of it, None: they do not.
    """
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(uid)}"
    yield f"DTSTAMP:{_utc(changed_at)}"
    yield f"LAST-MODIFIED:{_utc(changed_at)}"
    yield f"SEQUENCE:{sequence}"
    if isinstance(begins, datetime):
        yield f"DTSTART:{_utc(begins)}"
        if isinstance(ends, datetime):
            yield f"DTEND:{_utc(ends)}"
    else:
        yield f"DTSTART;VALUE=DATE:{begins:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{(ends or begins) + timedelta(days=1):%Y%m%d}"
        yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY:{escaped(summary)}"
    if place:
        yield f"LOCATION:{escaped(place)}"
    if url:
        yield f"URL:{url}"
    yield f"STATUS:{'CANCELLED' if is_cancelled else 'CONFIRMED'}"
    if reminds is not None and not is_cancelled:
        yield from _alarm(summary, reminds)
    yield "END:VEVENT"


def _alarm(summary: str, minutes: int) -> Iterator[str]:
    """Yield the lines by which a program tells of an event (RFC 5545, 3.6.6)."""
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{escaped(summary)}"
    yield f"TRIGGER:-PT{minutes}M"
    yield "END:VALARM"


def escaped(text: str) -> str:
    """Return a text as a value: what has a meaning in lines is written otherwise."""
    text = CONTROLS.sub("", BREAKS.sub("\n", text))
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def folded(line: str) -> str:
    """Return a line in pieces of at most 75 octets; no sign is split."""
    if len(line.encode()) <= LONGEST:
        return line
    pieces, piece, room = [], "", LONGEST
    for sign in line:
        size = len(sign.encode())
        if size > room:
            pieces.append(piece)
            piece, room = "", LONGEST - 1
        piece, room = piece + sign, room - size
    return f"{LINE_END} ".join([*pieces, piece])


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
