"""Who may do what to which rows: the one question that views, menus, buttons,
verbs and exports ask.

A right is a permission plus a reach. `Rights` answers both for one person and
lives as long as the person's object does, that is one request: a role taken
away is gone on the very next request.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from django.apps import apps
from django.db.models import DateField, Func, Model, OuterRef, Q, QuerySet

from crm.queries.ids import any_of, none_of
from crm.queries.prepared import Prepared
from crm.rights.roles import ACTION_LABELS, WIDTH, Reach

#: The circles of people that a reach covers.
CIRCLES = ("subordinates", "colleagues", "department_tree")
#: Customers that a query names one by one; of more teams it asks the table.
MOST_TEAMS = 5000
#: The day in Shanghai, as PostgreSQL has it: a query that is prepared outlives a day.
TODAY = Func(
    template="(now() AT TIME ZONE 'Asia/Shanghai')::date", output_field=DateField()
)
#: Stands for "none" in a query that compares the department's id.
NO_DEPARTMENT = 0
#: No person, department or customer has this id, nor the next ones.
NOBODY = 2**62


class Person(Protocol):
    """What rights ask of a person; `crm.models.User` is one."""

    pk: Any
    department_id: int | None

    @property
    def rights(self) -> "Rights":
        """What they may do."""

    @property
    def works_here(self) -> bool:
        """Whether they may sign in today."""


class Rights:
    """What one person may do, and over whose rows."""

    def __init__(self, user: Person, grants: Iterable[Mapping[str, str]]) -> None:
        """Take the person and the grants ({permission: reach}) of each role."""
        self.user = user
        self.answers: dict = {}  # to what is asked once in a request
        self.reaches: dict[str, str] = {}
        for granted in grants:
            for permission, reach in granted.items():
                held = self.reaches.get(permission)
                if held is None or WIDTH[reach] > WIDTH[held]:
                    self.reaches[permission] = reach

    @property
    def key(self) -> tuple:
        """What tells the rights that were asked for from others and from later ones."""
        found = (self.__dict__.get(name, ()) for name in CIRCLES)
        return self.user.pk, frozenset(self.reaches.items()), *map(frozenset, found)

    @cached_property
    def shape(self) -> "Shape":
        """The Shape of a query for this person."""
        many = len(self.teams) > MOST_TEAMS
        writes = frozenset(writes for _customer, writes in self.teams)
        reaches = self.reaches if self.user.works_here else {}
        return Shape(frozenset(reaches.items()), None if many else writes)

    def reach(self, permission: str) -> str | None:
        """Return the widest reach held for a permission, or None."""
        return self.reaches.get(permission) if self.user.works_here else None

    def registers(self, model: type[Model]) -> str | None:
        """Return how far the right to register others' reports goes, or None.

        Whoever holds it with the reach own registers nobody's reports: what they
        enter themselves is in the books at once (`Record.sign`).
        """
        reach = self.reach(permission("register", model))
        return None if reach == Reach.OWN else reach

    def people(self, reach: str | None) -> set[int] | None:
        """Return the ids of the people whose rows a reach covers; None means all."""
        if reach == Reach.ALL:
            return None
        if reach == Reach.OWN:
            return {self.user.pk}
        if reach == Reach.SUBORDINATES:
            return self.subordinates
        if reach == Reach.DEPARTMENT:
            return self.colleagues
        return self.department_tree

    def owned_by(self, reach: str | None, path: str) -> Q:
        """Return the condition "the person at `path` is within the reach"."""
        people = self.people(reach)
        return Q() if people is None else any_of(path, sorted(people))

    def owned_outside(self, reach: str | None, path: str) -> Q:
        """Return the condition "the person at `path` is not within the reach"."""
        people = self.people(reach)
        return Q(pk__in=()) if people is None else none_of(path, sorted(people))

    def in_teams(
        self, path: str, *, writing: bool = False, named: bool = False
    ) -> Q | None:
        """Return the condition "the customer at `path` has the person in its team".

        Args:
            path: the column of the customer.
            writing: ask for members who may write.
            named: name the customers one by one, if they are not too many; None
                if there are none.
        """
        if not named or len(self.teams) > MOST_TEAMS:
            rows = memberships_of(self.user).filter(may_write__in=(True, writing))
            return Q(**{f"{path}__in": rows.values("customer")})
        ids = [customer for customer, writes in self.teams if writes or not writing]
        return any_of(path, ids) if ids else None

    def is_in_team(self, customer: int, *, writing: bool = False) -> bool:
        """Say whether the person is in the team of a customer.

        Args:
            customer: its id.
            writing: ask for members who may write.
        """
        if len(self.teams) > MOST_TEAMS:
            rows = memberships_of(self.user).filter(customer=customer)
            return rows.filter(may_write__in=(True, writing)).exists()
        return (customer, True) in self.teams or (
            not writing and (customer, False) in self.teams
        )

    @cached_property
    def teams(self) -> list[tuple[int, bool]]:
        """[(customer id, may write)] of the teams the person is in, if not too many."""
        customers = getattr(self.user, "team_customers", None)
        if customers is not None:
            writes = getattr(self.user, "team_writes", ())
            return list(zip(customers, writes, strict=True))
        rows = memberships_of(self.user).values_list("customer", "may_write")
        return list(rows[: MOST_TEAMS + 1])

    @cached_property
    def subordinates(self) -> set[int]:
        """Ids of the person and of everybody below on the lines of report."""
        found: set[int] = {self.user.pk}
        below: dict[int | None, set[int]] = {}
        for pk, superior in _superiors():
            below.setdefault(superior, set()).add(pk)
        level = found
        while level := set().union(*(below.get(pk, ()) for pk in level)) - found:
            found = found | level
        return found

    @cached_property
    def colleagues(self) -> set[int]:
        """Ids of the person and of the people of the same department."""
        rows = _colleagues(self.user.pk, self.user.department_id or NO_DEPARTMENT)
        return {pk for (pk,) in rows}

    @cached_property
    def department_tree(self) -> set[int]:
        """Ids of the people at or below the departments one is in or heads."""
        rows = _tree(self.user.pk, self.user.department_id or NO_DEPARTMENT)
        return {pk for (pk,) in rows}

    @property
    def departments(self) -> QuerySet:
        """The departments at or below one's own and those one heads."""
        departments = apps.get_model("crm.Department").objects
        return departments.at_or_below(self.user.pk, self.user.department_id)


