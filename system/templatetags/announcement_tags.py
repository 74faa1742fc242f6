"""What announcements put on the workbench."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.display import date_text
from system.announcements.models import Announcement

register = template.Library()

#: Announcements that the card shows.
ROWS = 8


@register.inclusion_tag("parts/card.html", takes_context=True)
def current_announcements(context):
    """Show what one is told these days: pinned first, then the unread, the newest."""
    user = context["user"]
    rows = Announcement.objects.addressed_to(user).current().marked_for(user)
    found = list(rows.order_by("-pinned", "is_read", "-starts_on", "-pk")[:ROWS])
    if not found:
        return {}
    return {
        "key": "announcements",
        "title": _("Announcements"),
        "url": reverse("announcement_list"),
        "rows": [
            {
                "title": one.title,
                "url": one.get_absolute_url(),
                "when": date_text(one.starts_on),
                "tone": "" if one.is_read else "warn",
                "note": _("pinned") if one.pinned else "",
            }
            for one in found
        ],
    }
