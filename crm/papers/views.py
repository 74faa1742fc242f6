"""Papers as answers to requests."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import View
from django.views.generic.detail import SingleObjectMixin

from crm.attachments import disposition
from crm.models import HistoryEntry
from crm.papers.catalogue import papers
from crm.papers.compiling import Busy, Refused
from crm.papers.models import PaperRun
from crm.papers.runs import zip_of
from crm.rights.permissions import permission
from crm.views.records import RecordMixin
from crm.views.verbs import refused_page


class PaperView(RecordMixin, SingleObjectMixin, View):
    """A paper of a record, for whoever may see the record."""

    paper = None
    http_method_names = ("get", "head", "options")

    def get_queryset(self):
        """Read along what the paper names."""
        return super().get_queryset().select_related(*self.paper.along)

    def get(self, request, *args, **kwargs):
        """Send the PDF, and note who took it."""
        record = self.get_object()
        try:
            content = self.paper.pdf(record, request.user, request.GET)
        except Refused as error:
            return refused_page(request, record, ValidationError(in_words(error)))
        except Busy:
            return busy_page(request)
        name = self.paper.file_name(record)
        HistoryEntry.record(
            request.user,
            "downloaded",
            subject=record,
            changes={"name": [None, name]},
            request=request,
        )
        return pdf_answer(content, name)


def pdf_answer(content, name):
    """Return a PDF as a file that the browser saves under a name."""
    headers = {
        "Content-Disposition": disposition(name),
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def busy_page(request):
    """Return the page that asks to come back: enough papers are being set."""
    reason = _("Many PDFs are being made just now. Try again in half a minute.")
    answer = render(request, "429.html", {"reason": reason}, status=429)
    answer.headers["Retry-After"] = "30"
    return answer


def in_words(error):
    """Return why a paper could not be set, a crm.papers.compiling.Refused."""
    if not error.message:
        return _("Setting this paper takes too much time or memory.")
    if not error.line:
        return error.message
    place = {"line": error.line, "column": error.column, "message": error.message}
    return _("Line %(line)s, column %(column)s: %(message)s") % place


def _own(request, pk):
    return get_object_or_404(PaperRun.objects.visible_to(request.user), pk=pk)


@require_safe
def run(request, pk):
    """Show how far one's papers of many records are, and lead to the file."""
    found = _own(request, pk)
    context = {
        "object": found,
        "job": found.job,
        "number": found.files.count(),
        "asked": len(found.ids),
        "back_url": papers()[found.slug].model.page("list"),
    }
    return render(request, "papers/run.html", context)


@require_safe
def run_file(request, pk):
    """Send them as one ZIP file, and note who took how many."""
    found = _own(request, pk)
    model = papers()[found.slug].model
    if found.done_at is None:
        raise Http404
    if not request.user.has_perm(permission("export", model)):
        raise PermissionDenied
    number = found.files.count()
    HistoryEntry.record(
        request.user,
        "exported",
        kind=model,
        title=_("%(list)s, %(count)d rows")
        % {"list": found.get_slug_display(), "count": number},
        changes={"rows": [None, number], "format": [None, "pdf"]},
        request=request,
    )
    name = f"{found.get_slug_display()}-{found.pk}.zip"
    return FileResponse(
        zip_of(found),
        content_type="application/zip",
        headers={
            "Content-Disposition": disposition(name),
            "Cache-Control": "private, no-store",
        },
    )
