"""What 合同信息 puts on the workbench, and how its pages write numbers."""

from collections import Counter
from decimal import Decimal

from django import template
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from contracts.models import Amendment, Contract, Decision
from crm.display import number_text, short_number_text
from crm.navigation.menu import numbers_of
from crm.queries.figures import BY_STATE, SUMS
from crm.queries.prepared import Prepared, PreparedFor
from crm.rights.permissions import NOBODY
from crm.rights.roles import Reach

register = template.Library()

Status = Contract.Status
#: Rows that a card shows.
ROWS = 6
TONES = {
    Status.REPORTED: "warn",
    Status.PENDING: "warn",
    Status.REJECTED: "bad",
    Status.TERMINATED: "bad",
}
#: Numbers of the menu.
REJECTED = ("contracts.numbers.rejected", "contracts.numbers.rejected_changes")
BACK = (Status.REJECTED, Status.RECALLED)


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
    """Show one's own contracts by state, to whoever sells.

    To others no more than what came back to them, if the menu knows of anything.
    """
    user = context["user"]
    reach = user.rights.reach("contracts.change_contract")
    if reach != Reach.OWN and not any(map(numbers_of(user).get, REJECTED)):
        return {}
    back = _came_back(user.pk)
    own = {"owner": user.pk}
    return {
        "key": "my_contracts",
        "title": _("My contracts"),
        "url": _address(own),
        "figures": _by_status(_own_sums(user), own) if reach == Reach.OWN else (),
        "rows": [_back(*row) for row in back],
    }


@register.inclusion_tag("parts/card.html", takes_context=True)
def team_contracts(context):
    """Show a team's contracts by state and who has sold most, to its supervisor."""
    user = context["user"]
    if user.rights.reach("contracts.change_contract") in (None, Reach.OWN, Reach.ALL):
        return {}
    found = _team_sums(user)
    best = [row for row in found if row[0] is not None]
    sums = [row[1:3] for row in found if row[0] is None]
    return {
        "key": "team_contracts",
        "title": _("Contracts of the team"),
        "url": _address({}),
        "figures": _by_status(sums, {}),
        "rows": [
            {
                "title": name,
                "url": _address({"owner": pk, "status": Status.REGISTERED.value}),
                "note": _("%(n)s in force, ¥ %(sum)s")
                % {"n": number, "sum": number_text(amount)},
            }
            for pk, name, number, amount in best
        ],
    }


def _of_came_back(user):
    """Return what came back to its owner, or a change to it, and why."""
    opinions = Decision.objects.filter(contract=OuterRef("pk"), approved=False)
    changes = Amendment.objects.filter(contract=OuterRef("pk")).order_by()
    rows = Contract.objects.registered().filter(owner=user)
    return (
        rows.filter(Q(status__in=BACK) | Q(amendment_state__in=BACK))
        .order_by("-changed_at", "-pk")
        .values_list(
            "pk",
            "number",
            "title",
            "status",
            "amendment_state",
            Coalesce(
                NullIf("return_reason", Value("")),
                NullIf(Subquery(changes.values("return_reason")[:1]), Value("")),
                Subquery(opinions.order_by("-pk").values("opinion")[:1]),
                Value(""),
            ),
        )[:ROWS]
    )


def _back(pk, number, title, status, amendment_state, reason):
    """Return the row of a card that says what came back and why."""
    contract = Contract(
        pk=pk,
        number=number,
        title=title,
        status=status,
        amendment_state=amendment_state,
    )
    if amendment_state:
        state, url = contract.get_amendment_state_display(), "amendment"
    else:
        state, url = contract.get_status_display(), "detail"
    rejected = Status.REJECTED in (status, amendment_state)
    note = f"{state} · {reason}" if reason and rejected else str(state)
    return {"title": str(contract), "url": contract.page_of(url), "note": note}


def _of_own_sums(user):
    return Contract.objects.visibility(user).sums("status", "amount", owner=user)


def _of_team_sums(user):
    return Contract.objects.visibility(user).sums("status", "amount")


#: (None, status, number, None) of all statuses, then (id, name, number, amount) of
#: those whose contracts in force are worth most. What is in force is added up by
#: owners, the rest by statuses: each row is read once.
TEAM = f"""
WITH added (owner, state, number, worth) AS (
    SELECT CASE state WHEN '{Status.REGISTERED.value}' THEN owner END, state, sum(n),
        sum(amount) FILTER (WHERE state = '{Status.REGISTERED.value}')
    FROM ({{}}) {SUMS} GROUP BY 1, 2
)
(SELECT NULL::bigint AS owner, state, sum(number), NULL::numeric AS worth
FROM added GROUP BY state)
UNION ALL
(SELECT owner, name, number, worth FROM (
    SELECT * FROM added WHERE owner IS NOT NULL AND number > 0
    ORDER BY worth DESC, owner LIMIT {ROWS}
) AS best JOIN crm_user ON crm_user.id = owner ORDER BY worth DESC, owner)
"""  # noqa: S608 - our own names

_came_back = Prepared(_of_came_back, NOBODY)
_own_sums = PreparedFor(_of_own_sums, around=BY_STATE)
_team_sums = PreparedFor(_of_team_sums, around=TEAM)


def _by_status(sums, conditions):
    """Return a figure for all contracts and one for each status, by their numbers."""
    counts = Counter({status: int(number) for status, number in sums})
    return [
        {"label": _("all"), "value": counts.total(), "url": _address(conditions)},
        *(
            {
                "label": label,
                "value": counts[status],
                "url": _address({**conditions, "status": status}),
                "tone": TONES.get(status, ""),
            }
            for status, label in Status.choices
        ),
    ]


def _address(conditions):
    query = urlencode(conditions)
    return f"{Contract.page('list')}?{query}" if query else Contract.page("list")
