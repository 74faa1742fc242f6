"""A hand-over: whose work goes to whom, by which rule, and what has gone."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.guards.triggers import append_only, never_deleted, stamped
from crm.jobs.models import Job
from crm.models.versions import Versioned, person

#: What is noted while it is done: no change of what was agreed.
KEPT = ("status", "done_at", "receipt", "sha256", "is_closing")


#: What was agreed never changes. A receipt is written once, and tells of the rows that
#: have gone, who handed over whose work, and by which plan.
RECEIPT = """
IF TG_OP = 'INSERT' THEN
    IF NEW.status <> 'prepared' OR NEW.receipt <> '' THEN
        RAISE EXCEPTION 'a hand-over begins without a receipt'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
IF (OLD.leaver_id, OLD.by_id, OLD.plan, OLD.prepared_at)
    IS DISTINCT FROM (NEW.leaver_id, NEW.by_id, NEW.plan, NEW.prepared_at)
    OR OLD.status = 'done' AND (OLD.status, OLD.done_at, OLD.receipt, OLD.sha256)
    IS DISTINCT FROM (NEW.status, NEW.done_at, NEW.receipt, NEW.sha256) THEN
    RAISE EXCEPTION 'what a hand-over says never changes'
        USING ERRCODE = 'check_violation';
END IF;
IF OLD.status <> 'done' AND NEW.status = 'done' THEN
    said := NEW.receipt::jsonb;
    SELECT coalesce(jsonb_agg(
        jsonb_build_array(line, object_id, to_id) ORDER BY line, object_id, id
    ), '[]') INTO gone FROM leaving_handedover
    WHERE handover_id = NEW.id AND NOT is_late;
    IF NEW.sha256 <> encode(sha256(convert_to(NEW.receipt, 'UTF8')), 'hex')
        OR (said -> 'rows', said -> 'plan') IS DISTINCT FROM (gone, NEW.plan)
        OR (said -> 'handover', said #> '{leaver,id}', said #> '{handed_over_by,id}')
        IS DISTINCT FROM (to_jsonb(NEW.id), to_jsonb(NEW.leaver_id),
        to_jsonb(NEW.by_id)) THEN
        RAISE EXCEPTION 'a receipt tells of what has gone'
            USING ERRCODE = 'check_violation';
    END IF;
END IF;
RETURN NEW;
"""
#: Nothing joins what a receipt has told of already; and the time is the database's.
NOTED_IN_TIME = """
IF NOT NEW.is_late AND NOT EXISTS (
    SELECT FROM leaving_handover WHERE id = NEW.handover_id AND status = 'prepared'
) THEN
    RAISE EXCEPTION 'the receipt is written' USING ERRCODE = 'check_violation';
END IF;
NEW.at := clock_timestamp();
RETURN NEW;
"""


class Handover(Versioned):
    """All that one leaver hands over.

    `plan` says by which rule: {"to": the successor, "approver": who is asked instead,
    "closes": whether the account is closed then, "kinds": the rule of each kind
    (`system.handovers.splitting`)}. `receipt` is the canonical text of what has gone,
    `sha256` its hash. While it `is_closing` the account is closed as soon as nothing
    is left with it.
    """

    class Status(models.TextChoices):
        PREPARED = "prepared", pgettext_lazy("handover", "prepared")
        DONE = "done", pgettext_lazy("handover", "done")

    titled_in_words = False

    leaver = person(_("leaver"))
    by = person(_("handed over by"))
    plan = models.JSONField(default=dict)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.PREPARED
    )
    prepared_at = models.DateTimeField(
        _("prepared at"), db_default=models.functions.Now()
    )
    done_at = models.DateTimeField(_("done at"), null=True)
    receipt = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    is_closing = models.BooleanField(db_default=False)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        default_permissions = ()
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(status="prepared", sha256="", done_at=None)
                | Q(status="done", done_at__isnull=False) & ~Q(sha256=""),
                name="handover_done_with_receipt",
            ),
            models.UniqueConstraint(
                "leaver",
                condition=Q(status="prepared"),
                name="handover_one_at_a_time",
                violation_error_message=_(
                    "This person's work is being handed over already."
                ),
            ),
        )
        triggers = (
            stamped(ignored=KEPT),
            never_deleted(),
            pgtrigger.Trigger(
                name="receipt_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("said", "jsonb"), ("gone", "jsonb")],
                func=RECEIPT,
            ),
        )

    def __str__(self):
        return str(self.leaver)

    def get_absolute_url(self):
        """Return the address of its receipt."""
        return reverse("handover_detail", args=[self.pk])

    @property
    def group(self):
        """What all entries of the history about it have in common."""
        return f"handover-{self.pk}"

    @property
    def job(self):
        """The job that does it, None where nobody had to wait."""
        return self.jobs_of(self.pk).first()

    @staticmethod
    def jobs_of(pk):
        """Return the job of the hand-over with an id, or with that of a column."""
        number = Cast(pk, models.TextField())
        return Job.objects.filter(key=Concat(models.Value("handover-"), number))

    @property
    def is_stopped(self):
        """Whether its job has ended before it was done: nothing goes on by itself."""
        if self.status == self.Status.DONE:
            return False
        return self.job is None or self.job.is_finished


class HandedOver(models.Model):
    """One row that has gone to a successor; `to` is None where it has just ended."""

    append_only = True

    handover = models.ForeignKey(
        Handover, models.RESTRICT, related_name="rows", db_index=False
    )
    line = models.CharField(max_length=80)
    object_id = models.BigIntegerField()
    to = person(_("successor"), null=True, db_index=False)
    is_late = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        default_permissions = ()
        ordering = ("line", "object_id", "pk")
        indexes = (
            models.Index(
                fields=("handover", "line", "object_id"), name="handed_over_line"
            ),
        )
        triggers = (
            append_only(),
            pgtrigger.Trigger(
                name="noted_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=NOTED_IN_TIME,
            ),
        )

    def __str__(self):
        return f"{self.line} {self.object_id}"
