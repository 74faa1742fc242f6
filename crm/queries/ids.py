"""Conditions that name many rows by their ids, as one parameter."""

from django.db.models import (
    Field,
    ForeignObject,
    Lookup,
    Q,
    Value,
)


class _Ids:
    """Whole numbers that Django hands on as one value: it looks at each of a list."""

    def __init__(self, numbers):
        self.numbers = list(numbers)


class Unweighed(Value):
    """Whole numbers that PostgreSQL sees when it has decided how to look for them."""

    def as_sql(self, compiler, connection):
        """Return a query of the array, as an array."""
        return "(SELECT %s::bigint[])::bigint[]", [self.value]


def any_of(path, ids):
    """Return the condition "the column at `path` holds one of these whole numbers".

    One parameter however many there are, where `in` takes one each.
    """
    return Q(**{f"{path}__any_of": _Ids(ids)})


def among(number, ids):
    """Return the condition "this whole number is one of these", of a query's values."""
    return Q(AnyOf(number, _Ids(ids)))


def none_of(path, ids):
    """Return the condition "the column at `path` holds none of these whole numbers".

    Of very many rows: PostgreSQL hashes the numbers once, and does not compare each
    row with all of them, as it does for `not (column = any(…))`.
    """
    return Q(**{f"{path}__none_of": _Ids(ids)})


@Field.register_lookup
@ForeignObject.register_lookup
class NoneOf(Lookup):
    """What `none_of` asks."""

    lookup_name = "none_of"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        """Return `column NOT IN (…)`, which a row without a number there meets, too."""
        column, params = self.process_lhs(compiler, connection)
        rows = f"({column} IN (SELECT unnest(%s::bigint[]))) IS NOT TRUE"
        return rows, [*params, self.rhs.numbers]


@Field.register_lookup
@ForeignObject.register_lookup
class AnyOf(Lookup):
    """What `any_of` asks."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        """Return `column = ANY(array)`."""
        column, params = self.process_lhs(compiler, connection)
        if not isinstance(self.rhs, _Ids):
            rows, more = compiler.compile(self.rhs)
            return f"{column} = ANY({rows})", [*params, *more]
        return f"{column} = ANY(%s::bigint[])", [*params, self.rhs.numbers]
