"""Whose turn it is: who can decide a step just now.

Asked anew each time, so that a new head of department decides at once and somebody
who has left no longer stands in the way.
"""

from datetime import date
from functools import cached_property

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch
from django.utils import timezone

from contracts.models import ApprovalStep, Round, RoundStep
from crm.models import Department, Deputy, Role, User
from crm.queries.prepared import Prepared

APPROVE = "contracts.approve_contract"

#: What is read of a person who may approve.
COLUMNS = [field.attname for field in User._meta.concrete_fields]


class Approvers:
    """People, departments and absences of this moment; read once for all steps."""

    @cached_property
    def able(self):
        """{id: person} of those who work here and may approve.

        Each with `role_ids`, `headed_ids` of departments, and `deputy_ids` while away.
        """
        found = {}
        for *columns, roles, headed, deputies in _able(timezone.localdate()):
            person = User.from_db("default", COLUMNS, columns)
            person.role_ids, person.headed_ids = roles, headed
            person.deputy_ids = deputies
            found[person.pk] = person
        return found

    @cached_property
    def heads(self):
        """{id of a department: id of its head}, of those who may approve."""
        people = self.able.items()
        return {headed: pk for pk, person in people for headed in person.headed_ids}

    @cached_property
    def holders(self):
        """{id of a role: ids of those who hold it and may approve}."""
        found = {}
        for pk, person in self.able.items():
            for role in person.role_ids:
                found.setdefault(role, []).append(pk)
        return found

    def deciders_of(self, step, contract, round_, decided=()):
        """Return {person: whom they stand in for, or None} of those who can decide.

        The first of the chain who is neither barred nor absent without a deputy. As
        long as there is somebody else, it is nobody who decided an earlier step, and
        an absent person is only asked when nobody else is left.

        Args:
            step: a RoundStep.
            contract: with its owner.
            round_: the round of the step.
            decided: ids of those who decided earlier steps of the round.
        """
        barred = barred_from(contract, round_)
        chain = self._chain(step, contract.owner.department)
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

    def _chain(self, step, department):
        """Return groups of ids in the order in which they are asked."""
        asks = ApprovalStep.Asks
        heads = self._heads(department, above=step.asks == asks.HEAD_ABOVE)
        if step.asks == asks.ROLE:
            heads.insert(0, self.holders.get(step.role_id, []))
        elif step.asks == asks.PERSON:
            heads.insert(0, [step.person_id])
        return [*heads, [step.last_resort_id]] if step.last_resort_id else heads

    def _heads(self, department, *, above):
        """Return the heads from a department (or the one above it) up the tree."""
        path = department.path.strip("/").split("/")[::-1] if department else []
        heads = [self.heads.get(int(pk)) for pk in path[above:]]
        return [[head] for head in heads if head is not None]

    def _present(self, group, out):
        """Return {person: None} of who is there, {deputy: person} for the absent."""
        found = {}
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

    def _can(self, pk, out):
        return pk in self.able and pk not in out


def barred_from(contract, round_):
    """Return the ids of those whose own doing a round decides on: four eyes."""
    barred = {contract.owner_id, contract.entered_by_id, round_.submitted_by_id}
    change = round_.amendment
    if change is None:
        return barred | {contract.edited_by_id}
    return barred | {change.entered_by_id, change.edited_by_id, change.owner_id}


def waiting_for(contract, round_, steps, made, approvers):
    """Return the open step of a round and {person: on whose behalf} who can decide.

    Args:
        contract: with its owner and their department.
        round_: an open round.
        steps: its steps in order.
        made: {id of a step: id of who decided it}.
        approvers: the Approvers of this moment.
    """
    decided = [made[step.pk] for step in steps if step.pk in made]
    for step in steps:
        if step.pk not in made:
            return step, approvers.deciders_of(step, contract, round_, decided)
    return None, {}


def _of_able(day):
    """Return rows of `COLUMNS` and the ids that `Approvers.able` has besides."""
    absences = Deputy.objects.on(day).filter(person=OuterRef("pk")).order_by()
    roles = Role.objects.filter(users=OuterRef("pk")).order_by()
    headed = Department.objects.filter(head=OuterRef("pk")).order_by()
    people = User.objects.active(day).filter(roles__grants__has_key=APPROVE)
    return (
        people.order_by("pk")
        .distinct()
        .values_list(
            *COLUMNS,
            ArraySubquery(roles.values("pk")),
            ArraySubquery(headed.values("pk")),
            ArraySubquery(absences.values("deputy")),
        )
    )


_able = Prepared(_of_able, date.max)


def rounds_shown():
    """Return the prefetches of everything that the rounds of contracts show."""
    steps = RoundStep.objects.select_related(
        "role", "person", "decision__by", "decision__on_behalf_of"
    )
    rounds = Round.objects.select_related(
        "submitted_by", "registered_as", "amendment__customer"
    )
    return (
        Prefetch("rounds", rounds),
        Prefetch("rounds__steps", steps),
    )
