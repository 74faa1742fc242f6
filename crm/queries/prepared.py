"""Queries of every page: their SQL is made once, and so is PostgreSQL's plan.

What a query asks stays written as a queryset. Making its SQL, and then deciding how to
go about it, takes several times as long as finding the rows: both are done beforehand,
the one once in a process, the other once on each connection that is kept.
"""

import re
from functools import cached_property, lru_cache, wraps
from itertools import count
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet, ImproperlyConfigured
from django.db import connections, router
from django.utils import timezone

#: Kinds of rights, and days, whose SQL of one query is kept.
SHAPES = 128
#: Statements that one connection keeps the plan of; the oldest makes room.
STATEMENTS = 200
#: Behind PgBouncer the next statement may meet another connection.
POOLED = "DISABLE_SERVER_SIDE_CURSORS"
#: Where Django's SQL has a parameter, or a percent sign.
_PLACE = re.compile("%s|%%")
#: {connection of psycopg2: {name: None} of its statements, the oldest first}.
_kept = WeakKeyDictionary()
_numbers = count(1)


class Prepared:
    """A query whose values change and whose SQL does not.

    Args:
        build: a function from the values to a `values_list()` queryset.
        stand_ins: what stands for the values while the SQL is made: each unlike
            the others and unlike all else that the query names. None has SQL of
            its own and can be neither these nor the values.
        around: SQL that asks what stands in the query's place, `{}`: Django's
            querysets cannot ask a union of others.
        strict: whether the query must ask for every value.
    """

    def __init__(self, build, *stand_ins, around="{}", strict=True):
        self.build, self.stand_ins, self.around = build, stand_ins, around
        self.strict = strict

    def __call__(self, *values):
        """Return the rows for these values; a function is asked for its value."""
        if self._made is None:
            return []
        model, sql, places = self._made
        connection = connections[router.db_for_read(model)]
        asked = dict.fromkeys(n for n, _value in places if n is not None)
        given = {n: v() if callable(v := values[n]) else v for n in asked}
        with connection.cursor() as cursor:
            if connection.settings_dict.get(POOLED):
                cursor.execute(sql, [given.get(n, value) for n, value in places])
            else:
                self._prepare(connection.connection)
                cursor.execute(self._execution, [*given.values()] or None)
            return cursor.fetchall()

    @cached_property
    def _made(self):
        """The model, the SQL, and of each parameter (which value it is, itself).

        None of a query that finds nothing, whatever the values are.
        """
        query = self.build(*self.stand_ins).query
        try:
            sql, parameters = query.sql_with_params()
        except EmptyResultSet:
            return None
        sql = self.around.format(sql)
        known = {_hashable(value): n for n, value in enumerate(self.stand_ins)}
        places = [(known.get(_hashable(value)), value) for value in parameters]
        asked = {n for n, _value in places}
        lost = [one for n, one in enumerate(self.stand_ins) if n not in asked]
        if lost and self.strict:
            # One that was turned into something else would stand in the SQL for good.
            raise ImproperlyConfigured(f"{self.build.__name__} asks for none of {lost}")
        return query.model, sql, places

    @cached_property
    def _name(self):
        """What the statement is called, in PostgreSQL's log too: as its function."""
        return f"{re.sub('[^a-z_]', '', self.build.__name__)}_{next(_numbers)}"

    @cached_property
    def _execution(self):
        """The SQL that runs the statement with the values it asks for, in order."""
        number = len({n for n, _value in self._made[2] if n is not None})
        given = f" ({', '.join(['%s'] * number)})" if number else ""
        return f"EXECUTE {self._name}{given}"

    def _prepare(self, connection):
        """Have a connection know the statement: what never changes is part of it."""
        kept = _kept.setdefault(connection, {})
        if self._name in kept:
            return
        _model, sql, places = self._made
        asked = dict.fromkeys(n for n, _value in places if n is not None)
        numbers = {n: f"${number}" for number, n in enumerate(asked, 1)}
        left = iter(places)

        def place(found):
            if found[0] == "%%":
                return found[0]
            return numbers.get(next(left)[0], "%s")

        text = _PLACE.sub(place, sql)
        fixed = [value for n, value in places if n is None]
        with connection.cursor() as cursor:
            if len(kept) >= STATEMENTS:
                cursor.execute(f"DEALLOCATE {next(iter(kept))}")
                del kept[next(iter(kept))]
            cursor.execute(f"PREPARE {self._name} AS {text}", fixed)
        kept[self._name] = None


class PreparedFor:
    """A query of what a person sees: one `Prepared` for each kind of rights.

    The SQL follows from how far the rights reach and from the day; who the people
    within reach are is a value, known anew in every request.

    Args:
        build: a function from a person and the values to a `values_list()` queryset.
            Of the person it uses the id and the rights; of time, days.
        stand_ins, around: as of `Prepared`.
    """

    def __init__(self, build, *stand_ins, around="{}"):
        self.build, self.stand_ins, self.around = build, stand_ins, around
        self._shaped = lru_cache(SHAPES)(self._for_shape)

    def __call__(self, user, *values):
        """Return the rows for a person and these values."""
        shape = user.rights.shape
        prepared = self._shaped(shape, timezone.localdate())
        return prepared(*shape.values(user), *values)

    def _for_shape(self, shape, _day):
        person = shape.stand_in()
        circles = [value() for value in shape.values(person)]

        @wraps(self.build)
        def build(*values):
            return self.build(person, *values[len(circles) :])

        # Rights decide what is asked for: whoever sees all is asked for no circle.
        given = (*circles, *self.stand_ins)
        return Prepared(build, *given, around=self.around, strict=False)


def _hashable(value):
    return tuple(value) if isinstance(value, list) else value
