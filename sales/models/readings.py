"""Readings (批阅): that somebody above read what a person wrote, and what was said."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.guards.triggers import append_only, noted
from crm.models.versions import signature
from sales.guards.readings import marks_read, read_above
from sales.models.day_reports import DayReport
from sales.models.plans import WorkPlan

#: What an entry of the history may be called.
ACTS = {
    "read_above": "op = 'INSERT' AND NOT (new ->> 'is_answer')::boolean",
    "answered": "op = 'INSERT' AND (new ->> 'is_answer')::boolean",
}


class Reading(models.Model):
    """That somebody read it, with a comment or without; or the owner's answer.

    What was said stays: another comment is another row.
    """

    append_only = True
    acts = ACTS

    by = signature(_("read by"), editable=False)
    at = models.DateTimeField(_("read at"), db_default=Now(), editable=False)
    is_answer = models.BooleanField(_("answer"), default=False, editable=False)
    comment = models.CharField(_("comment"), max_length=1000, blank=True)

    class Meta:
        abstract = True
        default_permissions = ()
        ordering = ("pk",)

    def __str__(self):
        return f"{self.by} {self.comment}".strip()


class DayReportReading(Reading):
    """A reading of a day report: from the first on, its texts stay as they are."""

    record = models.ForeignKey(DayReport, models.PROTECT, related_name="readings")

    class Meta(Reading.Meta):
        verbose_name = _("reading of a day report")
        verbose_name_plural = _("readings of day reports")
        triggers = (
            append_only(),
            noted(
                "sales.dayreportreading",
                title="comment",
                subject=("sales.dayreport", "record_id"),
            ),
            read_above("sales_dayreport", "record_id"),
            marks_read("sales_dayreport", "record_id"),
        )


class WorkPlanReading(Reading):
    """A reading of a work plan; the plan goes on."""

    record = models.ForeignKey(WorkPlan, models.PROTECT, related_name="readings")

    class Meta(Reading.Meta):
        verbose_name = _("reading of a work plan")
        verbose_name_plural = _("readings of work plans")
        triggers = (
            append_only(),
            noted(
                "sales.workplanreading",
                title="comment",
                subject=("sales.workplan", "record_id"),
            ),
            read_above("sales_workplan", "record_id"),
            marks_read("sales_workplan", "record_id"),
        )
