"""Whose turn it is: who can decide a step just now.

Asked anew each time, so that a new head of department decides at once and somebody
who has left no longer stands in the way.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.utils import timezone

from crm.approval.rules import AskedPerson
from crm.models import Department, Deputy, Role, User
from crm.queries.prepared import Prepared

Asks, Mode = AskedPerson.Asks, AskedPerson.Mode
#: {id of a step: [(who decided, on whose behalf)]}.
Made = Mapping[int, Sequence[tuple[int, int | None]]]
#: What is read of a person who may decide.
COLUMNS = [field.attname for field in User._meta.concrete_fields]
#: {person: whom they stand in for, or None}.
Deciders = dict[User, User | None]


class Approvers:
    """People, departments and absences of this moment; read once for all steps.

    Args:
        right: the permission to decide on what is asked about.
    """

    def __init__(self, right: str) -> None:
        self.right = right

    @cached_property
    def able(self) -> dict[int, Any]:
        """{id: person} of those who work here and may decide.

        Each with `role_ids`, `headed_ids` of departments, and `deputy_ids` while away.
        """
        found = {}
        for *columns, roles, headed, deputies in _able(
            self.right, timezone.localdate()
        ):
            person: Any = User.from_db("default", COLUMNS, columns)
            person.role_ids, person.headed_ids = roles, headed
            person.deputy_ids = deputies
            found[person.pk] = person
        return found

    @cached_property
    def heads(self) -> dict[int, int]:
        """{id of a department: id of its head}, of those who may decide."""
        people = self.able.items()
        return {headed: pk for pk, person in people for headed in person.headed_ids}

    @cached_property
    def holders(self) -> dict[int, list[int]]:
        """{id of a role: ids of those who hold it and may decide}."""
        found: dict[int, list[int]] = {}
        for pk, person in self.able.items():
            for role in person.role_ids:
                found.setdefault(role, []).append(pk)
        return found

    def may_come_to(self, step: Any) -> bool:
        """Say whether anybody whom a step names by role or person can decide."""
        if step.asks == Asks.ROLE:
            return bool(self.holders.get(step.role_id))
        return step.asks != Asks.PERSON or step.person_id in self.able

    def deciders_of(
        self,
        step: Any,
        department: Department | Any | None,
        barred: set[int | None],
        decided: Iterable[int] = (),
    ) -> Deciders:
        """Return {person: whom they stand in for, or None} of those who can decide.

        The first of the chain who is neither barred nor absent without a deputy; where
        any may decide, all of the chain but its last resort. As long as there is
        somebody else, it is nobody who decided an earlier step, and an absent person
        is only asked when nobody else is left.

        Args:
            step: a step of a round.
            department: of whose the record is, with its `path`; or None.
            barred: ids of those whose own doing is decided on: four eyes.
            decided: ids of those who decided earlier steps of the round.
        """
        chain = self._chain(step, department)
        for out in (barred | set(decided), barred):
            for group in chain:
                if found := self._present(group, out):
                    return found
        return {
            self.able[pk]: None
            for group in chain
            for pk in group
            if self._can(pk, barred)
        }

    def missing_of(
        self,
        step: Any,
        department: Department | Any | None,
        barred: set[int | None],
        agreed: Collection[int],
    ) -> Deciders:
        """Return {person: on whose behalf} of who has still to decide where all must.

        Those are all of the first of the chain whose own doing it is not; once
        somebody has agreed, those of the role who have not. Whoever is away can be
        stood in for by somebody who is not asked themselves and has not decided;
        nobody is passed over. PostgreSQL says the same (`UNDONE`, `FOUR_EYES`).

        Args:
            step, department, barred: as `deciders_of` takes them.
            agreed: ids of those who have decided, or had somebody decide for them.
        """
        if agreed:
            chain = [self.holders.get(step.role_id, [])]
        else:
            chain = self._chain(step, department)
        groups = ([pk for pk in one if self._can(pk, barred)] for one in chain)
        asked = next(filter(None, groups), [])
        missing = [self.able[pk] for pk in dict.fromkeys(asked) if pk not in agreed]
        found: Deciders = dict.fromkeys(missing)
        for person in missing:
            for deputy in person.deputy_ids:
                if self._can(deputy, {*barred, *agreed, *asked}):
                    found.setdefault(self.able[deputy], person)
        return found

    def confirming(self, heard: Collection[int], barred: set[int | None]) -> Deciders:
        """Return {person: None} of those who were heard and can let it take effect."""
        return {self.able[pk]: None for pk in heard if self._can(pk, barred)}

    def _chain(self, step: Any, department: Any | None) -> list[list[int]]:
        """Return groups of ids in the order in which they are asked."""
        heads = self._heads(department, above=step.asks == Asks.HEAD_ABOVE)
        if step.asks == Asks.ROLE:
            heads.insert(0, self.holders.get(step.role_id, []))
        elif step.asks == Asks.PERSON:
            heads.insert(0, [step.person_id])
        if step.mode == Mode.ANY:
            heads = [[pk for group in heads for pk in group]]
        return [*heads, [step.last_resort_id]] if step.last_resort_id else heads

    def _heads(self, department: Any | None, *, above: bool) -> list[list[int]]:
        """Return the heads from a department (or the one above it) up the tree."""
        path = department.path.strip("/").split("/")[::-1] if department else []
        heads = [self.heads.get(int(pk)) for pk in path[above:]]
        return [[head] for head in heads if head is not None]

    def _present(self, group: Sequence[int], out: Collection[int | None]) -> Deciders:
        """Return {person: None} of who is there, {deputy: person} for the absent."""
        found: Deciders = {}
        for pk in group:
            if not self._can(pk, out):
                continue
            asked = self.able[pk].deputy_ids
            if not asked:
                found[self.able[pk]] = None
                continue
            deputies = [one for one in asked if self._can(one, out)]
            if deputies:
                found[self.able[pk]] = None
            for deputy in deputies:
                found.setdefault(self.able[deputy], self.able[pk])
        return found

    def _can(self, pk: int, out: Collection[int | None]) -> bool:
        return pk in self.able and pk not in out


def next_of(
    steps: Sequence[Any],
    made: Made,
    department: Department | Any | None,
    barred: set[int | None],
    approvers: Approvers,
) -> tuple[Any | None, Deciders]:
    """Return the first step that is not agreed to and {person: on whose behalf} who
    can decide it; None where all are.

    Args:
        steps: its steps in order.
        made: the verdicts on them.
        department, barred: as `Approvers.deciders_of` takes them.
        approvers: the Approvers of this moment.
    """
    decided: list[int] = []
    for step in steps:
        verdicts = made.get(step.pk, ())
        if step.mode == Mode.ALL:
            agreed = heard_in(verdicts)
            missing = approvers.missing_of(step, department, barred, agreed)
            if missing or not agreed:
                return step, missing
        elif not verdicts:
            return step, approvers.deciders_of(step, department, barred, decided)
        decided += [by for by, _behalf in verdicts]
    return None, {}


def waiting_for(
    steps: Sequence[Any],
    made: Made,
    department: Department | Any | None,
    barred: set[int | None],
    approvers: Approvers,
) -> tuple[Any | None, Deciders]:
    """Return the same of a round that is open: somebody has to have the last word.

    Where all had to agree, and whoever was missing has gone meanwhile, that is the
    next of the chain who has not decided on the step, nor had it decided for them; if
    there is none, whoever was heard can still let it take effect.
    """
    step, deciders = next_of(steps, made, department, barred, approvers)
    if step is not None or not steps:
        return step, deciders
    last = steps[-1]
    heard = heard_in(made[last.pk])
    others = approvers.deciders_of(last, department, barred | heard)
    return last, others or approvers.confirming(sorted(heard), barred)


def heard_in(verdicts: Sequence[tuple[int, int | None]]) -> set[int]:
    """Return the ids of who gave some verdicts and of whom they stood in for."""
    return {pk for verdict in verdicts for pk in verdict if pk is not None}


def seen_as(step: Any, made: Made, person: int) -> str:
    """Return how a form names the step that it shows a person.

    That is the step, and how often they have decided on it: what they send once more
    is about something else then, what others decide meanwhile makes no difference.
    """
    own = sum(by == person for by, _behalf in made.get(step.pk, ()))
    return f"{step.pk}.{own}"


def of_person(day: date) -> dict[str, ArraySubquery]:
    """Return what decides whose turn it is, by name: columns of a query of people.

    Their roles, the departments they head, and who stands in for them on a day.
    """
    person = OuterRef("pk")
    roles = Role.objects.filter(users=person).order_by()
    headed = Department.objects.filter(head=person).order_by()
    absences = Deputy.objects.on(day).filter(person=person).order_by()
    return {
        "roles": ArraySubquery(roles.values("pk")),
        "headed": ArraySubquery(headed.values("pk")),
        "deputies": ArraySubquery(absences.values("deputy")),
    }


def _of_able(right: str, day: date) -> QuerySet:
    """Return rows of `COLUMNS` and the ids that `Approvers.able` has besides."""
    people = User.objects.active(day).filter(roles__grants__has_key=right)
    people = people.order_by("pk").distinct()
    return people.values_list(*COLUMNS, *of_person(day).values())


_able = Prepared(_of_able, "nowhere.decide_nothing", date.max)
