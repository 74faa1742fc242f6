"""Customers at which somebody sees rows: such a customer is found by its name.

Whoever sees few rows sees them at few customers. Of a word that very many names have,
only these need be looked up.
"""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Q

from crm.models.registration import BOOKS, reported_by
from crm.queries.ids import among
from crm.rights.permissions import permission

#: A reach of more people takes in most of the customers that a word finds.
FEW_PEOPLE = 50


def with_rows_for(user, model):
    """Return the condition of the customers under which a person may see rows.

    Without those in the books that one sees anyway, as far as the reach tells it. A
    generous one: which of their rows the person sees is asked of the rows.

    Args:
        user: who looks.
        model: the customer's.

    Returns:
        A condition; None if it may be any customer.
    """
    condition = user.rights.in_teams("pk", named=True) or Q(pk__in=())
    reaches, seen = [], user.rights.reach(permission("view", model))
    for kind in _filed_under(model):
        reach = user.rights.reach(permission("view", kind))
        if reach is None:
            continue
        people = user.rights.people(reach)
        if people is None or kind.shared or len(people) > FEW_PEOPLE:
            return None
        if reach not in reaches:
            if reach == seen:
                # Few, and have an index: PostgreSQL would read all that the people
                # own beside it, without this.
                condition |= ~BOOKS & among(F("owner") + 0, people)
            else:
                condition |= user.rights.owned_by(reach, "owner")
            reaches.append(reach)
        for rows in _elsewhere(kind, user, reach):
            condition |= Q(pk__any_of=ArraySubquery(rows.values("customer")))
    return condition


def _filed_under(model):
    """Return the kinds of records that are found through the customer."""
    return [
        relation.related_model
        for relation in model._meta.related_objects
        if relation.field.name in getattr(relation.related_model, "found_through", ())
    ]


def _elsewhere(kind, user, reach):
    """Return the rows of a kind that one sees at customers beyond one's reach."""
    rows = kind.objects.order_by()
    if "owner" in kind.owner_paths:
        strange = ~Q(owner=F("customer_owner"))
        yield rows.filter(strange, user.rights.owned_by(reach, "owner"))
    yield rows.filter(reported_by(user))
    visibility = rows.visibility(user)
    if kind.ids_beyond_reach(user, "view") and visibility.sees_beyond_reach:
        yield visibility.beyond_reach()
