"""A notice, and the kinds of notices a person does not want."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """What a person is told: somebody did something to these records.

    Many of one kind are one notice: `subjects` is [[id, title], …] of the records
    of kind `subject_label`, `number` says how many. Titles are as they were; the
    page shows those of rows that the reader may see now. What a person wants by mail
    alone is not `in_bell`.
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
    in_bell = models.BooleanField(db_default=True, default=True)
    mailed_at = models.DateTimeField(null=True)

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
    """A kind of notice that a person does not want to see in the bell."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    verb = models.CharField(max_length=20)

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint("person", "verb", name="unwanted_once"),)

    def __str__(self):
        return self.verb


class ByMail(models.Model):
    """A kind of notice that a person wants by mail."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    verb = models.CharField(max_length=20)

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint("person", "verb", name="by_mail_once"),)

    def __str__(self):
        return self.verb


class Letter(models.Model):
    """What went, or is to go, to a person by mail on a day: one letter, no more.

    `trouble` is what the mail server said to the last of the `tries`.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    day = models.DateField()
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint("day", "person", name="letter_once_a_day"),
        )

    def __str__(self):
        return f"{self.person} {self.day}"
