"""What became of every row of an import: the report, and its rows as files."""

from itertools import islice

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import DetailView

from crm.display import text
from crm.duplicates.traits import labels_of
from crm.jobs.models import Beat, Job, standing
from crm.related import may_open
from crm.views.verbs import refused_page
from system.exports.answers import table_of
from system.imports import outlook, reading, work
from system.imports.accounts import by_column
from system.imports.doubles import whom_to_ask
from system.imports.importers import importer_of
from system.imports.recognising import ADDED_TO_REFUSED
from system.imports.steps import RowsMixin, RunMixin, begun, gone, overtaken
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
        user = self.request.user
        may_read = ImportRun.objects.readable_by(user).filter(pk=run.pk).exists()
        refusals = linked(run, run.refusals.all()[:SHOWN_REFUSALS], user)
        taken = seen_rows(run, run.taken.all()[:SHOWN_REFUSALS], user)
        return super().get_context_data(
            title=_("Import: %s") % run.file_name,
            undo=undo_of(run, progress["job"], user),
            may_read=may_read,
            refusals=refusals if may_read else [],
            more=run.refused - len(refusals),
            taken=taken if may_read else [],
            columns=by_column(run.by_column, importer_of(run.kind)(user)),
            more_taken=run.updated + run.skipped - len(taken),
            mine=run.user_id == user.pk,
            standing=standing(run.get_state_display(), progress["job"]),
            running=run.state in (ImportRun.State.RUNNING, ImportRun.State.UNDOING),
            **progress,
            gone=[] if reading.is_kept(run) else gone(run),
            list_url=run.model.page("list"),
            again_url=reverse(f"{run.model._meta.model_name}_import"),
            **context,
        )


def progress_of(run):
    """Return how far an import is, for its page.

    That is {job, status, percent, why, waits, is_silent}: `status` is that of a job;
    what needed none is done. `is_silent` says that it waits for a worker, and that
    there is none.
    """
    if run.state in (ImportRun.State.FINISHED, ImportRun.State.UNDONE):
        job, status, percent = None, Job.Status.DONE, 100
    else:
        job = work.job_of(run)
        status = job.status if job else Job.Status.WAITING
        is_undone = run.state == ImportRun.State.UNDOING
        percent = job.percent if job and is_undone else run.percent
    waits = job is not None and not job.is_finished
    return {
        "job": job,
        "status": str(status),
        "percent": percent,
        "why": job.why if job else "",
        "waits": waits,
        "is_silent": waits and not Beat.objects.alive().exists(),
    }


def undo_of(run, job, user):
    """Return what the page of an import says about undoing it; None if nothing.

    Args:
        run: the import.
        job: that does or undoes it, or None.
        user: the reader.
    """
    if not outlook.may_undo(user, run):
        return None
    is_begun = run.state in (ImportRun.State.UNDOING, ImportRun.State.UNDONE)
    can = not is_begun and work.can_be_undone(run, job)
    if not (can or is_begun):
        return None
    lines = outlook.outcome(run) if is_begun else outlook.foreseen(run, user)
    stays = (
        outlook.stayed(run) if is_begun else outlook.foreseen_to_stay(run, lines, user)
    )
    counts = {name: sum(line[name] for line in lines) for name in outlook.COUNTED}
    stopped = run.state == ImportRun.State.UNDOING and job and job.is_finished
    return {
        "can": can,
        "is_done": is_begun,
        "goes_on": bool(stopped),
        "lines": lines,
        "counts": counts,
        "stays": outlook.seen_by(user, stays),
        "more": counts["left"] - len(stays),
    }


class Undo(RunMixin, DetailView):
    """POST only: undo an import."""

    http_method_names = ("post", "options")

    def get_queryset(self):
        """Return the imports one may see, locked: two clicks wait for each other."""
        return super().get_queryset().select_for_update(of=("self",), no_key=True)

    def post(self, request, *args, **kwargs):
        """Do it, as the page has said."""
        run = self.get_object()
        if not outlook.may_undo(request.user, run):
            raise PermissionDenied
        if page := overtaken(request, run):
            return page
        try:
            work.undo(run, request.user)
        except ValidationError as error:
            return refused_page(request, run, error)
        return redirect("import_detail", pk=run.pk)


class Refused(RowsMixin, DetailView):
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
        headers = [*run.columns, *map(str, ADDED_TO_REFUSED)]
        return table_of(request, title, headers, rows)


class Taken(RowsMixin, DetailView):
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
                reasons = text(labels_of(run.model, row.alike))
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
