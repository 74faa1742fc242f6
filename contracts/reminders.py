"""What the clock tells people of contracts: which end, and which wait for a decision.

`person` is whom to tell, with the rights of now; `whose` are the ids of the people
whose contracts are meant; `days` stand in falling order.
"""

from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import (
    CharField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Greatest, Length, TruncDate

from contracts.approvers import turns
from contracts.models import Contract, Decision, Round
from crm.jobs.working_days import working_days_ago
from crm.models import Department, User
from crm.notices.reminding import coming, marked, start_of


def ending(person, whose, days, today):
    """Return the contracts in force that end soon."""
    rows = _in_force(person).filter(owner__in=whose)
    return coming(rows, "ends_on", days, today, of_whom="owner_id")


def ending_below(person, whose, days, today):
    """Return those of the people whose nearest head the person is."""
    paths = Department.objects.filter(head=person).values_list("path", flat=True)
    below = [Q(owner__department__path__startswith=path) for path in paths]
    if not below:
        return Contract.objects.none()
    rows = _in_force(person).filter(reduce(or_, below))
    rows = rows.alias(nearest=nearest_head("owner")).filter(nearest=person.pk)
    return coming(rows, "ends_on", days, today)


def _in_force(person):
    rows = Contract.objects.visible_to(person)
    return rows.filter(status=Contract.Status.REGISTERED)


def nearest_head(who):
    """Return the next head up the tree from a person, other than that person.

    Args:
        who: the relation to the person; empty for people themselves.
    """
    path = f"{who}__department__path" if who else "department__path"
    whole = ExpressionWrapper(OuterRef(path), CharField())
    heads = Department.objects.filter(head__in=User.objects.active().values("pk"))
    above = heads.alias(whole=whole).filter(whole__startswith=F("path"))
    above = above.exclude(head=OuterRef(who or "pk")).order_by(Length("path").desc())
    return Subquery(above.values("head")[:1])


def waiting(person, whose, days, today):
    """Return the contracts that have waited for the person's decision for days."""
    mine = turns.of_everybody(person).get(person.pk, {})
    return _waiting(person, set(mine.values()), days, today)


def waiting_below(person, whose, days, today):
    """Return those that wait for somebody whose nearest head the person is."""
    asked = turns.of_everybody(person)
    deciders = User.objects.filter(pk__in=set(asked) - {person.pk}).order_by()
    deciders = deciders.alias(nearest=nearest_head("")).filter(nearest=person.pk)
    found = {
        contract
        for decider in deciders.values_list("pk", flat=True)
        for contract in asked[decider].values()
    }
    return _waiting(person, found, days, today)


def _waiting(person, ids, days, today):
    """Return contracts whose round has stood still for working days.

    It began to wait when it was submitted, or when somebody last decided on it.
    """
    if not ids:
        return Contract.objects.none()
    verdicts = Decision.objects.filter(step__round=OuterRef("pk")).order_by("-at")
    rounds = Round.objects.filter(contract=OuterRef("pk"), state=Round.State.OPEN)
    rounds = rounds.annotate(
        since=Greatest("submitted_at", Subquery(verdicts.values("at")[:1]))
    )
    rows = Contract.objects.visible_to(person).filter(pk__in=ids)
    rows = rows.alias(waits_since=Subquery(rounds.values("since")[:1]))
    long = [
        (Value(str(n)), {"waits_since__lt": start_of(_day_after(n, today))})
        for n in days
    ]
    rows = rows.filter(**long[-1][1])
    return marked(rows, TruncDate("waits_since"), long)


def _day_after(number, today):
    """Return the day after the last one from which working days have passed."""
    return working_days_ago(number, today) + timedelta(days=1)


#: {occasion: what is due}.
REMINDERS = {
    "contract_ends": ending,
    "head_contract_ends": ending_below,
    "waits": waiting,
    "waits_below": waiting_below,
}
