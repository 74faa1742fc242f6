"""Whose a row is: as conditions on rows, and asked of a row as it was read.

How rows lead to people says their kind (`Record.owner_paths`, `team_path`, `shared`,
`ids_beyond_reach`).
"""

from functools import reduce
from operator import and_, or_

from django.db.models import Q

#: What a right to the rows of a customer's team covers; "file" asks who may put rows
#: of other kinds under a row: those that see it, of its team those that may write.
TEAM_ACTIONS = ("view", "export", "change", "file")
TEAM_WRITES = ("change", "file")
#: What whoever may read the kind at all may do to a row that all share.
SHARED_ACTIONS = ("view", "file")


def within(model, user, reach, action="view"):
    """Return the condition "it is the row of somebody within reach".

    An empty one means every row.
    """
    rows = Q()
    if model.shared and action in SHARED_ACTIONS:
        return rows
    for path in model.owner_paths:
        condition = user.rights.owned_by(reach, path)
        if not condition:
            return Q()
        rows |= condition
    return rows


def apart(model, user, reach, action="view"):
    """Return `within` in conditions of which a row meets one at most."""
    if not within(model, user, reach, action):
        return [Q()]
    found, others = [], Q()
    for path in model.owner_paths:
        found.append(user.rights.owned_by(reach, path) & others)
        others &= user.rights.owned_outside(reach, path)
    return found


def outside(model, user, reach):
    """Return the condition "it is the row of nobody within reach".

    Of a reach that ends somewhere.
    """
    paths = [user.rights.owned_outside(reach, path) for path in model.owner_paths]
    return reduce(and_, paths)


def of_team(model, user, action, *, named=False):
    """Return the condition "the person is in its customer's team", or None."""
    if model.team_path is None or action not in TEAM_ACTIONS:
        return None
    writing = action in TEAM_WRITES
    return user.rights.in_teams(model.team_path, writing=writing, named=named)


def within_or_beyond(model, user, reach, action="view"):
    """Return the condition "the person sees the row, as far as it is in the books".

    An empty one means every row.
    """
    rows = within(model, user, reach, action)
    if not rows:
        return rows
    if team := of_team(model, user, action):
        rows |= team
    for ids in model.ids_beyond_reach(user, action):
        rows |= Q(pk__in=ids)
    return rows


def belongs_to(row, user, reach, action="view"):
    """Say whether a row's people are within the reach, or the person in its team."""
    people = user.rights.people(reach)
    if people is None or (row.shared and action in SHARED_ACTIONS):
        return True
    columns = [row._meta.get_field(path).attname for path in row.owner_paths]
    if any(getattr(row, column) in people for column in columns):
        return True
    if row.team_path is None or action not in TEAM_ACTIONS:
        return False
    path = row.team_path
    customer = row.pk if path == "pk" else row.serializable_value(path)
    return user.rights.is_in_team(customer, writing=action in TEAM_WRITES)


def is_owned(row, user, reach):
    """Say whether the owner of a row is within the reach."""
    people = user.rights.people(reach)
    return people is None or row.owner_id in people


def is_seen(row, user, reach, action="view"):
    """Say what `within_or_beyond` asks of a row; only the beyond takes a query."""
    if belongs_to(row, user, reach, action):
        return True
    own = type(row).objects.filter(pk=row.pk).order_by()
    others = [Q(pk__in=ids) for ids in row.ids_beyond_reach(user, action)]
    return bool(others) and own.filter(reduce(or_, others)).exists()
