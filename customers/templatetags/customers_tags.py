"""What 客户信息 puts on the workbench."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django import template
from django.db.models import BigIntegerField, Q, TextField, Value
from django.db.models.functions import Cast, JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.display import moment_text
from crm.kinds import follow_up_at
from crm.queries.days import start_of
from crm.queries.figures import BY_STATE, Figures, as_rows, capped, first_of
from crm.queries.prepared import PreparedFor
from crm.rights.roles import Reach
from customers.models import Customer
from customers.models.rhythm import USUAL

register = template.Library()

#: A customer is forgotten after so many days without a contact.
IDLE = USUAL
#: Rows that a card shows.
ROWS = 6
FIGURES = ("late", "today", "idle")
_figures = Figures(*(f"customers {name}" for name in FIGURES))


@register.simple_tag(takes_context=True)
def customer_figures(context):
    """Count for both cards at once; None for whoever has no customers of their own.

    Whose right to change customers covers their own rows sees those; a wider one
    that ends somewhere is a team's. Who works for everybody has no customers.
    """
    user = context["user"]
    reach = user.rights.reach("customers.change_customer")
    if reach in (None, Reach.ALL):
        return None
    beyond = _figures.beyond(user, reach)
    numbers = _numbers(user, timezone.now() - timedelta(days=IDLE), beyond)
    found = Counter({key: int(n) for key, n in numbers if n is not None})
    _figures.keep(user, reach, [found[name] for name in FIGURES], beyond)
    return {
        "due": sorted(map(_read, (text for text, n in numbers if n is None))),
        "own": {"owner": user.pk} if reach == Reach.OWN else {},
        "counts": {name: capped(found.pop(name)) for name in FIGURES},
        "statuses": found,
        "follow_up": follow_up_at(Customer, user),
    }


def _of_numbers(user, idle_since, beyond):
    """Return rows (None or owner, figure or status, number, 0) of one's customers.

    They are asked for the number of each figure and of each status. Beside them stand
    the first that are due, as JSON, without a number: all of it is one query.
    """
    parts, owner = _parts(user)
    idle = Customer.objects.ways_to_be_idle(idle_since)
    ways = ([_late()], [_today()], idle)
    figures = {
        name: _figures.counted(
            place, beyond, *(rows.filter(way) for rows in parts for way in ways[place])
        )
        for place, name in enumerate(FIGURES)
    }
    sums = Customer.objects.visibility(user).sums("status", owner=owner)
    return sums.union(*as_rows(user, figures), _first_due(parts), all=True)


def _parts(user):
    """Return the person's customers in parts, and the person if it is the owner."""
    visibility = Customer.objects.visibility(user)
    if user.rights.reach("customers.change_customer") == Reach.OWN:
        return visibility.own_parts(), user
    return visibility.parts(), None


def _first_due(parts):
    """Return rows of the first customers that one has promised a contact until tonight.

    Each is (None, JSON of next contact, id, name, owner, None, 0).
    """
    keys = ("next_contact_at", "pk")
    due = first_of([rows.filter(_until_tonight()) for rows in parts], keys, ROWS)
    row = JSONObject(at="next_contact_at", pk="pk", name="name", owner="owner__name")
    none, zero = Value(None, BigIntegerField()), Value(Decimal(0))
    rows = Customer.objects.filter(pk__in=due).order_by(*keys)
    return rows.values_list(none, Cast(row, TextField()), none, zero)[:ROWS]


def _read(text):
    """Return (next contact, id, name, owner) of the JSON of a customer that is due."""
    row = json.loads(text)
    return datetime.fromisoformat(row["at"]), row["pk"], row["name"], row["owner"]


@register.inclusion_tag("parts/card.html")
def contacts_due(figures):
    """Show whom one has promised a contact, and who is forgotten."""
    if figures is None:
        return {}
    own, counts, talk = figures["own"], figures["counts"], figures["follow_up"]
    today = timezone.localdate()
    overdue = {"next_contact_at_before": today - timedelta(days=1)}
    due = {"next_contact_at_after": today, "next_contact_at_before": today}
    forgotten = ngettext("not contacted for %d day", "not contacted for %d days", IDLE)
    return {
        "key": "contacts_due",
        "title": _("Contacts due"),
        "figures": [
            _figure(_("overdue"), counts["late"], own | overdue, "bad"),
            _figure(_("today"), counts["today"], own | due, "warn"),
            _figure(forgotten % IDLE, counts["idle"], own | {"idle_days_min": IDLE}),
        ],
        "rows": [
            {
                "title": name,
                "url": reverse("customer_detail", args=[pk]),
                "when": moment_text(at),
                "tone": "bad" if at < start_of(today) else "",
                "note": "" if own else owner or "",
                "follow_up": f"{talk}{pk}" if talk else None,
            }
            for at, pk, name, owner in figures["due"]
        ],
        "empty": _("No contact is due today."),
    }


@register.inclusion_tag("parts/card.html")
def customers_by_status(figures):
    """Show one's own or one's team's customers by status."""
    if figures is None:
        return {}
    own, counts = figures["own"], figures["statuses"]
    return {
        "key": "customers_by_status",
        "title": _("My customers") if own else _("Customers of the team"),
        "url": _address(own),
        "figures": [
            _figure(_("all"), counts.total(), own),
            *(
                _figure(label, counts[status], own | {"status": status})
                for status, label in Customer.Status.choices
            ),
        ],
    }


def _late():
    return Q(next_contact_at__lt=start_of(timezone.localdate()))


def _today():
    today = timezone.localdate()
    return Q(next_contact_at__gte=start_of(today)) & _until_tonight()


def _until_tonight():
    tomorrow = timezone.localdate() + timedelta(days=1)
    return Q(next_contact_at__lt=start_of(tomorrow))


def _figure(label, value, conditions, tone=""):
    return {"label": label, "value": value, "url": _address(conditions), "tone": tone}


def _address(conditions):
    query = urlencode(conditions)
    return f"{Customer.page('list')}?{query}" if query else Customer.page("list")


_numbers = PreparedFor(
    _of_numbers,
    datetime.max.replace(tzinfo=UTC),
    Figures.stand_in,
    around=BY_STATE,
)
