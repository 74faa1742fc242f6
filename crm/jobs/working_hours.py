"""Hours that people work: how long something has waited, told by PostgreSQL.

Morning (9:00 to 12:00) and afternoon (13:30 to 18:00) of each working day by the table
of holidays (`working_days`), by the clock of Shanghai. Conditions of lists and numbers
of the menu ask it without a query of their own.
"""

from django.db.models import DateTimeField, Func, Value
from django.db.models.functions import Now


def working_hours_ago(hours, moment=None):
    """Return the expression of the last moment since which so many hours were worked.

    A query of its own within the query: PostgreSQL reckons it once, where it would ask
    a function for each row, about eight microseconds a time.

    Args:
        hours: how many.
        moment: until when, a moment; now, if none is given.
    """
    return Func(
        Value(hours),
        Now() if moment is None else Value(moment),
        function="jobs_working_hours_ago",
        template="(SELECT %(function)s(%(expressions)s))",
        output_field=DateTimeField(),
    )
