"""Papers of many records: set in the background, fetched as one ZIP file."""

import tempfile
import zipfile

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.jobs.asking import ask
from crm.jobs.background import background
from crm.papers.catalogue import papers
from crm.papers.compiling import Refused, pdfs_of
from crm.papers.models import PaperFile, PaperRun
from crm.papers.paper import plain
from crm.queries.ids import any_of
from crm.rights.permissions import permission

#: Records of one run, and of one slice of its job.
MOST, SLICE = 1000, 20
#: ZIP files up to this size are kept in memory, larger ones on disk.
IN_MEMORY = 1024 * 1024


@transaction.atomic
def start(paper, rows, *, by):
    """Have the papers of some records set; return the run.

    Args:
        paper: the crm.papers.paper.Paper.
        rows: the records, as a query set.
        by: who asks for them.

    Raises:
        ValidationError: they are too many.
    """
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(ids) > MOST:
        raise ValidationError(_("At most %d records at once: choose fewer.") % MOST)
    run = PaperRun.objects.create(person=by, slug=paper.slug, ids=ids)
    ask(set_papers, by=by, key=run.job_key, pk=run.pk)
    return run


@background(gettext_lazy("Papers as PDF"), page="paper_run")
def set_papers(context, pk):
    """Set the next papers, of those records that the person may still carry away."""
    run = PaperRun.objects.get(pk=pk)
    place = context.place or 0
    paper, ids = papers()[run.slug], run.ids[place : place + SLICE]
    if not context.by.has_perm(permission("export", paper.model)):
        raise PermissionDenied
    rows = paper.model.objects.visible_to(context.by, "export")
    rows = rows.filter(any_of("pk", ids)).select_related(*paper.along).order_by("pk")
    _keep(run, paper, list(rows), context.by)
    context.done, context.total = min(place + SLICE, len(run.ids)), len(run.ids)
    if context.done < context.total:
        return context.done
    PaperRun.objects.filter(pk=pk).update(done_at=timezone.now())
    return None


def _keep(run, paper, records, by):
    """Set the papers of some records and keep them with the run.

    Raises:
        ValidationError: the template cannot be set.
    """
    data = [plain(paper.data(record, by, {})) for record in records]
    try:
        found = pdfs_of(paper.source, data) if data else []
    except Refused as error:
        raise ValidationError(
            error.message or _("Setting this paper takes too much time or memory.")
        ) from error
    PaperFile.objects.bulk_create(
        PaperFile(run=run, name=paper.file_name(record), content=content)
        for record, content in zip(records, found, strict=True)
    )


def zip_of(run):
    """Return the papers of a run as one ZIP file, at its start.

    What is packed is read file by file; a PDF is compressed already.
    """
    # The answer that sends the file closes it.
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
        for one in run.files.order_by("pk").iterator(chunk_size=SLICE):
            packed.writestr(_safe(one.name), bytes(one.content))
    file.seek(0)
    return file


def _safe(name):
    """Return a name that leads nowhere when the ZIP is unpacked."""
    return "".join(
        "_" if sign in '\\/:*?"<>|' or ord(sign) < 32 else sign for sign in name
    )
