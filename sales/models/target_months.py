"""The twelve values of a target, a column each."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import pgettext_lazy

from crm.fields import LARGEST_AMOUNT
from sales.guards.targets import VALUES


def value_of(label):
    """Return the column of a month's value."""
    return models.DecimalField(
        label,
        max_digits=18,
        decimal_places=2,
        default=Decimal(0),
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_AMOUNT)],
    )


class MonthlyValues(models.Model):
    """What is to be reached in each month of a year."""

    VALUES = VALUES

    month_1 = value_of(pgettext_lazy("month of a target", "January"))
    month_2 = value_of(pgettext_lazy("month of a target", "February"))
    month_3 = value_of(pgettext_lazy("month of a target", "March"))
    month_4 = value_of(pgettext_lazy("month of a target", "April"))
    month_5 = value_of(pgettext_lazy("month of a target", "May"))
    month_6 = value_of(pgettext_lazy("month of a target", "June"))
    month_7 = value_of(pgettext_lazy("month of a target", "July"))
    month_8 = value_of(pgettext_lazy("month of a target", "August"))
    month_9 = value_of(pgettext_lazy("month of a target", "September"))
    month_10 = value_of(pgettext_lazy("month of a target", "October"))
    month_11 = value_of(pgettext_lazy("month of a target", "November"))
    month_12 = value_of(pgettext_lazy("month of a target", "December"))

    class Meta:
        abstract = True

    @property
    def months(self):
        """The twelve values, January first."""
        return [getattr(self, name) for name in self.VALUES]
