"""The time line of a record: all that happened to it and is planned, the latest first.

What stands in it say the kinds themselves (`crm.models.moments`), beside the changes
that the history keeps. Each finds its latest rows along an index, one query joins
them, and the next page begins at the last row of this one: neither kinds nor rows
make more queries.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from crm.display import date_text, moment_text, number_text
from crm.history.entries import grouped, readable
from crm.history.sources import Source, changes, columns, entries_of
from crm.kinds import moments_of
from crm.models import HistoryEntry
from crm.queries.unions import together

#: Lines of a page.
SIZE = 30
#: Entries are walked in the order in which they were written. Of transactions that
#: ran at the same time that is not quite the order of their moments.
OVERLAP = 20
CHANGES = "change"
ORDER = ("-line_at", "line_place", "-line_row")


@dataclass
class Line:
    """One thing in a time line, as it is drawn.

    `tone` is plan, late or nothing; `entry` is the history's, where it tells of a
    change.
    """

    key: str
    label: str
    at: datetime
    when: str
    row: int
    url: str = ""
    act: str = ""
    title: str = ""
    note: str = ""
    state: str = ""
    who: str = ""
    amount: str = ""
    tone: str = ""
    entry: Any = None


@dataclass
class Page:
    """Lines of a time line, and where the next ones begin; empty at the end."""

    lines: list[Line] = field(default_factory=list)
    rest: str = ""


def keys_of(model):
    """Return {key: label} of what a time line of a kind can be narrowed to."""
    moments = [moment for _kind, moment, _path in moments_of(model)]
    moments.sort(key=lambda moment: moment.is_file)
    found = {moment.key: moment.label for moment in moments}
    return found | {CHANGES: _("changes of the record")}


def page_of(record, user, *, keys=(), before="", also=()):
    """Return a Page of the time line of a record that the person sees.

    Args:
        record: the record.
        user: who looks.
        keys: show these of `keys_of` alone; everything if there are none.
        before: the `rest` of the page before, or nothing.
        also: ids of records of its kind that were merged into it.

    Raises:
        ValueError: `before` is no such place.
    """
    place = _place(before) if before else None
    sources = [Source(*found) for found in moments_of(type(record))]
    parts = [
        columns(source, number, record, user, place)[: SIZE + 1]
        for number, source in enumerate(sources)
        if not keys or source.moment.key in keys
    ]
    if not keys or CHANGES in keys:
        entries = entries_of(record, also, {source.model for source in sources})
        parts.append(changes(entries, len(sources), place)[: SIZE + 1 + OVERLAP])
    found = sorted(_joined(parts), key=_in_order)
    rows = found[:SIZE]
    rest = _text_of(rows[-1]) if len(found) > SIZE else ""
    return Page(_lines(rows, sources, user), rest)


def _joined(parts):
    """Return the first rows of all parts, and one more if there is any."""
    rows = together(parts)
    if parts and rows.query.combinator:
        rows = rows.order_by(*ORDER)[: SIZE + 1]
    return rows


def _in_order(row):
    at, place, pk, *_rest = row
    return -at.timestamp(), place, -pk


def _place(text):
    """Return (moment, place of the source, row) of what `_text_of` wrote.

    Raises:
        ValueError: it wrote no such text.
    """
    at, number, row = text.split(",")
    moment = parse_datetime(at)
    if moment is None or timezone.is_naive(moment) or len(number + row) > 20:
        raise ValueError(text)
    return moment, int(number), int(row)


def _text_of(row):
    at, number, pk, *_rest = row
    return f"{at.isoformat().replace('+00:00', 'Z')},{number},{pk}"


def _lines(rows, sources, user):
    """Return the rows as they are drawn; changes made in one step are one line."""
    changed = [pk for _at, number, pk, *_rest in rows if number == len(sources)]
    entries = {}
    if changed:
        found = HistoryEntry.objects.filter(pk__in=changed).order_by("-pk")
        entries = {entry.pk: entry for entry in grouped(readable(found, user))}
    lines = []
    for row in rows:
        if row[1] < len(sources):
            lines.append(_line(sources[row[1]], row))
        elif row[2] in entries:
            lines.append(_change(entries[row[2]]))
    return lines


def _change(entry):
    """Return the line of an entry of the history."""
    return Line(
        key=CHANGES,
        label=str(_("changes of the record")),
        at=entry.at,
        when=moment_text(entry.at),
        row=entry.pk,
        who=entry.doer,
        entry=entry,
    )


def _line(source, row):
    """Return the line of a row of a source."""
    at, _number, pk, lead, title, note, state, who, amount = row
    moment, now = source.moment, timezone.now()
    ahead = timezone.localdate(at) >= timezone.localdate(now)
    ahead = ahead if source.is_day else at > now
    tone = "plan" if moment.is_plan and ahead else ""
    if moment.is_promise and not ahead:
        tone = "late"
    return Line(
        key=moment.key,
        label=capfirst(str(moment.label)),
        at=at,
        when=date_text(timezone.localdate(at)) if source.is_day else moment_text(at),
        row=pk,
        url=source.address(pk, lead) if title else "",
        act=capfirst(str(moment.act)),
        title=title,
        note=note,
        state=source.state_text(state),
        who=who or "",
        amount="" if amount is None else number_text(Decimal(amount)),
        tone=tone,
    )
