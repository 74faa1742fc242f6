"""Who has which target: the parts of one, and who is without."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q
from django.utils.http import urlencode

from crm.models import Department, Role, User
from crm.rights.permissions import permission
from crm.rights.roles import Reach
from sales.models import Target
from sales.models.targets import departments_of

Subject = Target.Subject
#: So many who are without a target are named at most.
MOST_NAMED = 50


@dataclass
class Children:
    """What the parts of a target come to, as far as the reader may see them.

    Attributes:
        targets: those of the departments right below and of the people in it.
        total: what the target comes to.
    """

    targets: list
    total: Decimal

    @property
    def sum(self):
        """What the parts come to."""
        return sum((target.total for target in self.targets), Decimal(0))

    @property
    def gap(self):
        """What the parts lack; less than nothing if they come to more."""
        return self.total - self.sum

    @property
    def surplus(self):
        """What the parts come to beyond the target."""
        return max(-self.gap, Decimal(0))


@dataclass(frozen=True)
class Without:
    """Somebody, or a department, without a target; `url` is where one is set."""

    row: Department | User
    url: str | None


def children_of(target, user):
    """Return the Children of a department's or the company's target.

    None of a person's target, and for who sees nobody's but their own.
    """
    reach = user.rights.reach(permission("view", Target))
    if target.subject == Subject.PERSON or reach == Reach.OWN:
        return None
    rows = Target.objects.registered().visible_to(user).select_related("person")
    rows = rows.filter(rule=target.rule_id, year=target.year)
    whole = target.department_id or the_whole()
    below = Q(subject=Subject.DEPARTMENT, department__parent=whole)
    if whole is not None:
        below |= Q(person__department=whole)
    return Children(list(rows.filter(below).order_by("title", "pk")), target.total)


def the_whole():
    """Return the id of the department that is the company itself, or None.

    That is the one above all others, where there is one alone: it needs no target
    beside the company's.
    """
    ids = Department.objects.filter(parent=None).order_by().values_list("pk", flat=True)
    roots = list(ids[:2])
    return roots[0] if len(roots) == 1 else None


def missing(rule, year, user, targets):
    """Return [Without]: departments and people within reach without a target.

    People are those who may enter what counts. Nobody is missing to who sees no more
    than their own.

    Args:
        rule: the TargetRule.
        year: the year.
        user: the reader.
        targets: the targets of that rule and year that the reader sees.
    """
    reach = user.rights.reach(permission("view", Target))
    if reach in (None, Reach.OWN):
        return []
    have = {target.department_id for target in targets} - {None}
    if any(target.subject == Subject.COMPANY for target in targets):
        have |= {the_whole()} - {None}
    departments = departments_of(user, reach).exclude(pk__in=have).order_by("path")
    right = permission("add", rule.kind)
    roles = Role.objects.filter(users=OuterRef("pk"), grants__has_key=right)
    people = User.objects.active().filter(Exists(roles.order_by()))
    ids = user.rights.people(reach)
    if ids is not None:
        people = people.filter(pk__in=ids)
    named = {target.person_id for target in targets} - {None}
    people = people.exclude(pk__in=named).order_by("name", "pk")
    found = [("department", row) for row in departments[:MOST_NAMED]]
    found += [("person", row) for row in people[: MOST_NAMED - len(found)]]
    may_add = user.has_perm(permission("add", Target))
    return [
        Without(row, _add_url(rule, year, **{name: row.pk}) if may_add else None)
        for name, row in found
    ]


def _add_url(rule, year, **whose):
    query = urlencode({"rule": rule.pk, "year": year, **whose})
    return f"{Target.page('create')}?{query}"
