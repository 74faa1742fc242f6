"""Files of records: upload, download, delete; each app adds their addresses."""

import re
from contextlib import suppress

from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from django.views.generic.detail import SingleObjectMixin

from crm.attachments import (
    IMAGES,
    SHOWN,
    attach,
    disposition,
    path_of,
    refuse_if_frozen,
    stays,
)
from crm.models import HistoryEntry, Intake
from crm.models.attachment import STAYS
from crm.views.records import RecordMixin
from crm.views.verbs import RecordVerb, part_of

PIECE = 256 * 1024  # of a file that is sent
#: What a browser may do with a file it opens after all: nothing.
SANDBOX = "sandbox; default-src 'none'"
#: The browser's own viewer of PDF, which no sandbox lets run, may style itself.
VIEWER = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def attachment_urls(model):
    """Return the addresses of the files of a model's records."""
    base, name = model.segment, f"{model._meta.model_name}_attachment"
    return [
        path(
            f"{base}/<int:pk>/attachments/",
            AttachmentUpload.as_view(model=model),
            name=f"{name}_list",
        ),
        path(
            f"{base}/<int:pk>/attachments/<int:file>/",
            AttachmentDownload.as_view(model=model),
            name=name,
        ),
        path(
            f"{base}/<int:pk>/attachments/<int:file>/delete/",
            AttachmentDelete.as_view(model=model),
            name=f"{name}_delete",
        ),
    ]


class FilesVerb(RecordVerb):
    """A verb of a record's files, which goes back to these."""

    action = "change"

    def next_url(self, record):
        """Return where the files stand on the page of their record."""
        return f"{super().next_url(record)}#attachments"


class AttachmentUpload(FilesVerb, View):
    """Add files to a record: all of those sent, or none."""

    done = gettext_lazy("The files are stored.")

    def act(self, record):
        """Store what was sent as `file`."""
        uploads = self.request.FILES.getlist("file")
        if not uploads:
            raise ValidationError(_("Choose a file first."), code="empty")
        Intake.spend(self.request.user, *uploads)
        for upload in uploads:
            attach(record, upload, self.request.user)

    def refused(self, record, error):
        """Count what was handed in although nothing came of it, and say why."""
        if error.code not in ("quota", "empty"):
            with suppress(ValidationError):
                Intake.spend(self.request.user, *self.request.FILES.getlist("file"))
        return super().refused(record, error)


class AttachmentDelete(FilesVerb, View):
    """Take a file away from a record."""

    done = gettext_lazy("The file is removed.")

    def act(self, record):
        """Delete the row; the content stays, others may speak of it."""
        refuse_if_frozen(record)
        file = part_of(record.attachments, self.kwargs["file"])
        if stays(record, file, self.request.user):
            raise ValidationError(STAYS, code="forbidden")
        file.delete()


class AttachmentDownload(RecordMixin, SingleObjectMixin, View):
    """Send a file to whoever may see its record, to be saved and not to be run.

    With `?preview=1` pictures and PDF are shown by the browser instead of saved.
    """

    http_method_names = ("get", "head", "options")
    is_page = False

    def get(self, request, *args, **kwargs):
        """Send the content under its name, and note who took it."""
        record = self.get_object()
        file = get_object_or_404(record.attachments, pk=kwargs["file"])
        if _beyond(request.headers.get("Range", ""), file.size):
            response = HttpResponse(status=416)
            response.headers["Content-Range"] = f"bytes */{file.size}"
            return response
        HistoryEntry.record(
            request.user,
            "downloaded",
            subject=record,
            changes={"name": [None, file.name], "sha256": [None, file.sha256]},
            request=request,
        )
        response = FileResponse(
            path_of(file.sha256).open("rb"), content_type=file.content_type
        )
        response.block_size = PIECE
        response.headers["Content-Length"] = str(file.size)
        is_shown = "preview" in request.GET and file.content_type in SHOWN
        response.headers["Content-Disposition"] = disposition(
            file.name, is_shown=is_shown
        )
        in_viewer = is_shown and file.content_type not in IMAGES
        response.headers["Content-Security-Policy"] = VIEWER if in_viewer else SANDBOX
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "private, no-store"
        return response


def _beyond(wanted, size):
    """Say whether a Range header asks for nothing but what lies past the end."""
    start = re.fullmatch(r"bytes=([0-9]{1,18})-[0-9]{0,18}", wanted)
    return bool(start) and int(start[1]) >= size
