"""How many rows a list has, as far as is cheap to count, and its first rows at once."""

from dataclasses import dataclass
from time import monotonic

from django.core.exceptions import EmptyResultSet
from django.db import connections, router
from psycopg2 import sql

from crm.queries.ids import any_of

#: Rows that are counted to tell how many there are; beyond, "10,000+" is enough.
MOST_COUNTED = 10_000
#: So many hits in a sample of one row in sixteen. Of MOST_COUNTED in all that would
#: happen once in 10^16 times: there are more.
SURELY_MANY = 850
#: Which lists were found to be longer than is counted, and until when that holds.
_many, MOST_KEPT, SECONDS_KEPT = {}, 1000, 60
#: A page out of some rows and their number. Django's querysets cannot ask a queryset.
SURVEY_DOWN = sql.SQL(
    "SELECT id, count(*) OVER () FROM ({} LIMIT %s) AS few (id, key)"
    " ORDER BY key DESC NULLS LAST, id DESC LIMIT %s OFFSET %s"
)
SURVEY_UP = sql.SQL(
    "SELECT id, count(*) OVER () FROM ({} LIMIT %s) AS few (id, key)"
    " ORDER BY key NULLS LAST, id LIMIT %s OFFSET %s"
)
#: How many of some rows a sample has, told no further than is sure.
SAMPLE = sql.SQL(
    "SELECT count(*) FROM (SELECT 1 FROM ({}) AS found (id, key)"
    " WHERE (hashint8(id) & 15) = 0 LIMIT %s) AS sample"
)


@dataclass(frozen=True)
class Total:
    """How many rows a list has: exactly, or this many and more."""

    number: int
    exact: bool = True

    def __str__(self):
        return f"{self.number}{'' if self.exact else '+'}"

    @property
    def text(self):
        """The number as a reader wants it."""
        return f"{self.number:,}{'' if self.exact else '+'}"


def counted(rows, key=None):
    """Return the Total of some rows, counted no further than is cheap.

    Args:
        rows: a queryset.
        key: what the rows depend on, beside themselves. That there were more than
            is counted is remembered for a short while: people turn pages, and
            nobody takes so many rows away in that time.
    """
    if are_many(key):
        return Total(MOST_COUNTED, exact=False)
    return _total(rows.order_by()[: MOST_COUNTED + 1].count(), key)


def surveyed(rows, order, start, size, key, *, sampled=False):
    """Count some rows and find a page of them at once, as far as is cheap.

    Args:
        rows: a queryset.
        order: their Order.
        start, size: which of them the page shows.
        key: as of `counted`.
        sampled: whether an index finds those of them that are `InSample`: very many
            need not be counted then.

    Returns:
        (the Total, the ids of the page; None if they are still to be found).
    """
    if are_many(key):
        return Total(MOST_COUNTED, exact=False), None
    some = rows.order_by().values_list("pk", order.path)
    try:
        inner, values = some.query.sql_with_params()
    except EmptyResultSet:
        return Total(0), []
    inner = sql.SQL(inner)
    survey = (SURVEY_DOWN if order.down else SURVEY_UP).format(inner)
    with connections[router.db_for_read(rows.model)].cursor() as cursor:
        if sampled:
            cursor.execute(SAMPLE.format(inner), [*values, SURELY_MANY])
            if cursor.fetchone() == (SURELY_MANY,):
                return _total(MOST_COUNTED + 1, key), None
        cursor.execute(survey, [*values, MOST_COUNTED + 1, size, start])
        page = cursor.fetchall()
    if not page and start:
        return counted(rows, key), None
    total = _total(page[0][1] if page else 0, key)
    return total, [pk for pk, _number in page] if total.exact else None


def first_rows(rows, order, size):
    """Return the first rows of an order, found as a list finds its first page.

    Few rows are gathered and then sorted, however the conditions find them; only of
    many rows the order is walked.

    Args:
        rows: a queryset.
        order: an Order that an index has.
        size: how many rows at most.
    """
    _total_of_some, ids = surveyed(rows, order, 0, size, None)
    if ids is not None:
        rows = rows.filter(any_of("pk", ids))
    return list(rows.order_by(*order.keys)[:size])


def are_many(key):
    """Say whether some rows were found to be more than is counted a short while ago."""
    return _many.get(key, 0) > monotonic()


def remember_many(key):
    """Remember for a short while that some rows are more than is counted."""
    if len(_many) > MOST_KEPT:
        _many.clear()
    _many[key] = monotonic() + SECONDS_KEPT


def _total(number, key):
    """Return the Total of so many rows, and remember if they were too many."""
    if number > MOST_COUNTED and key is not None:
        remember_many(key)
    return Total(min(number, MOST_COUNTED), exact=number <= MOST_COUNTED)
