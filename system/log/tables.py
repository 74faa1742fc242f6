"""The columns of the operation log and of the sign-in log."""

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from crm.history.words import act
from crm.lists.ordering import Order
from crm.lists.tables import RecordTable
from crm.models import HistoryEntry

#: Changes that an entry shows in the list; its own page shows all.
SHOWN = 4


class LogTable(RecordTable):
    """Columns of the operation log; the newest entry comes first."""

    default_sort = "-at"

    subject_label = tables.Column(verbose_name=gettext_lazy("Kind"), orderable=False)
    actor_name = tables.Column(verbose_name=gettext_lazy("Who"))
    title = tables.Column(orderable=False)
    changes = tables.Column(orderable=False)
    address = tables.Column(verbose_name=gettext_lazy("IP address"))

    class Meta:
        model = HistoryEntry
        fields = (
            "at",
            "actor_name",
            "verb",
            "subject_label",
            "title",
            "changes",
            "address",
        )

    def leads_to(self, record):
        """Lead to the entry."""
        return reverse("log_detail", args=[record.pk])

    def render_at(self, record):
        """Show the second too: order matters here."""
        return moment(record)

    def render_actor_name(self, record):
        """Name who did it, the system too."""
        return record.doer

    def render_verb(self, record):
        """Say in words what was done."""
        return act(record.verb)

    def render_title(self, record):
        """Name the row; parts of it that changed in the same step are counted."""
        return record.readable_title

    def render_subject_label(self, record):
        """Name the kind of record."""
        return record.kind_label

    def render_changes(self, record):
        """Draw old → new, the first few of them, and those of its parts."""
        shown = record.readable_changes[:SHOWN]
        number = sum(len(one.readable_changes) for one in (record, *record.parts))
        context = {
            "changes": shown,
            "one_sided": record.one_sided,
            "more": number - len(shown),
        }
        return render_to_string("system/changes.html", context)

    def value_changes(self, record):
        """Write old → new, all of them."""
        return "\n".join(
            f"{change['label']}: {change['old']} → {change['new']}"
            for change in record.readable_changes
        )

    def ordering(self, sort):
        """Sort by time along the ids, which are given in that order."""
        if sort in ("at", "-at"):
            return Order(self._meta.model, "pk", down=sort == "-at")
        return super().ordering(sort)


class SignInTable(LogTable):
    """Columns of the sign-in log."""

    subject_label = changes = None
    title = tables.Column(verbose_name=gettext_lazy("Username tried"), orderable=False)

    class Meta:
        model = HistoryEntry
        fields = ("at", "verb", "actor_name", "title", "address")

    def render_title(self, record):
        """Show what was typed where nobody is known by it."""
        return "" if record.actor_id else record.title


def moment(entry):
    """Return the time of an entry to the second."""
    return f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}"
