"""What 交往反馈 puts on the workbench."""

from datetime import timedelta

from django import template
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.display import moment_text
from crm.queries.days import on_days
from crm.queries.figures import Figures, capped, first_of
from crm.queries.prepared import PreparedFor
from crm.rights.roles import Reach
from customers.models import Customer
from feedback.models import Interaction

register = template.Library()

#: Rows that the card shows, and the spans of days that it counts.
ROWS = 5
SPANS = (7, 30)
_figures = Figures(*(f"interactions of {days} days" for days in SPANS))


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
    own = {"owner": user.pk} if reach == Reach.OWN else {}
    beyond = _figures.beyond(user, reach)
    latest = _latest(user, beyond)
    numbers = latest[0][-len(SPANS) :] if latest else [0] * len(SPANS)
    _figures.keep(user, reach, numbers, beyond)
    return {
        "key": "my_recent_interactions",
        "title": _("My interactions") if own else _("Interactions of the team"),
        "url": _address(own),
        "figures": [
            {
                "label": ngettext("last %d day", "last %d days", days) % days,
                "value": capped(number),
                "url": _address(own | {"occurred_at_after": _first(days)}),
            }
            for days, number in zip(SPANS, numbers, strict=True)
        ],
        "rows": [
            {
                "title": subject,
                "url": reverse("interaction_detail", args=[pk]),
                "when": moment_text(at),
                "about": customer,
                "about_url": reverse("customer_detail", args=[its]) if seen else "",
            }
            for pk, subject, at, customer, its, seen, *_numbers in latest
        ],
        "empty": _("No interactions yet."),
    }


def _of_latest(user, beyond):
    """Return the newest of one's interactions; each tells how many there are."""
    visibility, keys = Interaction.objects.visibility(user), ("-occurred_at", "-pk")
    if user.rights.reach("feedback.add_interaction") == Reach.OWN:
        apart = walked = visibility.own_parts()
    else:
        apart, walked = visibility.parts(), visibility.parts(apart=False)
    counts = [
        _figures.counted(place, beyond, *(part.filter(_since(days)) for part in apart))
        for place, days in enumerate(SPANS)
    ]
    newest = first_of(walked, keys, ROWS)
    found = Interaction.objects.filter(pk__in=newest).order_by(*keys)
    seen = Exists(Customer.objects.visible_to(user).filter(pk=OuterRef("customer")))
    columns = ("pk", "subject", "occurred_at", "customer__name", "customer", seen)
    return found.values_list(*columns, *counts)[:ROWS]


_latest = PreparedFor(_of_latest, Figures.stand_in)


def _first(days):
    """Return the first day of the span that ends today."""
    return timezone.localdate() - timedelta(days=days - 1)


def _since(days):
    return on_days("occurred_at", first=_first(days))


def _address(conditions):
    query, page = urlencode(conditions), Interaction.page("list")
    return f"{page}?{query}" if query else page
