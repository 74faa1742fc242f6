"""How many rows a person sees, out of the numbers that the ledger keeps (`crm.Tally`).

What is in the books within the reach is kept; what one sees beyond it is counted. All
functions here but the last take a `Visibility` (`crm.models.visibility`).
"""

from decimal import Decimal
from functools import cache

from django.db.models import Count, Sum, Value

from crm.kinds import business
from crm.models import beyond_reach
from crm.models.tally import Tally, kept_by_owners
from crm.queries.prepared import PreparedFor
from crm.rights.permissions import permission


def total(visibility, states=None):
    """Return the number of all rows, or of those whose state is one of some."""
    model, rights = visibility.model, visibility.user.rights
    kept = kept_by_owners(model, rights.people(visibility.reach), visibility.registrar)
    if kept is None:
        kept = _by_state(model, visibility.action)(visibility.user)
    number = sum(int(n) for state, n in kept if states is None or state in states)
    if visibility.is_everything:
        return number
    within, beyond = visibility.conditions
    if beyond:
        others = model.objects.filter(beyond).exclude(within)
        if states is not None:
            others = others.filter(**{f"{model.tally_state}__in": states})
        number += others.order_by().count()
    return number


def sums(visibility, state, amount, owner):
    """Return rows (owner id, state, number, amount) to be added up, as a query."""
    parts = [Tally.objects.in_few_rows(visibility.model)]
    others = None
    if visibility.is_nothing:
        parts = [parts[0].none()]
    elif not visibility.is_everything:
        parts = _within(visibility)
        others = beyond_reach.queryset(visibility)
    if owner is not None:
        parts = [part.filter(owner_id=owner.pk) for part in parts[:1]]
        others = None if others is None else visibility.own_parts()[1]
    parts = [part.values_list("owner_id", "state", "n", "amount") for part in parts]
    if others is not None:
        added = Sum(amount) if amount else Value(Decimal(0))
        counts = others.order_by().values_list("owner_id", state)
        parts.append(counts.annotate(Count("pk"), added=added))
    first, *more = parts
    return first.union(*more, all=True) if more else first


def within_reach(visibility):
    """Return the kept number of rows in the books within the person's reach.

    Those of all kinds are asked for at once, once in a request.
    """
    answers, user = visibility.user.rights.answers, visibility.user
    if "within" not in answers:
        answers["within"] = dict(_of_all_kinds(user))
    return answers["within"].get(visibility.model._meta.label_lower) or 0


def _within(visibility):
    """Return the kept numbers of what is in the books within the reach, in parts."""
    model, user, reach = visibility.model, visibility.user, visibility.reach
    if user.rights.people(reach) is None:
        return [Tally.objects.in_few_rows(model).in_books()]
    return Tally.objects.within_apart(user, reach, model)


def within_reach_alone(visibility):
    """Return the same number where no other kind's is asked for in the request."""
    model = visibility.model
    if "within" in visibility.user.rights.answers:
        return within_reach(visibility)
    kept = _by_state(model, visibility.action)(visibility.user)
    return sum(int(number) for _state, number in kept)


@cache
def _by_state(model, action):
    """Return the query of the kept numbers of a kind by state: all, or within reach."""

    def numbers(user):
        visibility = model.objects.visibility(user, action)
        parts = [Tally.objects.in_few_rows(model)]
        if not visibility.is_everything:
            parts = _within(visibility)
        first, *more = [
            part.values("state").annotate(total=Sum("n")).values_list("state", "total")
            for part in parts
        ]
        return first.union(*more, all=True) if more else first

    return PreparedFor(numbers)


def _numbers_within(user):
    """Return (kind, number) of what is in the books within a person's reach."""
    parts = []
    for model in filter(lambda kind: kind.is_tallied(), business()):
        reach = user.rights.reach(permission("view", model))
        if reach is not None:
            kept = Tally.objects.of_kind(model).in_books().within(user, reach, model)
            of_kind = kept.values(kind=Value(model._meta.label_lower))
            parts.append(of_kind.annotate(total=Sum("n")).values_list("kind", "total"))
    first, *others = parts
    return first.union(*others, all=True) if others else first


_of_all_kinds = PreparedFor(_numbers_within)
