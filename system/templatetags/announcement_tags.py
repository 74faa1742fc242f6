"""What announcements put on the workbench."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.display import date_text
from crm.navigation import ANNOUNCED
from crm.navigation.menu import numbers_of

register = template.Library()


@register.inclusion_tag("parts/card.html", takes_context=True)
def current_announcements(context):
    """Show what one is told these days: pinned first, then the unread, the newest."""
    found = numbers_of(context["user"], ANNOUNCED)[ANNOUNCED]
    if not found:
        return {}
    return {
        "key": "announcements",
        "title": _("Announcements"),
        "url": reverse("announcement_list"),
        "rows": [
            {
                "title": one["title"],
                "url": reverse("announcement_detail", args=[one["pk"]]),
                "when": date_text(one["starts_on"]),
                "tone": "" if one["is_read"] else "warn",
                "note": _("pinned") if one["pinned"] else "",
            }
            for one in found
        ],
    }