@dataclass(frozen=True)
class Shape:
    """What the SQL of a query for a person depends on: the rights, not who it is.

    Attributes:
        reaches: {(permission, reach)}.
        teams: {may write} of the teams the person is in; None if they are too many
            to be named.
    """

    reaches: frozenset
    teams: frozenset | None

    def stand_in(self) -> Any:
        """Return a person of this shape who is unlike all others."""
        person = apps.get_model("crm.User")(pk=NOBODY, department_id=NOBODY + 1)
        person.rights = rights = Rights(person, [dict(self.reaches)])
        for place, name in enumerate(CIRCLES):
            setattr(rights, name, {NOBODY + 2 + place})
        teams: list = [(NOBODY + 5 + writes, writes) for writes in self.teams or ()]
        if self.teams is None:
            teams = [()] * (MOST_TEAMS + 1)
        rights.teams = teams
        return person

    @staticmethod
    def values(user: Person) -> tuple[Callable[[], Any], ...]:
        """Return what queries ask of a person, as functions: few ask for all of it."""
        rights = user.rights
        return (
            lambda: user.pk,
            lambda: user.department_id or NO_DEPARTMENT,
            lambda: [user.pk],
            *(lambda name=name: sorted(getattr(rights, name)) for name in CIRCLES),
            lambda: [team[0] for team in rights.teams if team],
            lambda: [team[0] for team in rights.teams if team and team[1]],
        )


def _people() -> QuerySet:
    return apps.get_model("crm.User").objects.order_by()


def _of_superiors() -> QuerySet:
    return _people().values_list("pk", "superior_id")


def _of_department(person: int, department: int) -> QuerySet:
    return _people().filter(Q(pk=person) | Q(department=department)).values_list("pk")


def _of_tree(person: int, department: int) -> QuerySet:
    departments = apps.get_model("crm.Department").objects
    within = Q(department__in=departments.at_or_below(person, department))
    return _people().filter(Q(pk=person) | within).values_list("pk")


_superiors = Prepared(_of_superiors)
_colleagues = Prepared(_of_department, 2**62, 2**62 + 1)
_tree = Prepared(_of_tree, 2**62, 2**62 + 1)


def memberships_of(user: Person | OuterRef) -> QuerySet:
    """Return the places of a person in teams of customers."""
    rows = memberships().filter(Q(until=None) | Q(until__gte=TODAY), user=user)
    return rows.order_by("customer_id")


def memberships() -> Any:
    """Return the manager of the places in teams of customers."""
    return apps.get_model("customers.Membership").objects


def permission(action: str, model: type[Model]) -> str:
    """Return the permission name `app.action_model` of a model class.

    A kind that is a part of another has no rights of its own: it names that one by
    `rights_of`, as a change does its contract.
    """
    model = getattr(model, "rights_of", model)
    return f"{model._meta.app_label}.{action}_{model._meta.model_name}"


def words(name: str) -> str:
    """Return a permission name as a reader sees it: the kind and what is done."""
    app, codename = name.split(".")
    action, model = codename.split("_", 1)
    kind = apps.get_model(app, model)._meta.verbose_name
    return f"{kind} · {ACTION_LABELS[action]}"
