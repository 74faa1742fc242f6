"""What the clock tells people: of each record once for each occasion, many as one.

A kind says which of its rows are due, with `day`, `mark` and `of_whom` as columns
(`marked`); who sees them is asked when they are told.
"""

from datetime import datetime, time, timedelta

from django.db.models import Case, Exists, F, OuterRef, TextField, Value, When
from django.db.models.functions import Concat
from django.utils import timezone

from crm.notices.models import Reminded
from crm.notices.sending import notify_of_many, title_of

#: Records of which a person is told in one transaction.
AT_ONCE = 500


def start_of(day):
    """Return the moment at which a day begins in Shanghai."""
    return timezone.make_aware(datetime.combine(day, time.min))


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


def remind(person, verb, rows, absent, *, in_bell=True):
    """Tell a person of rows, of each once for its mark; return whether there are more.

    In a transaction that nobody shares who reminds the same person.

    Args:
        person: whom to tell.
        verb: a key of `crm.notices.occasions.OCCASIONS`.
        rows: of one kind, `marked`, as far as the person sees them.
        absent: {id: name} of whom the person stands in for.
        in_bell: whether the person sees it there, and not by mail alone.
    """
    if rows.query.is_empty():
        return False
    known = Reminded.objects.filter(
        person=person,
        verb=verb,
        subject_label=rows.model._meta.label_lower,
        subject=OuterRef("pk"),
        mark=OuterRef("mark"),
    )
    new = list(rows.filter(~Exists(known)).order_by("day", "pk")[:AT_ONCE])
    Reminded.objects.bulk_create(_note(person, verb, row) for row in new)
    for reason in dict.fromkeys(absent.get(row.of_whom, "") for row in new):
        subjects = [
            [row.pk, f"{title_of(row)} · {row.day}"]
            for row in new
            if absent.get(row.of_whom, "") == reason
        ]
        notify_of_many(
            person.pk, verb, rows.model, subjects, reason=reason, in_bell=in_bell
        )
    return len(new) == AT_ONCE


def _note(person, verb, row):
    return Reminded(
        person=person,
        verb=verb,
        subject_label=row._meta.label_lower,
        subject=row.pk,
        mark=row.mark,
    )
