"""What became of every row of an import: the report, and its rows as files."""

from itertools import islice

from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import DetailView

from crm.display import text
from crm.jobs.models import Beat, Job
from crm.related import may_open
from customers.duplicates import REASONS
from system.exports.answers import table_of
from system.imports import reading, work
from system.imports.doubles import whom_to_ask
from system.imports.steps import RunMixin, begun, gone
from system.models import ImportRun

SHOWN_REFUSALS = 200


class Report(RunMixin, DetailView):
    """The last step: what became of every row."""

    template_name = "system/imports/report.html"
    context_object_name = "run"

    def get(self, request, *args, **kwargs):
        """Show it; before it begins, lead its owner to where they left off."""
        run = self.get_object()
        if not begun(run) and run.user_id == request.user.pk:
            return redirect(run)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context):
        """Add the first of the refused rows."""
        run = self.object
        progress = progress_of(run)
        refusals = linked(run, run.refusals.all()[:SHOWN_REFUSALS], self.request.user)
        taken = seen_rows(run, run.taken.all()[:SHOWN_REFUSALS], self.request.user)
        return super().get_context_data(
            title=_("Import: %s") % run.file_name,
            refusals=refusals,
            more=run.refused - len(refusals),
            taken=taken,
            more_taken=run.updated + run.skipped - len(taken),
            mine=run.user_id == self.request.user.pk,
            running=run.state == ImportRun.State.RUNNING,
            **progress,
            gone=[] if reading.is_kept(run) else gone(run),
            list_url=run.model.page("list"),
            again_url=reverse(f"{run.model._meta.model_name}_import"),
            **context,
        )


def progress_of(run):
    """Return how far an import is, for its page: {job, status, why, waits,
    is_silent}.

    `status` is that of a job; an import that needed none is done. `is_silent` says
    that it waits for a worker, and that there is none.
    """
    job = None
    if run.state == ImportRun.State.FINISHED:
        status = Job.Status.DONE
    else:
        job = work.job_of(run)
        status = job.status if job else Job.Status.WAITING
    waits = job is not None and not job.is_finished
    return {
        "job": job,
        "status": str(status),
        "why": job.why if job else "",
        "waits": waits,
        "is_silent": waits and not Beat.objects.alive().exists(),
    }


class Refused(RunMixin, DetailView):
    """The refused rows as a file, with a reason beside each, to correct."""

    def get(self, request, *args, **kwargs):
        """Answer with the file."""
        run = self.get_object()
        width = len(run.columns)
        rows = (
            [*_padded(row.cells, width), str(row.number), reasons_text(row.reasons)]
            for row in run.refusals.iterator(chunk_size=1000)
        )
        day = timezone.localdate()
        title = _("Refused rows %(day)s") % {"day": f"{day:%Y-%m-%d}"}
        headers = [*run.columns, _("Row in the file"), _("Reason of refusal")]
        return table_of(request, title, headers, rows)


class Taken(RunMixin, DetailView):
    """The skipped and updated rows as a file, with what they were the same as."""

    def get(self, request, *args, **kwargs):
        """Answer with the file."""
        run = self.get_object()
        headers = [_("Row in the file"), _("Reason"), _("Record"), _("Changes")]
        title = _("Taken rows %(day)s") % {"day": f"{timezone.localdate():%Y-%m-%d}"}
        return table_of(request, title, headers, self.lines(run))

    def lines(self, run):
        """Yield a line for each row."""
        rows = run.taken.iterator(chunk_size=1000)
        while batch := list(islice(rows, 1000)):
            for row in seen_rows(run, batch, self.request.user):
                record = row.title if row.url else " ".join(row.asked)
                twin = _("row %(twin)s of this file") % {"twin": row.twin}
                changes = "; ".join(f"{f}: {b} → {a}" for f, b, a in row.changes)
                yield [
                    row.number,
                    row.words,
                    twin if row.twin else record,
                    changes if row.url else "",
                ]


def seen_rows(run, rows, user):
    """Return rows of a report, with what a reader is told of each.

    That is `url`, the address of the record if they may open it, `words`, why the row
    was not added, and `asked`, sentences about records that nobody could name.
    """
    rows = list(rows)
    allowed = may_open(user, run.model, [row.record_id for row in rows])
    for row in rows:
        row.url, row.words = "", str(row.get_reason_display())
        row.asked = [whom_to_ask(department) for department in row.whom]
        if row.record_id in allowed:
            row.url = run.model(pk=row.record_id).get_absolute_url()
            if row.alike:
                reasons = text([str(REASONS[reason]) for reason in row.alike])
                row.words += pgettext("after a name", ": ") + reasons
    return rows


def linked(run, rows, user):
    """Return refused rows with `links`, the records of their reasons one may see."""
    rows = list(rows)
    wanted = {pk for row in rows for pk in row.records}
    known = run.model.objects.visible_to(user).in_bulk(wanted) if wanted else {}
    for row in rows:
        row.links = [known[pk] for pk in row.records if pk in known]
    return rows


def _padded(cells, width):
    return list(map(reading.shown, cells[:width])) + [""] * (width - len(cells))


def reasons_text(reasons):
    """Return the reasons of a row in one line."""
    return "; ".join(": ".join(filter(None, reason)) for reason in reasons)
