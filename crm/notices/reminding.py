"""What the clock tells people: of each record once for each occasion, many as one.

A kind says which of its rows are due, with `day`, `mark` and `of_whom` as columns
(`marked`); who sees them is asked when they are told.
"""

from datetime import timedelta

from django.apps import apps
from django.db.models import Case, Exists, F, OuterRef, TextField, Value, When
from django.db.models.functions import Concat

from crm.history.titles import title_columns, titled
from crm.notices.models import Reminded
from crm.notices.sending import notify_of_many, title_of
from crm.queries.unions import together

#: Records of which a person is told in one transaction.
AT_ONCE = 500


def coming(rows, column, days, today, *, of_whom=None):
    """Return the rows whose day is near, marked.

    A day that was missed is made up for by what is still true: of 90, 60 and 30 days
    before, the nearest alone.

    Args:
        rows: of one kind, as far as the person sees them.
        column: the date it is about, never past.
        days: before it, the most first.
        today: the day of today.
        of_whom: the column of the person whose row it is, if that may be another.
    """
    last = today + timedelta(days=days[0])
    near = [
        (Value(str(n)), {f"{column}__lte": today + timedelta(days=n)})
        for n in reversed(days)
    ]
    rows = rows.filter(**{f"{column}__range": (today, last)})
    return marked(rows, F(column), near, of_whom=of_whom)


def marked(rows, day, steps, *, of_whom=None):
    """Return rows with `day`, `of_whom`, and a `mark` of the first step that holds.

    Args:
        rows: of one kind.
        day: the expression of what it is about.
        steps: [(expression, conditions)], the most urgent first.
        of_whom: the column of the person whose row it is, if that may be another.
    """
    step = Case(
        *(When(**conditions, then=name) for name, conditions in steps),
        output_field=TextField(),
    )
    return rows.annotate(day=day).annotate(
        mark=Concat("day", Value(":"), step, output_field=TextField()),
        of_whom=F(of_whom) if of_whom else Value(0),
    )


def remind(person, verb, parts, absent, *, in_bell=True):
    """Tell a person of rows, of each once for its mark; return whether there are more.

    In a transaction that nobody shares who reminds the same person. However many kinds
    there are, what is new is one query.

    Args:
        person: whom to tell.
        verb: of an occasion (`crm.notices.declared`).
        parts: rows of one kind each, `marked`, as far as the person sees them.
        absent: {id: name} of whom the person stands in for.
        in_bell: whether the person sees it there, and not by mail alone.
    """
    new = _new(person, verb, parts)
    Reminded.objects.bulk_create(
        Reminded(person=person, verb=verb, subject_label=label, subject=pk, mark=mark)
        for label, pk, _day, mark, _of_whom, _texts in new
    )
    alike = {}
    for label, pk, day, _mark, of_whom, texts in new:
        title = f"{title_of(titled(label, texts))} · {day}"
        alike.setdefault((label, absent.get(of_whom, "")), []).append([pk, title])
    for (label, reason), subjects in alike.items():
        kind = apps.get_model(label)
        notify_of_many(person.pk, verb, kind, subjects, reason=reason, in_bell=in_bell)
    return len(new) == AT_ONCE


def _new(person, verb, parts):
    """Return (kind, id, day, mark, of whom, its texts) of what is not told yet."""
    asked = [_not_yet(person, verb, rows) for rows in parts]
    if not asked:
        return []
    return list(together(asked).order_by("day", "pk")[:AT_ONCE])


def _not_yet(person, verb, rows):
    label = rows.model._meta.label_lower
    known = Reminded.objects.filter(
        person=person,
        verb=verb,
        subject_label=label,
        subject=OuterRef("pk"),
        mark=OuterRef("mark"),
    )
    rows = rows.filter(~Exists(known)).annotate(
        kind_label=Value(label), texts=title_columns(rows.model)
    )
    return rows.values_list("kind_label", "pk", "day", "mark", "of_whom", "texts")
