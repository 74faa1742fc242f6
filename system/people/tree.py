"""The departments as a tree."""

from collections import defaultdict

from crm.models import Department
from crm.rights.roles import Reach


def within(user, reach):
    """Return the departments that a reach covers: all, or one's own and below."""
    if reach is None:
        return Department.objects.none()
    if reach == Reach.ALL:
        return Department.objects.all()
    return Department.objects.at_or_below(user.pk, user.department_id)


def branches(departments):
    """Return [(depth, department)] with everything below a department behind it.

    A department whose parent is not among them stands at the top.
    """
    departments = sorted(departments, key=lambda department: department.name)
    known = {department.pk for department in departments}
    below = defaultdict(list)
    for department in departments:
        parent = department.parent_id
        below[parent if parent in known else None].append(department)
    found, waiting = [], [(0, department) for department in reversed(below[None])]
    while waiting:
        depth, department = waiting.pop()
        found.append((depth, department))
        waiting += [(depth + 1, one) for one in reversed(below[department.pk])]
    return found
