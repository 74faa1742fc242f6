"""Whose calendars a page shows: one's own, or those of people within one's reach."""

from functools import cached_property

from django.utils.translation import gettext as _

from crm.models import Department, User
from crm.rights.permissions import permission
from crm.rights.roles import Reach
from system.calendar.models import CalendarEvent

#: People that one may choose from; of a larger company a department comes first.
OFFERED = 300


class Whose:
    """What the address says of whose calendars are meant, and what may be chosen.

    Only people and departments within the reach of the right to see such events are
    there; whoever asks for others is told, and sees their own.
    """

    def __init__(self, user, query):
        """Take the reader and the address."""
        self.user = user
        self.reach = user.rights.reach(permission("view", CalendarEvent))
        self.may_choose = self.reach not in (None, Reach.OWN)
        self.asked = {
            name: query.get(name, "")
            for name in ("person", "department")
            if query.get(name)
        }
        self.errors = []

    @cached_property
    def within_reach(self):
        """The people whom one may choose, as a query."""
        people = User.objects.active().select_related("department")
        return people.filter(self.user.rights.owned_by(self.reach, "pk"))

    @cached_property
    def departments(self):
        """The departments that one may choose, each set off by how deep it lies."""
        if not self.may_choose:
            return []
        rows = Department.objects.order_by("path")
        if self.reach != Reach.ALL:
            rows = rows & self.user.rights.departments
        rows = list(rows)
        highest = min((row.path.count("/") for row in rows), default=0)
        return [(row, "　" * (row.path.count("/") - highest)) for row in rows]

    @cached_property
    def people(self):
        """The people who may be chosen: of the department that is, if one is."""
        if not self.may_choose:
            return []
        rows = self.within_reach
        if self.department:
            rows = rows.filter(department__path__startswith=self.department.path)
        return list(rows.order_by("name", "pk")[:OFFERED])

    @cached_property
    def department(self):
        """The department that is chosen, if one is."""
        asked = self.asked.get("department")
        if not asked:
            return None
        rows = (row for row, _indent in self.departments if str(row.pk) == asked)
        found = next(rows, None)
        if found is None:
            self.errors.append(_("No department of yours has the number “%s”.") % asked)
        return found

    @cached_property
    def person(self):
        """The one person whose calendar it is; None for that of a department."""
        asked = self.asked.get("person")
        if not asked:
            return None if self.department else self.user
        if asked == str(self.user.pk):
            return self.user
        known = next((one for one in self.people if str(one.pk) == asked), None)
        if known is None and self.may_choose and asked.isdecimal() and len(asked) < 19:
            known = self.within_reach.filter(pk=int(asked)).first()
        if known is None:
            self.errors.append(_("Nobody of yours has the number “%s”.") % asked)
            return self.user
        return known

    @property
    def ids(self):
        """The ids of all of them."""
        return [self.person.pk] if self.person else [one.pk for one in self.people]

    @property
    def is_cut(self):
        """Whether there are more people than are shown together."""
        return not self.person and len(self.people) == OFFERED

    @property
    def is_own(self):
        """Whether it is the reader's own calendar alone."""
        return self.person == self.user

    @property
    def names(self):
        """{id: name} of those whose calendars lie over each other."""
        return {} if self.person else {one.pk: one.name for one in self.people}

    @property
    def conditions(self):
        """What of the address says so."""
        found = {}
        if self.department:
            found["department"] = self.department.pk
        if self.person and not self.is_own:
            found["person"] = self.person.pk
        return found
