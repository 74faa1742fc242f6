"""What 交往反馈 puts on the workbench."""

from datetime import datetime, time, timedelta

from django import template
from django.db.models import Q
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.display import moment_text
from crm.figures import Counted, first_of, told
from crm.roles import Reach
from feedback.models import Interaction

register = template.Library()

#: Rows that the card shows, and the spans of days that it counts.
ROWS = 5
SPANS = (7, 30)


@register.inclusion_tag("parts/card.html", takes_context=True)
def my_recent_interactions(context):
    """Show what passed between the customers and oneself, or one's team, lately.

    For whoever writes interactions of particular people; who writes for everybody
    has none of their own.
    """
    user = context["user"]
    reach = user.rights.reach("feedback.add_interaction")
    if reach in (None, Reach.ALL):
        return {}
    rows, own = Interaction.objects.all(), {}
    if reach == Reach.OWN:
        rows, own = rows.filter(owner=user), {"owner": user.pk}
    latest = list(_latest(rows, user))
    return {
        "key": "my_recent_interactions",
        "title": _("My interactions") if own else _("Interactions of the team"),
        "url": _address(own),
        "figures": [
            {
                "label": ngettext("last %d day", "last %d days", days) % days,
                "value": told(getattr(latest[0], f"days_{days}")) if latest else 0,
                "url": _address(own | {"occurred_at_after": _first(days)}),
            }
            for days in SPANS
        ],
        "rows": [
            {
                "title": str(interaction),
                "url": interaction.get_absolute_url(),
                "when": moment_text(interaction.occurred_at),
                "note": str(interaction.customer),
            }
            for interaction in latest
        ],
        "empty": _("No interactions yet."),
    }


def _latest(rows, user):
    """Return the newest of the interactions one sees; each tells how many there are.

    Args:
        rows: the interactions in question.
        user: who looks.
    """
    keys = ("-occurred_at", "-pk")
    apart = rows.parts_for(user)
    counts = {
        f"days_{days}": Counted(*(part.filter(_since(days)) for part in apart))
        for days in SPANS
    }
    newest = first_of(rows.parts_for(user, apart=False), keys, ROWS)
    found = Interaction.objects.filter(pk__in=newest).annotate(**counts)
    return found.select_related("customer").order_by(*keys)[:ROWS]


def _first(days):
    """Return the first day of the span that ends today."""
    return timezone.localdate() - timedelta(days=days - 1)


def _since(days):
    start = timezone.make_aware(datetime.combine(_first(days), time.min))
    return Q(occurred_at__gte=start)


def _address(conditions):
    query, page = urlencode(conditions), Interaction.page("list")
    return f"{page}?{query}" if query else page
