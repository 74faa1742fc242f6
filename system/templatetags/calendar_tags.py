"""What the calendar puts on the workbench."""

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.display import time_text
from system.calendar.occurrences import of_today

register = template.Library()

#: What stands there of a day; the calendar has all of it.
ROWS = 8


@register.inclusion_tag("parts/card.html", takes_context=True)
def calendar_today(context):
    """Show what stands in one's calendar today; another card has whom to call."""
    found = of_today(context["user"]).occurrences
    if not found:
        return {}
    return {
        "key": "calendar_today",
        "title": _("Calendar of today"),
        "url": f"{reverse('calendar')}?view=day",
        "rows": [
            {
                "title": one.title,
                "url": one.url,
                "when": _hour(one) or _("all day"),
                "note": one.dated.label if one.dated.is_named else one.place,
            }
            for one in found[:ROWS]
        ],
    }


def _hour(one):
    is_earlier = one.begins_at is None or one.first < timezone.localdate()
    return "" if is_earlier else time_text(timezone.localtime(one.begins_at))
