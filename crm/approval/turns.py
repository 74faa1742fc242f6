"""How many records wait for one's decision: kept in the process until it changes.

Whose turn it is follows from hundreds of rounds and from everybody who may decide:
that is reckoned for all of them together, and kept until anything of it changes
(`crm.guards.watermarks`). Every verdict asks anew (`crm.approval.flow`).
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Expression, F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from crm.approval.approvers import Approvers, of_person, waiting_for
from crm.guards.watermarks import PEOPLE
from crm.models import Role, User
from crm.navigation.numbers import MenuNumber
from crm.queries.prepared import Prepared
from crm.queries.watermarks import KeptAnswer, watermarks_of
from crm.rights.permissions import NOBODY

#: What is read of every step, by what it is called here.
OF_STEP = {
    "pk": "pk",
    "asks": "asks",
    "mode": "mode",
    "role_id": "role",
    "person_id": "person",
    "last_resort_id": "last_resort",
    "round": "round",
}


class Turns(MenuNumber):
    """How many rounds of one kind wait for the person; `of` says which.

    Args:
        topic: of the watermarks of the kind's rounds.
        right: to decide.
        steps: a function that returns the steps of what is decided upon.
        decisions: the kind's model of verdicts.
        columns: {name: path} of what is read of a step beside `OF_STEP`; with
            `record`, and `path`: that of the department of whose the record is.
        barred: a function from such a row to the ids of those whose own doing it is.
    """

    def __init__(
        self,
        *,
        topic: str,
        right: str,
        steps: Callable[[], QuerySet],
        decisions: type[Any],
        columns: Mapping[str, str],
        barred: Callable[[Mapping[str, Any]], set[int | None]],
    ) -> None:
        super().__init__(None)
        self.right, self.barred = right, barred
        self.steps, self.columns = steps, {**OF_STEP, **columns}
        self.decisions = decisions
        self.topics = (PEOPLE, topic)  # whose changes make it another's turn
        self._kept = f"turns: {topic}"  # where those of a person are, in a request
        self._everything = Prepared(self.of_everything, NOBODY, date.max)
        self._turns = KeptAnswer(self._reckoned)

    def expression(self, user: User) -> Expression:
        """Return what tells whether the answer kept still holds."""
        return watermarks_of(*self.topics)

    def read(self, value: Any, user: User) -> int:
        """Keep the rounds whose turn it is the person's, and count them."""
        found = self.of_everybody(value, user).get(user.pk, {})
        user.rights.answers[self._kept] = found
        return len(found)

    def for_person(self, user: User) -> dict[int, int]:
        """Return {id of a round: id of its record} that wait, the oldest first.

        Read before: together with all else that the menu counts.
        """
        return user.rights.answers[self._kept]

    def of_everybody(self, marks: Any, user: User) -> dict[int, dict[int, int]]:
        """Return {id of a person: what is theirs} of everybody, without a request.

        Args:
            marks: the watermarks that were found (`expression`).
            user: any person, by way of whom it is read.
        """
        return self._turns.at(marks, user)

    def of_everything(self, user: int, day: date) -> QuerySet:
        """Return one row: watermarks, steps, and who can decide, as one query has it.

        Read by way of `user`: people are never read from a replica, nor is the rest
        then.
        """
        own = User.objects.filter(pk=user).order_by()
        rows = ArraySubquery(self._steps()), ArraySubquery(_able(self.right, day))
        return own.values_list(watermarks_of(*self.topics), *rows)

    def _reckoned(self, user: User) -> tuple[Any, dict[int, dict[int, int]]]:
        """Return the watermarks, and {person: {round: record}} of whose turn it is."""
        ((marks, steps, able),) = self._everything(user.pk, timezone.localdate())
        approvers = Approvers(self.right)
        found: dict[int, dict[int, int]] = defaultdict(dict)
        approvers.able = {row["pk"]: _person(row) for row in map(_read, able)}
        for pk, rows in groupby(map(_read, steps), key=lambda row: row["round"]):
            steps_of_round = list(rows)
            for person in self._deciders(steps_of_round, approvers):
                found[person.pk][pk] = steps_of_round[0]["record"]
        return marks, dict(found)

    def _steps(self) -> QuerySet:
        """Return the steps of what is decided upon, in order."""
        columns: dict[str, Any] = {name: F(path) for name, path in self.columns.items()}
        made = self.decisions.objects.filter(step=OuterRef("pk")).order_by()
        verdict = JSONObject(by=F("by"), behalf=F("on_behalf_of"))
        columns["made"] = ArraySubquery(made.values(row=verdict))
        steps = self.steps().order_by("round__submitted_at", "round", "position")
        return steps.values(row=JSONObject(**columns))

    def _deciders(
        self, rows: list[dict[str, Any]], approvers: Approvers
    ) -> Iterable[User]:
        """Return those whom a round waits for; `rows` are its steps.

        Making models of hundreds of them would take longer than reading them.
        """
        path = rows[0]["path"]
        steps = [SimpleNamespace(**row) for row in rows]
        _step, deciders = waiting_for(
            steps,
            {
                step.pk: [(one["by"], one["behalf"]) for one in map(_read, step.made)]
                for step in steps
            },
            SimpleNamespace(path=path) if path else None,
            self.barred(rows[0]),
            approvers,
        )
        return deciders


def _able(right: str, day: date) -> QuerySet:
    """Return what `Approvers.able` needs of those who may decide on a day."""
    roles = Role.objects.filter(grants__has_key=right).order_by()
    people = User.objects.active(day).filter(pk__in=roles.values("users"))
    columns = {"pk": F("pk"), **of_person(day)}
    return people.order_by("pk").values(row=JSONObject(**columns))


def _read(row: Any) -> dict[str, Any]:
    """Return a row of JSON as a dictionary, however the driver gives it."""
    return json.loads(row) if isinstance(row, str) else row


def _person(row: Mapping[str, Any]) -> Any:
    person: Any = User(pk=row["pk"])
    person.role_ids, person.headed_ids = row["roles"], row["headed"]
    person.deputy_ids = row["deputies"]
    return person
