"""What a page of charts is asked for: by whom, about when, whom and what."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef

from crm.charts.periods import Period
from crm.kinds import charted
from crm.models import Department, Role, User
from crm.models.departments import ids_of_people
from crm.rights.permissions import permission


@dataclass
class Asked:
    """A question to charts of any kind.

    Attributes:
        user: who looks.
        period: the days that dated charts are about.
        department: whose people's rows alone are counted, with all below; or None.
        person: whose rows alone are counted, or None.
        action: what the person must be allowed to do to the rows.
    """

    user: User
    period: Period
    department: Department | None = None
    person: User | None = None
    action: str = "view"

    @property
    def key(self):
        """What tells the question from others."""
        whose = self.department and self.department.pk, self.person and self.person.pk
        return self.user.rights.key, self.period, *whose, self.action

    @property
    def conditions(self):
        """{key: value} of a list: whose rows are counted."""
        whose = {"owner_department": self.department, "owner": self.person}
        return {name: row.pk for name, row in whose.items() if row is not None}

    @cached_property
    def department_ids(self):
        """The ids of the people of the department, None without one."""
        if self.department is None:
            return None
        return ids_of_people([self.department])

    def reach(self, model):
        """How far the right to the rows of a kind goes."""
        return self.user.rights.reach(permission(self.action, model))

    def expected(self, model):
        """Return the ids of those who enter rows of a kind and are asked about.

        They are told of though they have none.
        """
        people = self.user.rights.people(self.reach(model))
        return {
            pk
            for pk, (_name, entered) in self.people.items()
            if model in entered
            and (people is None or pk in people)
            and (self.department_ids is None or pk in self.department_ids)
            and (self.person is None or pk == self.person.pk)
        }

    @cached_property
    def people(self):
        """{id: (name, the kinds of which they enter rows now)}, everybody."""
        kinds = charted()
        roles = Role.objects.filter(users=OuterRef("pk")).order_by()
        rights = [permission("add", model) for model in kinds]
        enters = [Exists(roles.filter(grants__has_key=right)) for right in rights]
        works_here = Exists(User.objects.active().filter(pk=OuterRef("pk")).order_by())
        rows = User.objects.order_by("pk")
        rows = rows.values_list("pk", "name", works_here, *enters)
        return {
            pk: (name, [m for m, so in zip(kinds, said, strict=True) if so and here])
            for pk, name, here, *said in rows
        }
