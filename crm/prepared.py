"""Queries of every page: Django makes their SQL once, not once in every request.

What a query asks stays written as a queryset; only making its SQL, which takes
several times as long as PostgreSQL takes to answer, is done beforehand.
"""

from functools import cached_property

from django.db import connections, router


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
        """Return the rows for these values."""
        model, sql, places = self._made
        parameters = [
            value if place is None else values[place] for place, value in places
        ]
        with connections[router.db_for_read(model)].cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    @cached_property
    def _made(self):
        """The model, the SQL, and of each parameter (which value it is, itself)."""
        query = self.build(*self.stand_ins).query
        sql, parameters = query.sql_with_params()
        known = {value: place for place, value in enumerate(self.stand_ins)}
        return query.model, sql, [(known.get(value), value) for value in parameters]
