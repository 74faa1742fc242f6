"""Where the lines of a time line come from: rows of kinds, and what the history keeps.

Each source gives its latest rows as the same columns, so that one query joins them.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import (
    CharField,
    DateTimeField,
    DecimalField,
    F,
    Func,
    IntegerField,
    Q,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Left, NullIf
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from crm import dictionaries
from crm.models import DictionaryField, HistoryEntry, Record
from crm.models.moments import Moment
from crm.queries.days import start_of

#: Signs of a note that are shown.
NOTE = 300
#: What a line is made of, in this order.
COLUMNS = (
    "line_at",
    "line_place",
    "line_row",
    "line_lead",
    "line_title",
    "line_note",
    "line_state",
    "line_who",
    "line_amount",
)


@dataclass(frozen=True)
class Source:
    """Rows of one kind in the time line of one record."""

    model: Any
    moment: Moment
    path: str

    @property
    def is_day(self):
        """Whether it is a day, and no moment of it is known."""
        return not isinstance(self.model._meta.get_field(self.moment.at), DateTimeField)

    def rows(self, record, user):
        """Return the rows that the person may see, who sees the record."""
        first, _dots, rest = self.path.partition("__")
        if first == "pk":
            return self.model.objects.filter(pk=record.pk)
        if issubclass(self.model, Record):
            return record.filed(self.model, self.path, user)
        rows = self.model._base_manager.all()
        if not rest:
            return rows.filter(**{first: record.pk})
        parents = self.model._meta.get_field(first).related_model
        seen = record.filed(parents, rest, user).order_by()
        return rows.filter(**{f"{first}__in": seen.values("pk")})

    def address(self, row, lead):
        """Return where a line leads."""
        moment, kind = self.moment, self.model._meta
        names = {"kind": kind.model_name}
        if moment.lead:
            parent = kind.get_field(moment.lead.removesuffix("_id")).related_model
            names["parent"] = parent._meta.model_name
        args = [lead] if moment.lead else [row]
        if moment.is_file:
            args.append(row)
        return reverse(moment.page.format(**names), args=args)

    def state_text(self, value):
        """Return what a value of the state is called."""
        if not value:
            return ""
        if value in self.moment.states:
            return capfirst(str(self.moment.states[value]))
        column = self.model._meta.get_field(self.moment.state)
        if isinstance(column, DictionaryField):
            return dictionaries.labels().get(int(value), "")
        return capfirst(str(dict(column.flatchoices).get(value, value)))


def columns(source, number, record, user, place):
    """Return the rows of a source as the columns of lines, the latest first."""
    moment, at = source.moment, source.moment.at
    rows = source.rows(record, user).filter(moment.where, **{f"{at}__isnull": False})
    if place is not None:
        rows = rows.filter(_after(at, number, place, is_day=source.is_day))
    return lines_of(source, number, rows.order_by(f"-{at}", "-pk"))


def lines_of(source, number, rows):
    """Return rows of a source as the columns of lines, in their order."""
    moment, at = source.moment, source.moment.at
    notes = [NullIf(Left(name, NOTE), Value("")) for name in moment.note]
    return _as_lines(
        rows,
        line_at=_moment(at) if source.is_day else F(at),
        line_place=Value(number, IntegerField()),
        line_row=F("pk"),
        line_lead=F(moment.lead or "pk"),
        line_title=_text(moment.title),
        line_note=Coalesce(*notes, Value("")) if notes else Value("", TextField()),
        line_state=_text(moment.state),
        line_who=_text(moment.who),
        line_amount=F(moment.amount) if moment.amount else _no_amount(),
    )


def _as_lines(rows, **columns):
    """Return rows as lines; of no row more is read."""
    return rows.select_related(None).annotate(**columns).values_list(*COLUMNS)


def _text(path):
    """Return a column as text."""
    return Cast(path, TextField()) if path else Value("", TextField())


def _no_amount():
    return Cast(Value(None), DecimalField(max_digits=18, decimal_places=2))


def _moment(at):
    """Return the moment at which a day of a column begins in Shanghai."""
    template = "(%(expressions)s::timestamp AT TIME ZONE 'Asia/Shanghai')"
    return Func(F(at), template=template, output_field=DateTimeField())


def entries_of(record, also, models):
    """Return the entries of the history but for those of rows that are lines."""
    label = record._meta.label_lower
    rows = HistoryEntry.objects.filter(
        subject_label=label, subject_id__in=[record.pk, *also]
    )
    parts = sorted(model._meta.label_lower for model in models)
    return rows.exclude(label__in=[one for one in parts if one != label])


def changes(entries, number, place):
    """Return entries of the history as the columns of lines, the latest first."""
    if place is not None:
        entries = entries.filter(_after("at", number, place))
    nothing = Value("", TextField())
    return _as_lines(
        entries.order_by("-pk"),
        line_at=F("at"),
        line_place=Value(number, IntegerField()),
        line_row=F("pk"),
        line_lead=F("pk"),
        line_title=nothing,
        line_note=nothing,
        line_state=nothing,
        line_who=Cast("actor_name", CharField()),
        line_amount=_no_amount(),
    )


def _after(at, number, place, *, is_day=False):
    """Return the condition that rows of a source come after a place.

    Lines of one moment stand in the order of their sources, then the newest row first.

    Args:
        at: the column of the day or moment.
        number: the place of the source.
        place: (moment, place of its source, row) of the last line that was shown.
        is_day: whether the column is a day: it begins at midnight.
    """
    moment, last, row = place
    if is_day:
        day = timezone.localdate(moment)
        if moment != start_of(day):
            return Q(**{f"{at}__lte": day})
        moment = day
    if number > last:
        return Q(**{f"{at}__lte": moment})
    earlier = Q(**{f"{at}__lt": moment})
    if number < last:
        return earlier
    return earlier | Q(**{at: moment, "pk__lt": row})
