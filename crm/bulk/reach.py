"""To whom records can be given, and what goes along with them."""

from crm.kinds import business
from crm.models import User
from crm.related import rights_of
from crm.rights.permissions import permission


def heirs(user, model):
    """Return the people to whom a person may give records of a kind."""
    people = user.rights.people(user.rights.reach(permission("change", model)))
    rows = User.objects.seeing(model)
    return rows if people is None else rows.filter(pk__in=people)


def blind_to(person, kinds):
    """Return those of some kinds of which a person may see no row, in one query.

    Args:
        person: the id of whoever works here.
        kinds: models.
    """
    held = rights_of([person]).get(person, ()) if kinds else ()
    return [kind for kind in kinds if permission("view", kind) not in held]


def within_reach(user, model):
    """Return the condition "the owner is within reach of the right to change"."""
    reach = user.rights.reach(permission("change", model))
    return user.rights.owned_by(reach, "owner")


def goes_along(model):
    """Return [(kind, relation, condition)] of what is handed on with a kind's rows."""
    return [
        (kind, relation, condition)
        for kind in business()
        for relation, condition in kind.goes_along.items()
        if kind._meta.get_field(relation).related_model is model
    ]


def has_own_owner(kind):
    """Say whether rows of a kind are somebody's, and not just their customer's."""
    return "owner" in kind.owner_paths


def is_chosen(kind, given):
    """Say whether rows of a kind go along: always, or as it was wished."""
    return not has_own_owner(kind) or kind._meta.label_lower in given.get("along", ())
