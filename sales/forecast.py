"""How sure open opportunities are: what one commits to, hopes for, or works on.

The probability that counts is one's own for an opportunity, else that of its stage; the
categories are the usual ones of sales forecasts, by where it lies.
"""

from django.db.models import Case, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import pgettext_lazy

from sales.models import Opportunity

#: (value, what it says, from which probability on, in percent), the surest first.
CATEGORIES = (
    ("commit", pgettext_lazy("forecast", "commit (80% or more)"), 80),
    ("best", pgettext_lazy("forecast", "best case (50–79%)"), 50),
    ("pipeline", pgettext_lazy("forecast", "pipeline (below 50%)"), 0),
)
CHOICES = tuple((value, label) for value, label, _least in CATEGORIES)


def chance():
    """Return the expression of the probability that counts, in percent."""
    return Coalesce("probability", "stage__probability")


def category():
    """Return the expression of the category in which an opportunity is."""
    return Case(
        *(
            When(GreaterThanOrEqual(chance(), least), then=Value(value))
            for value, _label, least in CATEGORIES
        )
    )


def in_categories(opportunities, values):
    """Narrow opportunities to the open ones of any of some categories; none: all."""
    if not values:
        return opportunities
    open_ones = opportunities.filter(status=Opportunity.Status.OPEN)
    return open_ones.alias(forecast=category()).filter(forecast__in=values)
