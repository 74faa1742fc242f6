"""What the clock tells people of records of any kind: which wait for a decision.

`person` is whom to tell, with the rights of now; `days` are working days, in falling
order. Whose records they are does not matter: whoever stands in decides, too.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import TruncDate

from crm.approval.deciding import turns_of_everybody, waits_since
from crm.approval.flow import Flow
from crm.jobs.working_days import working_days_ago
from crm.models import Department, User
from crm.notices.reminding import marked
from crm.queries.days import start_of


def waiting(
    person: User, whose: Sequence[int], days: Sequence[int], today: date
) -> list[QuerySet]:
    """Return what has waited for the person's decision for days, one of each kind."""
    return [
        _waiting(person, flow, set(asked[person.pk].values()), days, today)
        for flow, asked in turns_of_everybody(person)
        if person.pk in asked
    ]


def waiting_below(
    person: User, whose: Sequence[int], days: Sequence[int], today: date
) -> list[QuerySet]:
    """Return what waits for somebody whose nearest head the person is."""
    turns = turns_of_everybody(person)
    asked = {decider for _flow, found in turns for decider in found} - {person.pk}
    if not asked:
        return []
    deciders = User.objects.filter(pk__in=asked).order_by()
    deciders = deciders.alias(nearest=Department.objects.nearest_head(""))
    below = set(deciders.filter(nearest=person.pk).values_list("pk", flat=True))
    records = [
        (flow, {pk for one in below & found.keys() for pk in found[one].values()})
        for flow, found in turns
    ]
    return [_waiting(person, flow, ids, days, today) for flow, ids in records if ids]


def _waiting(
    person: User, flow: Flow, ids: Collection[int], days: Sequence[int], today: date
) -> QuerySet:
    """Return records whose round has stood still for working days."""
    rows = flow.model.objects.visible_to(person).filter(pk__in=ids)
    rows = rows.alias(waits_since=waits_since(flow))
    long: list[tuple[Any, dict[str, Any]]] = [
        (Value(str(n)), {"waits_since__lt": start_of(_day_after(n, today))})
        for n in days
    ]
    rows = rows.filter(**long[-1][1])
    return marked(rows, TruncDate("waits_since"), long)


def _day_after(number: int, today: date) -> date:
    """Return the day after the last one from which working days have passed."""
    return working_days_ago(number, today) + timedelta(days=1)
