"""What a paper is: a template of its own, and what of a record stands on it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.display import moment_text
from crm.papers.compiling import pdf_of, shipped
from crm.papers.models import Company, PaperTemplate
from crm.papers.slugs import declare

#: Signs that turn the direction of what follows: on paper nothing holds them in.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Paper:
    """A sort of paper.

    Attributes:
        slug: the name of its template.
        label: what it is called.
        address: the last part of its address, before `.pdf`.
        kind: the model of its records as `app.model`, empty if it has none.
        data: from a record, the reader and what the address asks to what stands on
            the paper; `frame` begins it.
        example: such data of a record that is made up, from the reader.
        along: the relations that are read along with a record.
    """

    slug: str
    label: Any
    address: str
    kind: str
    data: Callable[..., dict]
    example: Callable[..., dict]
    along: tuple[str, ...] = ()

    def __post_init__(self):
        """Let rows that know its slug say what it is called."""
        declare(self.slug, self.label)

    @property
    def model(self):
        """The model of its records."""
        return apps.get_model(self.kind)

    @property
    def source(self):
        """The template in force."""
        rows = PaperTemplate.objects.filter(slug=self.slug)
        return rows.values_list("source", flat=True).first() or shipped(self.slug)

    def pdf(self, record, user, asked):
        """Return the paper of a record as PDF.

        Raises:
            crm.papers.compiling.Refused, crm.papers.compiling.Busy: it cannot be set.
        """
        return pdf_of(self.source, plain(self.data(record, user, asked)))

    def button(self, record):
        """Return the button of a record's page that leads to the paper of it."""
        key = f"{self.slug}_pdf"
        url = reverse(key, args=[record.pk])
        return {"key": key, "label": f"{self.label} PDF", "url": url, "method": "get"}

    def file_name(self, record):
        """Return what the PDF of a record is called."""
        number = getattr(record, "number", "") or record.pk
        return f"{number} {record}"[:120] + f" {self.label}.pdf"


def frame(user, title, subtitle="", *, watermark="", department=None):
    """Return what every paper says: head, title, foot.

    Args:
        user: who has it printed.
        title, subtitle: in the reader's language.
        watermark: what stands across every page, empty for nothing.
        department: whose company it is, while nobody has said what it is called.
    """
    return {
        "title": title,
        "subtitle": subtitle,
        "watermark": watermark,
        "printed": f"{moment_text(timezone.now())} · {user.name}",
        "lang": "zh" if get_language().startswith("zh") else "en",
        "company": Company.own().head(department),
        "words": {
            "page": _("Page {page} of {pages}"),
            "signature": _("Signature / seal / date"),
        },
    }


def fact(name, label, text, *, wide=False):
    """Return a fact as the helper `facts` of a template takes it."""
    return {"name": name, "label": str(label), "text": str(text), "wide": wide}


def table(heading, heads, rows, *, foot=(), note=""):
    """Return a table as the helper `lines` of a template takes it.

    Args:
        heading: what stands above it.
        heads: (label, whether numbers stand below it) of each column.
        rows: lists of texts.
        foot: the texts of its last row, none for no such row.
        note: what stands beneath it.
    """
    return {
        "heading": str(heading),
        "heads": [{"label": str(label), "number": right} for label, right in heads],
        "rows": [[str(cell) for cell in row] for row in rows],
        "foot": list(map(str, foot)),
        "note": str(note),
    }


def plain(data):
    """Return data as JSON holds it, its texts without signs that turn what follows."""
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(value) for value in data]
    if data is None or isinstance(data, bool | int):
        return data
    return _TURNING.sub("", str(data))
