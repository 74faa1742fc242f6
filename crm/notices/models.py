"""A notice, and the kinds of notices a person does not want."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """What a person is told: somebody did something to these records.

    Many of one kind are one notice: `subjects` is [[id, title], …] of the records
    of kind `subject_label`, `number` says how many. Titles are as they were; the
    page shows those of rows that the reader may see now.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    verb = models.CharField(max_length=20)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150, blank=True)
    subject_label = models.CharField(max_length=60)
    subjects = models.JSONField(default=list)
    number = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField(db_default=models.functions.Now())
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        default_permissions = ()
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=("person", "-at", "-id"), name="notice_newest"),
            models.Index(
                fields=("person", "verb"),
                condition=models.Q(read_at=None),
                name="notice_unread",
            ),
        )

    def __str__(self):
        return f"{self.actor_name} {self.verb} {self.subject_label}"


class Reminded(models.Model):
    """That the clock told a person of a record: once for each mark, for good.

    `mark` says of which occasion: the day it is about and how many days before it.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    verb = models.CharField(max_length=20)
    subject_label = models.CharField(max_length=60)
    subject = models.BigIntegerField()
    mark = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                "person",
                "verb",
                "subject_label",
                "subject",
                "mark",
                name="reminded_once",
            ),
        )
        indexes = (models.Index(fields=("at",), name="reminded_at"),)

    def __str__(self):
        return f"{self.verb} {self.subject_label} {self.subject} {self.mark}"


class Unwanted(models.Model):
    """A kind of notice that a person has switched off."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    verb = models.CharField(max_length=20)

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint("person", "verb", name="unwanted_once"),)

    def __str__(self):
        return self.verb
