"""What tells a process that an answer it keeps is out of date."""

from django.db import models
from django.db.models import Func


class Watermark(models.Model):
    """That something of a topic has changed. Triggers leave them and sweep them away.

    Rows of their own rather than a number that is raised: nobody waits for it, and a
    transaction that began earlier and ends later is told of as well.
    """

    mark = models.UUIDField(
        primary_key=True, db_default=Func(function="gen_random_uuid")
    )
    topic = models.CharField(max_length=20)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.topic} {self.mark}"
