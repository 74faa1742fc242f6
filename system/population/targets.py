"""Targets of the last year: of every seller, department and of the company."""

from decimal import Decimal
from random import Random

from crm.models import Department, User
from sales.models import Target, TargetRule

#: {rule: the values from which a month's is drawn}.
VALUES = {"合同额": range(40_000, 200_001, 1000), "新增客户": range(1, 13)}
#: Of so many one is not locked.
DRAFTED = 5


class Targets:
    """Enters targets; the same arguments make the same.

    Some hundred rows: what is derived of them is made as everywhere else.
    """

    def __init__(self, staff, timeline, seed):
        """Take who sells, the days they fall on, and the seed."""
        self.staff, self.timeline = staff, timeline
        self.random = Random(seed)  # noqa: S311 - invented records, no secrets
        self.targets = []

    def enter(self):
        """Enter them by two of the rules that ship."""
        people = User.objects.select_related("department").in_bulk()
        departments = list(Department.objects.order_by("path"))
        top = next(one for one in departments if one.parent_id is None)
        for rule in TargetRule.objects.filter(name__in=VALUES):
            for pk in self.staff.sellers:
                seller = people[pk]
                self._add(rule, pk, seller.department.head_id, person=seller)
            for one in departments:
                head = one.head_id or top.head_id or self.staff.registrar
                self._add(rule, head, self.staff.registrar, department=one)
            self._add(rule, top.head_id or self.staff.registrar, self.staff.registrar)
        Target.objects.bulk_create(self.targets)

    def _add(self, rule, owner, by, **whose):
        number = len(self.targets) + 1
        stamps = self.staff.stamps(self.timeline, 0.8, 1, self.staff.registrar)
        months = [self.random.choice(VALUES[rule.name]) for _name in Target.VALUES]
        target = Target(
            pk=number,
            rule=rule,
            year=self.timeline.now.year,
            total=Decimal(sum(months)),
            **whose,
            **dict(zip(Target.VALUES, map(Decimal, months), strict=True)),
            **{**stamps, "owner_id": owner},
        )
        if "person" in whose or "department" in whose:
            target.subject = next(iter(whose))
        if number % DRAFTED and by is not None:
            target.status = Target.Status.LOCKED
            target.locked_by_id, target.locked_at = by, stamps["registered_at"]
        self.targets.append(target)
