"""The attachment store: which files are taken, and where their content lies.

A content is kept once, under its SHA-256 in two levels of folders, and stays there
when a row goes: decisions on contracts speak of it by that hash. The row is written
after the file, so a row never lacks its content.
"""

import os
import re
import tempfile
import unicodedata
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.file_types import KINDS, is_document
from crm.forms.inputs import FilesField, FilesInput
from crm.running.faults import FULL, fault_of
from crm.text import single_line

MOST_FILES = 50
LONGEST_NAME = 200
#: What a browser draws itself: pictures, and with them what has a viewer of its own.
IMAGES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
SHOWN = IMAGES | {"application/pdf"}
HEAD, TAIL = 4096, 1024 * 1024
UNSAFE = re.compile(r'[\\/:*?"<>|]')


def attach(record, upload, by):
    """Store an uploaded file with a record and return its row.

    Args:
        record: a record whose row is locked, so that no two uploads pass the limit.
        upload: a Django UploadedFile.
        by: the person.

    Raises:
        ValidationError: the file is not one we take; code `too_large` if it is big.
    """
    refuse_if_frozen(record)
    if record.attachments.count() >= MOST_FILES:
        raise ValidationError(
            _("A record can have %s files at most.") % MOST_FILES, code="too_many"
        )
    name = clean_name(upload.name)
    content_type = checked_type(name, upload)
    return record.attachments.create(
        name=name,
        sha256=store(upload),
        size=upload.size,
        content_type=content_type,
        uploaded_by=by,
    )


def refuse_if_frozen(record):
    """Raise a ValidationError while the files of a record must not change."""
    if record.attachments_frozen:
        raise ValidationError(
            _("The files of “%s” cannot be changed at present.") % record,
            code="conflict",
        )


def stays(record, file, user):
    """Say whether a person cannot take a file away that others brought."""
    return record.attachments_stay and file.uploaded_by_id != user.pk


def clean_name(name):
    """Return a file name that shows what it is: no paths, no invisible signs.

    Raises:
        ValidationError: nothing is left, or the name hides its extension.
    """
    plain = single_line(name).replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(c for c in plain if unicodedata.category(c) not in ("Cf", "Co"))
    stem, _dot, extension = UNSAFE.sub("_", seen).strip().rpartition(".")
    folded = unicodedata.normalize("NFKC", extension).strip()
    if not stem.strip(" .") or folded != extension or extension.lower() not in KINDS:
        raise ValidationError(
            _("Files of this kind are not taken: %(name)s. Possible are: %(kinds)s.")
            % {"name": plain[:100], "kinds": " ".join(KINDS)},
            code="kind",
        )
    return f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension}"


def checked_type(name, upload):
    """Return the content type of a file whose content agrees with its name.

    Raises:
        ValidationError: it is too large, empty, or something else than it says.
    """
    limit = settings.CRM_MAX_UPLOAD_BYTES
    if upload.size > limit:
        raise ValidationError(
            _("%(name)s is larger than %(limit)s.")
            % {"name": name, "limit": filesizeformat(limit)},
            code="too_large",
        )
    if not upload.size:
        raise ValidationError(_("%s is empty.") % name, code="empty")
    content_type, agrees = KINDS[name.rpartition(".")[2].lower()]
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(max(upload.size - TAIL, 0))
    right = agrees(head, upload.read(TAIL))
    if not right or not is_document(name.rpartition(".")[2].lower(), upload):
        raise ValidationError(
            _("The content of %s is not what its name says.") % name, code="content"
        )
    return content_type


def store(upload):
    """Keep a content and return its SHA-256; on disk before anybody is told.

    Raises:
        ValidationError: the store cannot be written; code `storage`.
        OSError: the disk is full.
    """
    try:
        return _store(upload)
    except OSError as error:
        if fault_of(error) is FULL:
            raise
        raise ValidationError(
            _("The file could not be stored. Please tell the system administrator."),
            code="storage",
        ) from error


def _store(upload):
    root, total = Path(settings.ATTACHMENTS), sha256()
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=root, prefix="incoming-")
    try:
        with os.fdopen(handle, "wb") as file:
            upload.seek(0)
            for chunk in upload.chunks():
                total.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        target = path_of(total.hexdigest())
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        Path(temporary).replace(target)
        _settle(target.parent)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    return total.hexdigest()


def _settle(folder):
    """Make a rename in a folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def path_of(digest):
    """Return where the content with this SHA-256 lies."""
    return Path(settings.ATTACHMENTS) / digest[:2] / digest[2:4] / digest


def disposition(name, *, is_shown=False):
    """Return the header that makes a browser save, or show, a file under its name."""
    extension = name.rpartition(".")[2].lower()
    how = "inline" if is_shown else "attachment"
    return f"{how}; filename=\"file.{extension}\"; filename*=UTF-8''" + quote(
        name, safe=""
    )


def files_of(record):
    """Return the files of a record with who brought them, read once as a list."""
    return list(record.attachments.select_related("uploaded_by"))


def files_field(**options):
    """Return a form's field for the files of its record."""
    accept = ",".join(f".{kind}" for kind in KINDS)
    return FilesField(widget=FilesInput({"accept": accept}), **options)


def _field():
    """Return the field for files as HTML."""
    given = {"id": "attachment-file", "required": True}
    return files_field().widget.render("file", None, given)


def _preview_url(url, file):
    """Return where a browser shows a file, empty if it is to be saved only."""
    return f"{url}?preview=1" if file.content_type in SHOWN else ""


def attachments_of(record, user, files=None):
    """Return what parts/attachments.html shows of a record's files.

    `files` are what `files_of` says, if that was asked already. Returns
    {"rows": [{name, size, by, at, url, preview_url, is_image, delete_url}],
    "upload_url", "frozen", "version", "field" (as HTML)}; addresses that change it and
    the field are None where the person may not.
    """
    model, frozen = type(record), record.attachments_frozen
    may_change = not frozen and bool(record.allowed(user, "change"))
    name = f"{model._meta.model_name}_attachment"
    rows = [
        {
            "name": file.name,
            "size": filesizeformat(file.size),
            "by": file.uploaded_by,
            "at": file.uploaded_at,
            "url": reverse(name, args=[record.pk, file.pk]),
            "preview_url": _preview_url(reverse(name, args=[record.pk, file.pk]), file),
            "is_image": file.content_type in IMAGES,
            "delete_url": reverse(f"{name}_delete", args=[record.pk, file.pk])
            if may_change and not stays(record, file, user)
            else None,
        }
        for file in (files_of(record) if files is None else files)
    ]
    return {
        "rows": rows,
        "upload_url": reverse(f"{name}_list", args=[record.pk]) if may_change else None,
        "frozen": frozen,
        "version": record.version,
        "field": _field() if may_change else None,
    }
