"""Numbers on pages: counted by index and no further than is cheap.

A number that is not kept (`Visibility.sums`) is counted here, as far as
lists count, and so says the same as the list behind it.
"""

from decimal import Decimal

from django.apps import apps
from django.db.models import BigIntegerField, Case, IntegerField, Subquery, Value, When

from crm.queries.ids import among
from crm.queries.totals import MOST_COUNTED, Total, are_many, remember_many
from crm.queries.unions import together

BEYOND = MOST_COUNTED + 1
#: What SQL around `Visibility.sums` (`crm.queries.prepared`) calls its columns.
SUMS = "AS sums (owner, state, n, amount)"
#: Asks them for the number of each state.
BY_STATE = f"SELECT state, sum(n) FROM ({{}}) {SUMS} GROUP BY state"  # noqa: S608 - ours


class Counted(Subquery):
    """How many rows some parts have together, told no further than is cheap.

    Args:
        parts: querysets that share no row.
        most: where the count ends; None counts all.
    """

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
    empty_result_set_value = 0

    def __init__(self, *parts, most=BEYOND):
        super().__init__(together(rows.values("pk") for rows in parts)[:most])


def counts(person, querysets):
    """Return how many rows each of some queries has, all in one query.

    Args:
        person: any: a row to count beside.
        querysets: of any kinds.
    """
    if not querysets:
        return []
    people = apps.get_model("crm.User").objects
    own = people.filter(pk=person.pk).order_by()
    return list(own.values_list(*(Counted(q, most=None) for q in querysets)).get())


class Figures:
    """Numbers of a person that need not be counted anew each time: very many stay so.

    What was found beyond what is counted is not counted again for a short while, as
    the total of a list is not (`crm.queries.totals.counted`): of all numbers these
    cost most, and one row more or less does not show.

    Args:
        *names: what each number is called, unlike all others of all pages.
    """

    #: What stands for `beyond` while the SQL of a query is made.
    stand_in = (-1,)

    def __init__(self, *names):
        self.names = names

    def beyond(self, user, reach):
        """Return the places of those that a person has beyond what is counted.

        Args:
            user: who looks.
            reach: how far that person's rights to the rows reach.
        """
        keys = self._keys(user, reach)
        return [place for place, key in enumerate(keys) if are_many(key)]

    def counted(self, place, beyond, *parts):
        """Return how many rows some parts have together, or BEYOND at once.

        Args:
            place: of the number.
            beyond: the value of the query that `beyond` returns.
            parts: querysets that share no row.
        """
        number = Value(place, BigIntegerField())
        return Case(
            When(among(number, beyond), then=BEYOND),
            default=Counted(*parts),
            output_field=IntegerField(),
        )

    def keep(self, user, reach, numbers, beyond):
        """Remember which of the numbers were found beyond what is counted.

        Not those that were `beyond`: a memory that renews itself would never end.
        """
        keys = zip(self._keys(user, reach), numbers, strict=True)
        for place, (key, number) in enumerate(keys):
            if number > MOST_COUNTED and place not in beyond:
                remember_many(key)

    def _keys(self, user, reach):
        rights = user.rights
        people = rights.people(reach)
        whose = user.pk, rights.shape, None if people is None else frozenset(people)
        return [(name, *whose) for name in self.names]


def as_rows(user, counts):
    """Return rows (None, name, number, 0) of {name: Counted}, as queries.

    They stand beside those of `Visibility.sums`: one query for all numbers.

    Args:
        user: any person: a row to count beside.
        counts: what to count.
    """
    people = apps.get_model("crm.User").objects
    people = people.using(apps.get_model("crm.Tally").objects.db)  # as what is counted
    none, zero = Value(None, BigIntegerField()), Value(Decimal(0))
    return [
        people.filter(pk=user.pk)
        .order_by()
        .values_list(none, Value(name), counted, zero)
        for name, counted in counts.items()
    ]


def capped(number):
    """Return a number of Counted as pages show it: "10,000+" where it ends there."""
    return number if number <= MOST_COUNTED else Total(MOST_COUNTED, exact=False).text


def first_of(parts, keys, most):
    """Return the ids of the first rows of all parts in an order, as a query.

    Args:
        parts: querysets that share no row.
        keys: the order, which an index has.
        most: how many rows at most.
    """
    first, *others = [rows.order_by(*keys).values("pk")[:most] for rows in parts]
    return first.union(*others, all=True) if others else first
