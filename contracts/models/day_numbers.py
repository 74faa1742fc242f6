"""The numbers of contracts and of invoices, day by day."""

from django.db import models


class DayNumber(models.Model):
    """How many contract numbers a day has given out: no gaps, however many at once."""

    day = models.DateField(primary_key=True)
    given = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.day}: {self.given}"


class InvoiceDayNumber(models.Model):
    """The same of the numbers of invoices."""

    day = models.DateField(primary_key=True)
    given = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.day}: {self.given}"
