"""A form sent twice makes one record."""

from django.conf import settings
from django.db import models


class Submission(models.Model):
    """The key of one filled-in form and where the record it made is found."""

    key = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        default_permissions = ()

    def __str__(self):
        return str(self.key)
