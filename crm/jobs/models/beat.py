"""Signs of life of the workers."""

from datetime import timedelta

from django.db import models
from django.db.models import Max
from django.db.models.functions import Now

#: A worker that is silent for so long is taken for dead.
SILENCE = timedelta(minutes=2)
#: Stands for a worker that is being started.
EXPECTED = "expected"
#: What is older than this a living worker tidies away.
FORGOTTEN = timedelta(days=1)


class BeatQuerySet(models.QuerySet):
    """The workers that there are, by PostgreSQL's clock."""

    def alive(self):
        """Return those that gave a sign of life lately."""
        return self.filter(seen_at__gte=Now() - SILENCE)

    def is_silent(self):
        """Say whether a worker was there and none has been alive lately."""
        newest = self.aggregate(newest=Max("seen_at"))["newest"]
        return newest is not None and not self.alive().exists()

    def expect(self):
        """Give a worker that is being started its time to appear."""
        self.give(EXPECTED)

    def give(self, name):
        """Note a sign of life; the dead are forgotten by whoever lives."""
        self.filter(seen_at__lt=Now() - FORGOTTEN).exclude(name=name).delete()
        if not self.filter(name=name).update(seen_at=Now()):
            self.bulk_create([self.model(name=name)], ignore_conflicts=True)


class Beat(models.Model):
    """When a worker was last alive.

    The newest one is kept for ever: it tells that somebody should be there.
    """

    name = models.CharField(max_length=200, primary_key=True)
    since = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())

    objects = BeatQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ("-seen_at",)

    def __str__(self):
        return self.name
