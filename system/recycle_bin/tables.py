"""The columns of the recycle bin."""

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.display import moment_text
from crm.lists.ordering import Sorted
from crm.lists.tables import RecordTable


class RecycleBinTable(RecordTable):
    """Columns of the recycle bin; `token` lets its buttons send something.

    `went_with` is {(label, id): how many records went into the bin with it}.
    """

    default_sort = "-deleted_at"
    token = ""
    went_with = {}

    title = tables.Column(
        verbose_name=gettext_lazy("Record"), orderable=False, accessor="pk"
    )
    kind = tables.Column(
        verbose_name=gettext_lazy("Kind"), orderable=False, accessor="pk"
    )
    deleted_by = tables.Column(verbose_name=gettext_lazy("deleted by"), orderable=False)
    deleted_at = tables.Column(verbose_name=gettext_lazy("deleted at"))
    restore = tables.Column(
        verbose_name=gettext_lazy("Actions"), orderable=False, accessor="pk"
    )

    def leads_to(self, record):
        """Lead nowhere: a deleted record has no page."""
        return

    def render_title(self, record):
        """Name the record."""
        return str(record)

    def render_kind(self, record):
        """Say what kind of record it is."""
        return record._meta.verbose_name

    def render_deleted_by(self, record):
        """Say who deleted it."""
        return str(record.deleted_by or "")

    def render_deleted_at(self, record):
        """Say when it was deleted."""
        return moment_text(record.deleted_at)

    def render_restore(self, record):
        """Draw the buttons that bring it back: alone, or with what went with it."""
        label = record._meta.label_lower
        number, args = self.went_with.get((label, record.pk), 0), [label, record.pk]
        action = {
            "label": _("Restore"),
            "url": reverse("recycle_bin_restore", args=args),
            "method": "post",
            "style": "sm",
            "version": record.version,
        }
        context = {"action": action, "csrf_token": self.token}
        alone = render_to_string("parts/action.html", context)
        if not number:
            return alone
        words = ngettext("With %d more …", "With %d more …", number) % number
        link = {
            "label": words,
            "url": reverse("recycle_bin_restore_with", args=args),
            "style": "sm",
        }
        together = render_to_string("parts/action.html", {"action": link})
        return format_html("{} {}", mark_safe(alone), mark_safe(together))  # noqa: S308 - our own template

    def ordering(self, sort):
        """Sort by the day of deletion; the kinds have no other column in common."""
        if sort in ("deleted_at", "-deleted_at"):
            return Sorted(sort, "of_kind", "-row_id")
        return None
