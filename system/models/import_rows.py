"""Rows of an import: refused, passed over, and what those held that it changed."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from system.models.import_runs import ImportRun


class RefusedRow(models.Model):
    """A row that was not taken, as it stood in the file, and why.

    `records` are the ids of the records that the reasons speak of.
    """

    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="refusals")
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    records = models.JSONField(default=list)

    class Meta:
        verbose_name = _("refused row")
        verbose_name_plural = _("refused rows")
        default_permissions = ()
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint("run", "number", name="refused_row_once"),
        )

    def __str__(self):
        return str(self.number)


class TakenRow(models.Model):
    """A row that was skipped or that changed a record: which one, and what of it.

    `changes` is [[field, before, after]] in words; `reason` says why it was skipped,
    `twin` which row of the file it repeats. Of one that is probably there already
    `alike` names what it has in common with the record, and `whom` the departments to
    ask where the person did not see that one.
    """

    class Reason(models.TextChoices):
        KNOWN = "known", _("is there already")
        SAME = "same", _("nothing has changed")
        TWICE = "twice", _("stands in this file already")
        UPDATED = "updated", _("updated")
        ALIKE = "alike", _("is probably there already")
        FRESH = "fresh", _("is not there yet")

    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="taken")
    number = models.PositiveIntegerField(_("row"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    title = models.CharField(_("title"), max_length=200, blank=True)
    record_id = models.BigIntegerField(null=True)
    twin = models.PositiveIntegerField(null=True)
    changes = models.JSONField(default=list)
    alike = models.JSONField(default=list)
    whom = models.JSONField(default=list)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        default_permissions = ()
        ordering = ("number",)
        constraints = (models.UniqueConstraint("run", "number", name="taken_row_once"),)

    def __str__(self):
        return str(self.number)


class WrittenRow(models.Model):
    """A record that an import wrote, so that the import can be undone.

    `version` is the one that the import left, `before` {column: value} what it wrote
    over. `fate` says what became of it when the import was undone.
    """

    class Fate(models.TextChoices):
        UNDONE = "undone", _("taken back")
        TOUCHED = "touched", _("was changed since")
        USED = "used", _("others refer to it by now")
        GONE = "gone", _("lies in the recycle bin already")
        BEYOND = "beyond", _("may not be changed by whoever undid the import")
        REFUSED = "refused", _("what stood there before cannot stand there any more")
        LEFT = "left", _("whoever had it before has left, or may not see it any more")

    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="written")
    number = models.PositiveIntegerField(_("row"))
    label = models.CharField(_("kind"), max_length=60)
    record_id = models.BigIntegerField()
    is_new = models.BooleanField()
    version = models.PositiveIntegerField()
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    fate = models.CharField(
        _("what became of it"), max_length=10, choices=Fate.choices, blank=True
    )

    class Meta:
        verbose_name = _("record of an import")
        verbose_name_plural = _("records of imports")
        default_permissions = ()
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                "run", "label", "record_id", name="written_row_once"
            ),
        )
        indexes = (
            models.Index(
                fields=("run", "-id"), condition=Q(fate=""), name="written_row_left"
            ),
        )

    def __str__(self):
        return f"{self.label} {self.record_id}"
