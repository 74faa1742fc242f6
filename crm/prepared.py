"""Queries of every page: Django makes their SQL once, not once in every request.

What a query asks stays written as a queryset; only making its SQL, which takes
several times as long as PostgreSQL takes to answer, is done beforehand.
"""

from functools import cached_property, lru_cache

from django.db import connections, router
from django.utils import timezone

#: Kinds of rights, and days, whose SQL of one query is kept.
SHAPES = 128


class Prepared:
    """A query whose values change and whose SQL does not.

    Args:
        build: a function from the values to a `values_list()` queryset.
        stand_ins: what stands for the values while the SQL is made: each unlike
            the others and unlike all else that the query names. None has SQL of
            its own and can be neither these nor the values.
    """

    def __init__(self, build, *stand_ins):
        self.build, self.stand_ins = build, stand_ins

    def __call__(self, *values):
        """Return the rows for these values; a function is asked for its value."""
        model, sql, places = self._made
        asked = {place for place, _value in places if place is not None}
        told = {n: v() if callable(v := values[n]) else v for n in asked}
        parameters = [
            value if place is None else told[place] for place, value in places
        ]
        with connections[router.db_for_read(model)].cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    @cached_property
    def _made(self):
        """The model, the SQL, and of each parameter (which value it is, itself)."""
        query = self.build(*self.stand_ins).query
        sql, parameters = query.sql_with_params()
        known = {_hashable(value): n for n, value in enumerate(self.stand_ins)}
        places = [(known.get(_hashable(value)), value) for value in parameters]
        return query.model, sql, places


class PreparedFor:
    """A query of what a person sees: one `Prepared` for each kind of rights.

    The SQL follows from how far the rights reach and from the day; who the people
    within reach are is a value, known anew in every request.

    Args:
        build: a function from a person and the values to a `values_list()` queryset.
            Of the person it uses the id and the rights; of time, days.
        stand_ins: for the values, as of `Prepared`.
    """

    def __init__(self, build, *stand_ins):
        self.build, self.stand_ins = build, stand_ins
        self._shaped = lru_cache(SHAPES)(self._for_shape)

    def __call__(self, user, *values):
        """Return the rows for a person and these values."""
        shape = user.rights.shape
        prepared = self._shaped(shape, timezone.localdate())
        return prepared(*shape.values(user), *values)

    def _for_shape(self, shape, _day):
        person = shape.stand_in()
        circles = [value() for value in shape.values(person)]

        def build(*values):
            return self.build(person, *values[len(circles) :])

        return Prepared(build, *circles, *self.stand_ins)


def _hashable(value):
    return tuple(value) if isinstance(value, list) else value
