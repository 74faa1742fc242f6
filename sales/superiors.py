"""Who is above whom: heads of departments and lines of report, by now's company.

PostgreSQL says it (`sales_people_below`, migration 0014); here it is asked as a part of
any query, so that a number of the menu costs none of its own.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value

from crm.models import User
from crm.queries.ids import AnyOf

#: Of an array that is asked for once, not for each row.
ONCE = "(SELECT %(function)s(%(expressions)s))::bigint[]"


def people_below(person, path="owner"):
    """Return the condition "the person at `path` stands below somebody".

    Args:
        person: the id of who stands above.
        path: the column of a person.
    """
    below = Func(
        Value(person, models.BigIntegerField()),
        function="sales_people_below",
        template=ONCE,
        output_field=ArrayField(models.BigIntegerField()),
    )
    return Q(AnyOf(F(path), below))


def is_above(person, other):
    """Say whether somebody stands above a person.

    Args:
        person: who may stand above.
        other: the id of who may stand below.
    """
    return User.objects.filter(people_below(person.pk, "pk"), pk=other).exists()
