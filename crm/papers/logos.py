"""The logo at the head of papers: what is taken for one, told by its content."""

import re
from base64 import b64encode
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from crm.papers.compiling import Refused, pdf_of

LARGEST = 300 * 1024
#: A side of a PNG picture, in pixels: a small file can be a vast picture.
LONGEST_SIDE = 4000
PNG = b"\x89PNG\r\n\x1a\n"
#: What a picture has no need of, and what could make much of little.
_UNFIT = re.compile(r"<!DOCTYPE|<!ENTITY|<script|<foreignObject", re.IGNORECASE)
_SVG = re.compile(r"\A\s*(<\?xml[^>]*\?>\s*)?(<!--.*?-->\s*)*<svg[\s>]", re.DOTALL)
#: A PNG picture stands in an SVG, so that templates know one sort of picture.
_AROUND = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}">'
    '<image width="{wide}" height="{high}" href="data:image/png;base64,{data}"/></svg>'
)
PROOF = '#image(bytes(data.logo), format: "svg", width: 3cm)'


def logo_of(upload):
    """Return (the picture as SVG, the SHA-256 of the file) of an uploaded file.

    Raises:
        ValidationError: it is no PNG and no SVG picture, or one that cannot be set.
    """
    if upload.size > LARGEST:
        raise ValidationError(
            _("%(name)s is larger than %(limit)s.")
            % {"name": upload.name, "limit": filesizeformat(LARGEST)}
        )
    upload.seek(0)
    content = upload.read()
    svg = _png(content) if content.startswith(PNG) else _svg(content)
    try:
        pdf_of(PROOF, {"logo": svg, "words": {}, "company": {}})
    except Refused as error:
        raise _no_picture() from error
    return svg, sha256(content).hexdigest()


def _png(content):
    wide, high = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
    if content[12:16] != b"IHDR" or not (0 < wide * high <= LONGEST_SIDE**2):
        raise _no_picture()
    data = b64encode(content).decode()
    return _AROUND.format(wide=wide, high=high, data=data)


def _svg(content):
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_picture() from error
    if not _SVG.match(text) or _UNFIT.search(text) or "\0" in text:
        raise _no_picture()
    return text


def _no_picture():
    return ValidationError(_("This is no PNG or SVG picture that can be printed."))
