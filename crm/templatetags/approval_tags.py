"""What waits for one's decision, as a card of the workbench."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.approval.deciding import decided_by, turns_of
from crm.display import moment_text, number_text
from crm.views.approval.card import longest_waiting

register = template.Library()

#: Rows that the card shows.
ROWS = 6


@register.inclusion_tag("parts/card.html", takes_context=True)
def approvals_waiting(context):
    """Show what waits for one's decision, of whatever kind, to whoever may decide."""
    user, url = context["user"], reverse("approval_list")
    flows = decided_by(user)
    if not flows:
        return {}
    figure = {
        "label": _("waiting for you"),
        "value": sum(len(turns_of(user, flow)) for flow in flows),
        "url": url,
        "tone": "warn",
    }
    return {
        "key": "approvals_waiting",
        "title": _("Approvals"),
        "url": url,
        "figures": [figure],
        "rows": [
            {
                "title": f"{one.number} {one.title}".strip(),
                "url": one.url,
                "when": moment_text(one.submitted_at),
                "about": one.about,
                "about_url": one.about_url,
                "note": "" if one.amount is None else f"¥ {number_text(one.amount)}",
            }
            for one in longest_waiting(user, ROWS)
        ],
        "empty": _("Nothing waits for your decision."),
    }
