"""Who decides above some people: the lowest head of all of them, by now's departments.

Nobody who is barred does, nor their deputies of the day; where no head is left, those
who may decide on everybody's.
"""

from types import SimpleNamespace

from django.utils import timezone

from crm.approval.approvers import Approvers
from crm.approval.rules import AskedPerson
from crm.models import Department, Deputy, User
from crm.rights.permissions import permission
from crm.rights.roles import Reach
from customers.models import DealRegistration

RIGHT = permission("decide", DealRegistration)
STEP = SimpleNamespace(
    asks=AskedPerson.Asks.HEAD, mode=AskedPerson.Mode.ONE, last_resort_id=None
)


def heads_of(people, *, barred, at_last=True):
    """Return those who decide upon what some people claim.

    Args:
        people: who claim something.
        barred: ids of those who decide on none of it, besides them.
        at_last: whether anybody with the right does where no head is left.
    """
    ids = {person.pk for person in people}
    today = timezone.localdate()
    deputies = Deputy.objects.on(today).filter(person__in=ids).order_by()
    out = ids | set(barred) | set(deputies.values_list("deputy", flat=True))
    approvers = Approvers(RIGHT)
    found = approvers.deciders_of(STEP, common_department(people), out)
    if found:
        return list(found)
    able = [person for pk, person in approvers.able.items() if pk not in out]
    everywhere = User.objects.filter(pk__in=[person.pk for person in able])
    beyond = [one for one in everywhere if one.rights.reach(RIGHT) == Reach.ALL]
    return beyond or (able if at_last else [])


def common_department(people):
    """Return the lowest department in which all of some people are, or None."""
    paths = [
        person.department.path.strip("/").split("/")
        for person in people
        if person.department_id is not None
    ]
    shared = []
    for steps in zip(*paths, strict=False):
        if len(set(steps)) > 1:
            break
        shared.append(steps[0])
    if not shared:
        return None
    return Department.objects.filter(pk=shared[-1]).first()
