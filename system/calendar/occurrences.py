"""What stands in a calendar: of every kind what its `dated` says, by one query.

Kinds are not named here. Each adds a part to the query, of the rows that the reader
may see, and as long as it has an index on whose they are and when, a month of one
person costs no more at a million customers than at a thousand.
"""

from collections import namedtuple
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.db import models
from django.db.models import BooleanField, DateTimeField, F, Q, Value
from django.db.models.functions import Cast, TruncDate
from django.utils import timezone
from django.utils.functional import cached_property

from crm.history.titles import title_columns, titled
from crm.jobs.working_days import working_day_after
from crm.kinds import kinds
from crm.models.dated import Dated
from crm.queries.days import anniversary, codes_of, on_days, start_of
from crm.queries.ids import any_of
from crm.queries.prepared import PreparedFor
from crm.queries.unions import together
from crm.rights.permissions import permission
from system.calendar.deadlines import DEADLINE, waiting_of
from system.calendar.models import LONGEST

#: Of one kind; what stands beyond is said to be there, and not shown.
MOST = 1000
NO_PLACE = Value("", models.CharField())
NO_MOMENT = Cast(Value(None), DateTimeField())
NO_MINUTES = Cast(Value(None), models.IntegerField())


#: What is read of every row as it is; the rest is what its kind makes of it.
OF_ROW = ("pk", "version", "changed_at")
OF_KIND = (
    "source",
    "day",
    "at",
    "until",
    "is_whole_day",
    "whose",
    "off",
    "place",
    "reminds",
)
Row = namedtuple("Row", (*OF_ROW, *OF_KIND, "texts"))


@dataclass(frozen=True)
class Occurrence:
    """One row on one day, or from one to another.

    Attributes:
        model, dated, pk: what it is of.
        first, last: its days.
        begins_at, ends_at: its moments; None where no hours count, or it has no end.
        person: the id of whose calendar it stands in; None: of whoever it waits for.
        version, changed_at: of the row.
        is_called_off: whether it takes place no more.
        place: where, if that is known.
        reminds: how many minutes before it its person wants to be told, None: not.
        texts: what its name is made of.
    """

    model: type
    dated: Dated
    pk: int
    first: date
    last: date
    begins_at: datetime | None
    ends_at: datetime | None
    person: int | None
    version: int
    changed_at: datetime
    is_called_off: bool
    place: str
    reminds: int | None
    texts: Any

    @property
    def source(self):
        """What tells this kind of occurrence from all others."""
        return source_of(self.model, self.dated)

    @cached_property
    def record(self):
        """The row, as far as its name goes."""
        return titled(self.model._meta.label_lower, self.texts)

    @property
    def title(self):
        """What the row is called, with what tells it from others of that name."""
        extras = getattr(self.record, "extras", {})
        about = extras.get("customer__name")
        return f"{self.record} · {about}" if about else str(self.record)

    @property
    def url(self):
        """The address of the row."""
        return self.record.get_absolute_url()

    def may_be_moved(self, user):
        """Say whether a person may give it another day, as far as the row tells."""
        if not self.dated.move or self.person is None:
            return False
        reach = user.rights.reach(permission("change", self.model))
        people = user.rights.people(reach) if reach else set()
        return people is None or self.person in people


@dataclass(frozen=True)
class Found:
    """Occurrences in their order, and whether there were more than are shown."""

    occurrences: list[Occurrence]
    is_cut: bool


def source_of(model, dated):
    """Return how an occurrence of a kind is called: customers.customer.next_contact."""
    return f"{model._meta.label_lower}.{dated.name}"


@cache
def sources():
    """Return {name: (kind, Dated)} of all that kinds put into a calendar."""
    return {
        source_of(model, dated): (model, dated)
        for model in kinds()
        for dated in getattr(model, "dated", ())
    }


def movable(model):
    """Return what of a kind can be given another day, None if nothing can."""
    return next((one for one in getattr(model, "dated", ()) if one.move), None)


def between(reader, people, days, known, *, called_off_since=None):
    """Return what stands in some people's calendars, as far as a reader may see it.

    With what is to be done by its day: contacts that were promised, and what waits for
    these people's decision.

    Args:
        reader: with the rights of now.
        people: ids of those whose calendars they are.
        days: the first and the last of the days.
        known: what is known of days off and on (`crm.jobs.working_days`).
        called_off_since: a moment; what of the reader's own was called off since
            comes along.
    """
    parts = []
    for source, (model, dated) in sources().items():
        parts.append(_seen(source, reader, people, days))
        if dated.called_off and called_off_since:
            own = model._default_manager.filter(**{dated.whose: reader})
            own = own.filter(**{f"{dated.called_off}__gte": called_off_since})
            parts.append(_part(source, dated, _on(own, dated, days)))
    decide_within, waiting = waiting_of(reader, people)
    parts += [_waiting(flow.model, rows) for flow, rows in waiting]
    return _found(list(together(parts)), days, known, decide_within)


