"""What a person sees beyond the reach of a right, whoever's rows they are.

Own reports, those one may register, rows of one's teams, contracts to decide on. A
request asks for their ids once; of very many it asks what they are instead. All
functions here take a `Visibility` (`crm.models.visibility`).
"""

from functools import cache, reduce
from operator import or_

from django.db.models import Q

from crm.models import ownership
from crm.models.registration import BOOKS, reported_by
from crm.queries.ids import any_of
from crm.queries.prepared import Prepared, PreparedFor

#: What a list names one by one beyond a person's reach; more is told as a condition.
MOST_NAMED = 5000


def condition(visibility):
    """Return the condition that names what one sees beyond one's reach, or None."""
    model, within = visibility.model, visibility.within
    user, action = visibility.user, visibility.action
    if visibility.registrar is None and not (
        within and model.ids_beyond_reach(user, action)
    ):
        others = _named_reports(visibility)
    else:
        others = _named(visibility)
    team = ownership.of_team(model, user, action, named=True) if within else None
    if team is None:
        return others
    return BOOKS & team | others if others else BOOKS & team


def queryset(visibility):
    """Return the rows that one sees beyond one's reach, found by their ids."""
    model, user, action = visibility.model, visibility.user, visibility.action
    reports = visibility.reports
    rows = model.objects.order_by()
    ids = [rows.filter(reports).values("pk")]
    if not visibility.within:  # it has no end
        return visibility.queryset.filter(reports, pk__in=ids[0])
    outside = ownership.outside(model, user, visibility.reach)
    ids += model.ids_beyond_reach(user, action, outside)
    if team := ownership.of_team(model, user, action, named=True):
        ids.append(rows.filter(team).values("pk"))
    all_ids = ids[0].union(*ids[1:]) if ids[1:] else ids[0]
    return visibility.queryset.filter(BOOKS & outside | reports, pk__in=all_ids)


def _named_reports(visibility):
    """Return the condition that names one's own reports, None without any.

    They are read once in a request, whatever is to be done to them.
    """
    model, user = visibility.model, visibility.user
    answers, key = user.rights.answers, (model, "reports")
    if key not in answers:
        answers[key] = [pk for (pk,) in _reports_of(model)(user.pk)]
    ids = answers[key]
    if len(ids) > MOST_NAMED:
        return reported_by(user)
    return any_of("pk", ids) if ids else None


def _named(visibility):
    """Return the condition that names what is not of one's teams, or None.

    Very many rows are not named: then it says what they are.
    """
    query = _ids_of(visibility.model, visibility.action)
    ids = [pk for (pk,) in query(visibility.user)]
    if len(ids) > MOST_NAMED:
        return reduce(or_, _conditions(visibility))
    return any_of("pk", ids) if ids else None


def _conditions(visibility):
    """Return conditions of what one sees beyond one's reach and one's teams."""
    if not visibility.within:  # it has no end
        return [visibility.reports]
    model, user = visibility.model, visibility.user
    outside = ownership.outside(model, user, visibility.reach)
    ids = model.ids_beyond_reach(user, visibility.action, outside)
    others = (BOOKS & outside & Q(pk__in=part) for part in ids)
    return [visibility.reports, *others]


@cache
def _reports_of(model):
    """Return the query of somebody's own reports of a kind: every list asks it."""
    return Prepared(
        lambda user: (
            model.objects.order_by()
            .filter(reported_by(user))
            .values_list("pk")[: MOST_NAMED + 1]
        ),
        -1,
    )


@cache
def _ids_of(model, action):
    """Return the query of what a person sees of a kind beyond the reach, by id."""

    def beyond(user):
        rows = model.objects.order_by()
        parts = [
            rows.filter(part).values_list("pk")
            for part in _conditions(rows.visibility(user, action))
        ]
        first, *more = parts
        return (first.union(*more) if more else first)[: MOST_NAMED + 1]

    return PreparedFor(beyond)
