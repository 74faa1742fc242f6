"""Seals over the history: whoever rewrites an entry breaks the chain."""

from django.db import models

from crm.guards.triggers import append_only


class HistorySeal(models.Model):
    """The hash of a run of entries, and of the seal before it.

    PostgreSQL makes it (`crm_seal`) of entries that nobody can be adding to any more;
    the newest ones stand behind the last seal until the next is made.
    """

    append_only = True
    only_read = True

    until = models.BigIntegerField(unique=True)
    entries = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        default_permissions = ()
        ordering = ("pk",)
        triggers = (append_only(),)

    def __str__(self):
        return f"{self.pk}:{self.sha256}"
