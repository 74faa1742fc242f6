"""The numbers of 销售过程, day by day."""

from django.db import models


class DayNumber(models.Model):
    """How many numbers of a kind a day has given out: no gaps, however many at once."""

    prefix = models.CharField(max_length=4)
    day = models.DateField()
    given = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint("prefix", "day", name="sales_day_number_once"),
        )

    def __str__(self):
        return f"{self.prefix} {self.day}: {self.given}"
