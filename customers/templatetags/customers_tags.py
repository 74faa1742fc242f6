"""What 客户信息 puts on the workbench."""

from datetime import datetime, time, timedelta

from django import template
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.display import moment_text
from crm.roles import Reach
from customers.models import Customer

register = template.Library()

#: A customer is forgotten after so many days without a contact.
IDLE = 30
#: Rows that a card shows.
ROWS = 6


@register.inclusion_tag("parts/card.html", takes_context=True)
def contacts_due(context):
    """Show whom one has promised a contact, and who is forgotten.

    For whoever works on customers of particular people: one's own or a team's.
    """
    desk = _desk(context["user"])
    if desk is None:
        return {}
    rows, own = desk
    today = timezone.localdate()
    overdue = {"next_contact_at_before": today - timedelta(days=1)}
    due = {"next_contact_at_after": today, "next_contact_at_before": today}
    late = Q(next_contact_at__lt=_start(today))
    until_tonight = Q(next_contact_at__lt=_start(today + timedelta(days=1)))
    counts = rows.order_by().aggregate(
        late=Count("pk", filter=late),
        today=Count("pk", filter=until_tonight & ~late),
    )
    first = rows.filter(until_tonight).select_related("owner")
    return {
        "key": "contacts_due",
        "title": _("Contacts due"),
        "figures": [
            _figure(_("overdue"), counts["late"], own | overdue, "bad"),
            _figure(_("today"), counts["today"], own | due, "warn"),
            _figure(
                ngettext("not contacted for %d day", "not contacted for %d days", IDLE)
                % IDLE,
                rows.dormant(IDLE).count(),
                own | {"idle_days_min": IDLE},
            ),
        ],
        "rows": [
            {
                "title": str(customer),
                "url": customer.get_absolute_url(),
                "when": moment_text(customer.next_contact_at),
                "tone": "bad" if customer.next_contact_at < _start(today) else "",
                "note": "" if own else str(customer.owner),
            }
            for customer in first.order_by("next_contact_at", "pk")[:ROWS]
        ],
        "empty": _("No contact is due today."),
    }


@register.inclusion_tag("parts/card.html", takes_context=True)
def customers_by_status(context):
    """Show one's own or one's team's customers by status."""
    desk = _desk(context["user"])
    if desk is None:
        return {}
    rows, own = desk
    counts = dict(rows.order_by().values_list("status").annotate(n=Count("pk")))
    return {
        "key": "customers_by_status",
        "title": _("My customers") if own else _("Customers of the team"),
        "url": _address(own),
        "figures": [
            _figure(_("all"), sum(counts.values()), own),
            *(
                _figure(label, counts.get(status, 0), own | {"status": status})
                for status, label in Customer.Status.choices
            ),
        ],
    }


def _desk(user):
    """Return (rows, conditions that select them), None for whoever has no such desk.

    Whose right to change customers covers their own rows sees those; a wider one
    that ends somewhere is a team's. Who works for everybody has no customers.
    """
    reach = user.rights.reach("customers.change_customer")
    if reach in (None, Reach.ALL):
        return None
    rows = Customer.objects.visible_to(user)
    if reach == Reach.OWN:
        return rows.filter(owner=user), {"owner": user.pk}
    return rows, {}


def _figure(label, value, conditions, tone=""):
    return {"label": label, "value": value, "url": _address(conditions), "tone": tone}


def _address(conditions):
    query = urlencode(conditions)
    return f"{Customer.page('list')}?{query}" if query else Customer.page("list")


def _start(day):
    return timezone.make_aware(datetime.combine(day, time.min))