def of_today(reader):
    """Return what stands in one's own calendar today, beside what is due.

    The workbench asks it of everybody all day: its SQL is made once.
    """
    today = timezone.localdate()
    return _found(_today_of(reader), (today, today), {}, None)


def _own_today(reader):
    """Return the query of `of_today`."""
    today = timezone.localdate()
    return together(
        _seen(source, reader, [reader.pk], (today, today))
        for source, (_model, dated) in sources().items()
        if not dated.is_due
    )


_today_of = PreparedFor(_own_today)


def _found(rows, days, known, decide_within):
    """Return what the rows say of some days, in order."""
    found = [one for row in rows for one in _read(row, days, known, decide_within)]
    found.sort(key=_order)
    return Found(found, len(rows) > MOST)


def _seen(source, reader, people, days):
    """Return what some people's calendars have of a source, as a reader may see it."""
    model, dated = sources()[source]
    rows = model._default_manager.visible_to(reader).filter(any_of(dated.whose, people))
    return _part(source, dated, _on(rows, dated, days))


def _on(rows, dated, days):
    """Return those rows that have their day, or some of their time, on some days."""
    first, last = days
    rows = rows.filter(dated.condition)
    if dated.yearly:
        ahead = (first + timedelta(days=n) for n in range((last - first).days + 1))
        codes = sorted({code for day in ahead for code in codes_of(day)})
        month, day = (F(f"{dated.begins}__{part}") for part in ("month", "day"))
        rows = rows.filter(**{f"{dated.begins}__isnull": False})
        return rows.alias(code=month * 100 + day).filter(code__in=codes)
    if not _is_moment(rows.model, dated):
        return rows.filter(**{f"{dated.begins}__range": days})
    if not dated.ends:
        return rows.filter(on_days(dated.begins, first, last))
    begun = on_days(dated.begins, first - LONGEST, last)
    return rows.filter(begun, Q(**{f"{dated.ends}__gte": start_of(first)}))


def _is_moment(model, dated):
    return isinstance(model._meta.get_field(dated.begins), models.DateTimeField)


def _part(source, dated, rows):
    """Return the columns of `_read` of some rows; more than are shown need none."""
    is_moment = _is_moment(rows.model, dated)
    rows = rows.order_by(*(() if dated.yearly else (dated.begins,)), "pk")[: MOST + 1]
    no = Value(False, BooleanField())
    return _columns(
        rows,
        source=Value(source),
        day=TruncDate(dated.begins) if is_moment else F(dated.begins),
        at=F(dated.begins) if is_moment else NO_MOMENT,
        until=F(dated.ends) if dated.ends else NO_MOMENT,
        is_whole_day=F(dated.whole_day) if dated.whole_day else no,
        whose=F(f"{dated.whose}_id"),
        off=Q(**{f"{dated.called_off}__isnull": False}) if dated.called_off else no,
        place=F(dated.place) if dated.place else NO_PLACE,
        reminds=F(dated.reminds) if dated.reminds else NO_MINUTES,
    )


def _waiting(model, rows):
    """Return the same of records that wait for somebody's decision since a day."""
    no = Value(False, BooleanField())
    return _columns(
        rows.order_by("pk")[: MOST + 1],
        source=Value(source_of(model, DEADLINE)),
        day=TruncDate("waits_since"),
        at=NO_MOMENT,
        until=NO_MOMENT,
        is_whole_day=no,
        whose=Cast(Value(None), models.BigIntegerField()),
        off=no,
        place=NO_PLACE,
        reminds=NO_MINUTES,
    )


def _columns(rows, **columns):
    named = {f"of_{name}": columns[name] for name in OF_KIND}
    named["of_texts"] = title_columns(rows.model)
    return rows.annotate(**named).values_list(*OF_ROW, *named)


def _read(row, days, known, decide_within):
    """Yield the occurrences of a row on some days."""
    row = Row(*row)
    label, _dot, name = row.source.rpartition(".")
    day = row.day
    if name == DEADLINE.name:
        model, dated = _kind_of(label), DEADLINE
        day = working_day_after(decide_within, day, known)
    else:
        model, dated = sources()[row.source]
    years = range(days[0].year, days[1].year + 1)
    on = [anniversary(day, year) for year in years] if dated.yearly else [day]
    for one in on:
        last = timezone.localdate(row.until) if row.until else one
        if one <= days[1] and last >= days[0]:
            yield Occurrence(
                model=model,
                dated=dated,
                pk=row.pk,
                first=one,
                last=last,
                begins_at=None if row.is_whole_day else row.at,
                ends_at=None if row.is_whole_day else row.until,
                person=row.whose,
                version=row.version,
                changed_at=row.changed_at,
                is_called_off=row.off,
                place=row.place,
                reminds=row.reminds,
                texts=row.texts,
            )


def _kind_of(label):
    return next(model for model in kinds() if model._meta.label_lower == label)


def _order(occurrence):
    """Days first, on each of them what lasts all day, then by the clock."""
    at = occurrence.begins_at
    return occurrence.first, at is not None, at, occurrence.source, occurrence.pk
