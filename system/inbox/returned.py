"""已退回: what came back to a person with a reason, newest first."""

from django.db.models import Value
from django.utils import timezone
from django.views.generic import TemplateView

from crm.display import date_text
from crm.history.titles import title_columns, titled
from crm.models.record import Registration
from crm.queries.prepared import PreparedFor
from crm.queries.unions import together
from system.inbox.reports import kinds_for

#: Rows of the page; the number in the menu ends before.
MOST = 200


def newest_returned(user, number):
    """Return the lines of what came back last, in one query.

    Args:
        user: who brought it.
        number: how many lines; no more than `MOST`.

    Returns:
        [{title, url, when, note, kind, edit_name, pk}], the reason as `note`.
    """
    if not kinds_for(user, "view"):
        return []
    return [_line(*row) for row in _returned(user)[:number]]


def _newest(user):
    """Return rows (kind, JSON of its short texts, when) of what came back last."""
    return together(
        model.objects.reported_by(user)
        .filter(registration=Registration.RETURNED)
        .order_by("-changed_at")
        .values_list(
            Value(model._meta.label_lower),
            title_columns(model),
            "changed_at",
        )[:MOST]
        for model in kinds_for(user, "view")
    ).order_by("-changed_at")[:MOST]


_returned = PreparedFor(_newest)


def _line(label, texts, changed_at):
    """Return the line of a report that came back, with the reason."""
    record = titled(label, texts)
    return {
        "title": str(record),
        "url": record.get_absolute_url(),
        "when": date_text(timezone.localtime(changed_at)),
        "note": record.return_reason,
        "tone": "bad",
        "kind": record._meta.verbose_name,
        "pk": record.pk,
    }


class Returned(TemplateView):
    """What came back to the person, of every kind."""

    template_name = "system/inbox/returned.html"

    def get_context_data(self, **context):
        """Add the lines."""
        lines = newest_returned(self.request.user, MOST)
        return super().get_context_data(lines=lines, **context)
