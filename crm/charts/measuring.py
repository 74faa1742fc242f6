"""The numbers that measures declare: of people and months, and the lists behind them.

They are of the company's books: what counts is not what the reader may see. Whoever
shows them asks first whose numbers the reader may know. What took long is kept for a
short while, as the numbers of charts are.
"""

from datetime import date
from decimal import Decimal
from time import monotonic

from django.db.models import Count, Q, Sum
from django.db.models.functions import ExtractMonth
from django.utils.http import urlencode

from crm import dictionaries
from crm.charts.counting import LONG, MOST_KEPT, SECONDS_KEPT
from crm.models.registration import Registration
from crm.queries.days import on_days
from crm.queries.ids import any_of

#: {question: (monotonic end, the answer)}.
_kept = {}


def by_person(model, measure, day, person, year, people=None):
    """Return {(id of a person or None, month): number} of the rows of a year.

    One query that an index of the day, or of the person, answers.

    Args:
        model: the kind that declares the measure.
        day, person: the columns that count.
        people: ids of those whose rows are asked for; None: everybody's.
    """
    whose = None if people is None else frozenset(people)
    question = model, measure.key, day, person, year, whose
    ends, numbers = _kept.get(question, (0, None))
    if ends > monotonic():
        return numbers
    started, numbers = monotonic(), _numbers(*question[:1], measure, *question[2:])
    if monotonic() - started > LONG:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[question] = monotonic() + SECONDS_KEPT, numbers
    return numbers


def _numbers(model, measure, day, person, year, people):
    rows = model.objects.registered().filter(
        measure.where,
        _within(model, day, date(year, 1, 1), date(year, 12, 31)),
        **_items(model, measure),
    )
    if people is not None:
        rows = rows.filter(any_of(person, sorted(people)))
    number = Count("pk") if measure.is_count else Sum(measure.amount)
    found = rows.order_by().values_list(f"{person}_id", ExtractMonth(day))
    return {
        (pk, month): Decimal(value or 0)
        for pk, month, value in found.annotate(number=number)
    }


def address_of(model, measure, day, first, last, **whose):
    """Return the list of the rows that count of some days.

    Args:
        model, measure, day: as of `by_person`.
        first, last: the days.
        whose: conditions of the list on people.
    """
    query = {
        **measure.conditions,
        **_items(model, measure),
        "registration": Registration.REGISTERED.value,
        f"{day}_after": first,
        f"{day}_before": last,
        **whose,
    }
    return f"{model.page('list')}?{urlencode(query, doseq=True)}"


def _items(model, measure):
    """Return {column: id} of the options that the rows have; 0 for one not there."""
    found = {}
    for column, code in measure.options.items():
        items = dictionaries.items_of(model._meta.get_field(column).kind, retired=True)
        found[column] = next((one.pk for one in items if one.code == code), 0)
    return found


def _within(model, day, first, last):
    """Return the condition that a day, or a moment, lies on some days."""
    if model._meta.get_field(day).get_internal_type() == "DateTimeField":
        return on_days(day, first, last)
    return Q(**{f"{day}__range": (first, last)})
