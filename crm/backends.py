"""How people sign in and how a session finds its person again.

It stands beside its room `crm.accounts`: every open session names this module.
"""

import json

from django.contrib.auth.backends import ModelBackend

from crm import dictionaries
from crm.models import Department, User
from crm.queries.prepared import Prepared

OF_PERSON, OF_DEPARTMENT = (
    [field.attname for field in model._meta.concrete_fields]
    for model in (User, Department)
)

OF_ACCOUNT = (
    "role_grants",
    "team_customers",
    "team_writes",
    "unread_notices",
    "lacks_second_factor",
    "dictionaries",
)


class Backend(ModelBackend):
    """Sign in by name and password; rights come from `User.rights`.

    The person, the department and the grants of all roles are read in one query.
    """

    def get_user(self, user_id):
        """Return the active person of this id, or None."""
        rows = _person(user_id)
        person = _made(*rows) if rows else None
        if person is None or person.is_password_over:
            return None
        return person if self.user_can_authenticate(person) else None

    def user_can_authenticate(self, user):
        """Say whether a person may be signed in: barred and gone people may not."""
        return user.works_here


def _columns(user_id):
    """Return all that a request needs to know of a person, in one row."""
    people = User.objects.with_grants().filter(pk=user_id).order_by()
    people = people.annotate(dictionaries=dictionaries.State())
    department = (f"department__{name}" for name in OF_DEPARTMENT)
    return people.values_list(*OF_PERSON, *department, *OF_ACCOUNT)


_person = Prepared(_columns, 2**62)


def _made(row):
    """Return the person of a row of `_columns`."""
    *columns, grants, teams, writes, unread, lacks, state = row
    user = User.from_db("default", OF_PERSON, columns[: len(OF_PERSON)])
    if user.department_id is not None:
        columns = columns[len(OF_PERSON) :]
        user.department = Department.from_db("default", OF_DEPARTMENT, columns)
    user.role_grants = [json.loads(grant) for grant in grants]
    user.team_customers, user.team_writes = teams, writes
    user.unread_notices = unread
    user.lacks_second_factor = lacks
    dictionaries.learn(state)
    return user
