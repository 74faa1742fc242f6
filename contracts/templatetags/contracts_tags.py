"""What 合同信息 puts on the workbench, and how its pages write numbers."""

from decimal import Decimal

from django import template
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from contracts.approvers import Approvers, turns_of
from contracts.models import Contract
from crm.display import moment_text, number_text, short_number_text
from crm.roles import Reach

register = template.Library()

Status = Contract.Status
#: Rows that a card shows.
ROWS = 6
TONES = {Status.PENDING: "warn", Status.TERMINATED: "bad"}


@register.filter
def grouped(value):
    """Write a number with thousands separators, in whatever language."""
    return "" if value in (None, "") else number_text(Decimal(value))


@register.filter
def trimmed(value):
    """Write a number without zeros at the end of its fraction."""
    return "" if value in (None, "") else short_number_text(Decimal(value))


@register.inclusion_tag("parts/card.html", takes_context=True)
def my_contracts(context):
    """Show one's own contracts by state, to whoever sells."""
    user = context["user"]
    if user.rights.reach("contracts.change_contract") != Reach.OWN:
        return {}
    rows = Contract.objects.visible_to(user).filter(owner=user)
    own = {"owner": user.pk}
    return {
        "key": "my_contracts",
        "title": _("My contracts"),
        "url": _address(own),
        "figures": _by_status(rows, own),
    }


@register.inclusion_tag("parts/card.html", takes_context=True)
def approvals_waiting(context):
    """Show what waits for one's decision, to whoever may approve."""
    user = context["user"]
    if not user.has_perm("contracts.approve_contract"):
        return {}
    turns, url = turns_of(user, Approvers()), reverse("approval_list")
    figure = {
        "label": _("waiting for you"),
        "value": len(turns),
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
                "title": str(contract),
                "url": contract.get_absolute_url(),
                "when": moment_text(round_.submitted_at),
                "note": f"{contract.customer} · ¥ {number_text(contract.amount)}",
            }
            for contract, round_ in turns[:ROWS]
        ],
        "empty": _("Nothing waits for your decision."),
    }


@register.inclusion_tag("parts/card.html", takes_context=True)
def team_contracts(context):
    """Show a team's contracts by state and who has sold most, to its supervisor."""
    user = context["user"]
    if user.rights.reach("contracts.change_contract") in (None, Reach.OWN, Reach.ALL):
        return {}
    rows = Contract.objects.visible_to(user)
    sold = rows.filter(status=Status.REGISTERED).order_by()
    people = sold.values("owner", "owner__name").annotate(
        n=Count("pk"), sum=Sum("amount")
    )
    return {
        "key": "team_contracts",
        "title": _("Contracts of the team"),
        "url": _address({}),
        "figures": _by_status(rows, {}),
        "rows": [
            {
                "title": person["owner__name"],
                "url": _address(
                    {"owner": person["owner"], "status": Status.REGISTERED.value}
                ),
                "note": _("%(n)s in the books, ¥ %(sum)s")
                % {"n": person["n"], "sum": number_text(person["sum"])},
            }
            for person in people.order_by("-sum", "owner")[:ROWS]
        ],
    }


def _by_status(rows, conditions):
    """Return a figure for all rows and one for each status."""
    counts = dict(rows.order_by().values_list("status").annotate(n=Count("pk")))
    return [
        {
            "label": _("all"),
            "value": sum(counts.values()),
            "url": _address(conditions),
        },
        *(
            {
                "label": label,
                "value": counts.get(status, 0),
                "url": _address({**conditions, "status": status}),
                "tone": TONES.get(status, ""),
            }
            for status, label in Status.choices
        ),
    ]


def _address(conditions):
    query = urlencode(conditions)
    return f"{Contract.page('list')}?{query}" if query else Contract.page("list")
