"""Numbers of charts: one pass over the rows for all charts that are of the same ones.

Rows are those that a list shows: they begin at what a person sees. A pass tells them
apart by everything that its charts ask for, in one query that an index answers, and
adds the numbers up for each of the charts. What took long is kept for a short while,
as the numbers of the workbench are; the page says of when its numbers are.
"""

from collections import Counter
from decimal import Decimal
from functools import cache
from time import monotonic

from django.core.exceptions import EmptyResultSet
from django.db import connections, models, router
from django.db.models import Count, ExpressionWrapper, Q, Sum, Value
from django.utils import timezone
from django.utils.module_loading import import_string

from crm.charts.chart import BEFORE
from crm.models.tally import FEW_PEOPLE
from crm.queries.days import on_days
from crm.queries.ids import any_of
from crm.queries.unions import together

#: A pass that took so many seconds is kept for so many; so many passes at most.
LONG, SECONDS_KEPT, MOST_KEPT = 0.3, 60, 200
#: {question: (monotonic end, when it was asked, the answer)}.
_kept = {}


@cache
def charts_of(model):
    """Return the charts that a kind declares."""
    return import_string(model.charts)


def tables_of(model, charts, asked):
    """Return ([Table] of some charts of a kind, the moment their numbers are of)."""
    passes, numbers, moments = {}, {}, [timezone.now()]
    for chart in charts:
        passes.setdefault(_key(chart), []).append(chart)
    for key, of_pass in passes.items():
        found, moment = _remembered(model, key, of_pass, asked)
        moments.append(moment)
        numbers |= found
    tables = [chart.table(model, chart, asked, numbers[chart.key]) for chart in charts]
    return tables, min(moments)


def _key(chart):
    """Return what tells a pass from others: the rows that it is about."""
    only = tuple((name, tuple(values)) for name, values in chart.only.items())
    ranked = not chart.rows.is_whole  # by people: there are too many of them
    alone = chart.dimensions if chart.tells_all else ranked and chart.rows
    return chart.dated, chart.compared, only, alone


def _remembered(model, key, charts, asked):
    """Return (the numbers of a pass, of when they are), asked anew or kept."""
    question = model, key, tuple((one.key, one.dimensions) for one in charts), asked.key
    ends, moment, numbers = _kept.get(question, (0, None, None))
    if ends > monotonic():
        return numbers, moment
    started, moment = monotonic(), timezone.now()
    numbers = _numbers(model, key, charts, asked)
    if monotonic() - started > LONG:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[question] = monotonic() + SECONDS_KEPT, moment, numbers
    return numbers, moment


def _numbers(model, key, charts, asked):
    """Return {key of a chart: {span: {(group of the rows, of the series): number}}}."""
    found = {c.key: {span: Counter() for span in c.spans} for c in charts}
    dimensions = list(dict.fromkeys(d for c in charts for d in c.dimensions))
    amounts = list(dict.fromkeys(c.amount for c in charts if c.amount))
    query = _grouped(model, key, asked, dimensions, amounts)
    inner = together(query(part) for part in _rows(model, key, asked))
    try:
        sql, values = inner.query.sql_with_params()
    except EmptyResultSet:
        return found
    sql = _added(sql, charts, dimensions, amounts)
    with connections[router.db_for_read(model)].cursor() as cursor:
        cursor.execute(sql, values)
        for place, is_now, row, series, number in cursor.fetchall():
            chart = charts[place]
            span = chart.spans[0] if is_now else BEFORE
            value = Decimal(number or 0) if chart.amount else int(number)
            found[chart.key][span][row, series] += value
    return found


def _rows(model, key, asked):
    """Return the rows of a pass as querysets that share none."""
    dated, compared, only, _ranked = key
    visibility = model.objects.visibility(asked.user, asked.action)
    people = asked.user.rights.people(visibility.reach)
    # Of few people's rows an index of theirs has each; of many, all are passed.
    few = people is not None and len(people) <= FEW_PEOPLE
    parts = visibility.parts() if few else [visibility.in_order()]
    condition = Q(**{f"{name}__in": values for name, values in only})
    if dated:
        before = compared and asked.period.before
        first = before.first if before else asked.period.first
        condition &= _within(model, dated, first, asked.period.last)
    if asked.department is not None:
        condition &= any_of("owner", asked.department_ids)
    if asked.person is not None:
        condition &= Q(owner=asked.person)
    return [part.filter(condition) for part in parts]


def _within(model, dated, first, last):
    """Return the condition that a day or moment lies within some days."""
    if isinstance(model._meta.get_field(dated), models.DateTimeField):
        return on_days(dated, first, last)
    condition = Q(**{f"{dated}__gte": first})
    return condition if last is None else condition & Q(**{f"{dated}__lte": last})


def _grouped(model, key, asked, dimensions, amounts):
    """Return how one asks some rows how many each combination of groups has."""
    dated, compared, *_rest = key
    is_now = Value(True)
    if compared:
        condition = _within(model, dated, asked.period.first, None)
        is_now = ExpressionWrapper(condition, models.BooleanField())
    names = {"chart_now": is_now} | {
        f"chart_{place}": dimension.expression(model, asked)
        for place, dimension in enumerate(dimensions)
    }
    sums = {f"chart_sum_{name}": Sum(name) for name in amounts}

    def query(rows):
        rows = rows.order_by().values(**names).annotate(chart_n=Count("pk"), **sums)
        return rows.values_list(*names, "chart_n", *sums)

    return query


def _added(sql, charts, dimensions, amounts):
    """Return SQL that adds such numbers up: (place of a chart, now, groups, number)."""
    columns = ["is_now", *(f"g{place}" for place in range(len(dimensions)))]
    columns += ["n", *(f"s_{name}" for name in amounts)]
    asked = []
    for place, chart in enumerate(charts):
        groups = [f"g{dimensions.index(one)}::text" for one in chart.dimensions]
        groups += ["NULL"] * (2 - len(groups))
        number = f"s_{chart.amount}" if chart.amount else "n"
        said = ", ".join((str(place), "is_now", *groups, f"sum({number})"))
        asked.append(f"SELECT {said} FROM counted GROUP BY 2, 3, 4")  # noqa: S608 - ours
    return f"WITH counted ({', '.join(columns)}) AS ({sql}) {' UNION ALL '.join(asked)}"
