"""All kinds whose records are approved: each says so on its model, by `flow`."""

import json
from functools import cache
from typing import Any

from django.db.models import Expression, Func, JSONField, OuterRef, Subquery
from django.db.models.functions import Greatest
from django.utils.module_loading import import_string

from crm.approval.flow import Flow
from crm.kinds import kinds
from crm.models import User
from crm.navigation.menu import numbers_of
from crm.navigation.numbers import MenuNumber


@cache
def flows() -> list[Flow]:
    """Return the Flow of every kind that has one."""
    return [import_string(kind.flow) for kind in kinds() if getattr(kind, "flow", "")]


def flow_of(kind: type) -> Flow | None:
    """Return the Flow of a kind, None where its records need no approval."""
    return next((flow for flow in flows() if flow.model is kind), None)


def decided_by(user: User) -> list[Flow]:
    """Return the Flow of every kind on whose records a person may decide."""
    return [flow for flow in flows() if user.rights.reach(flow.right) is not None]


def turns_of(user: User, flow: Flow) -> dict[int, int]:
    """Return {id of a round: id of its record} that wait for a person, oldest first.

    They are read together with all else that the menu counts, once in a request.
    """
    numbers_of(user)
    return flow.turns.for_person(user)


class Waiting(MenuNumber):
    """How many rounds wait for a person, whatever they are about."""

    def __init__(self) -> None:
        super().__init__(None)

    def expression(self, user: User) -> Expression:
        """Return the watermarks of all kinds, each in a list of its own."""
        marks = (flow.turns.expression(user) for flow in flows())
        return Func(*marks, function="jsonb_build_array", output_field=JSONField())

    def read(self, value: Any, user: User) -> int:
        """Let each kind keep what waits for the person; return how many that are."""
        return sum(flow.turns.read(marks, user) for flow, marks in self.marks(value))

    def marks(self, value: Any) -> list[tuple[Flow, Any]]:
        """Return (flow, its watermarks) of every kind."""
        lists = json.loads(value) if isinstance(value, str) else value
        return list(zip(flows(), lists, strict=True))


waiting = Waiting()


def turns_of_everybody(user: User) -> list[tuple[Flow, dict[int, dict[int, int]]]]:
    """Return (flow, {id of a person: {id of a round: id of its record}}) of every kind.

    One query asks whether what is kept of them all still holds.

    Args:
        user: any person, by way of whom it is read.
    """
    own = User.objects.filter(pk=user.pk).order_by()
    value = own.values_list(waiting.expression(user), flat=True).get()
    found = waiting.marks(value)
    return [(flow, flow.turns.of_everybody(marks, user)) for flow, marks in found]


def waits_since(flow: Flow) -> Subquery:
    """Return since when the open round of a record of a kind has stood still.

    It began to wait when it was submitted, or when somebody last decided on it.
    """
    verdicts = flow.decisions._default_manager.filter(step__round=OuterRef("pk"))
    last = Subquery(verdicts.order_by("-at").values("at")[:1])
    rounds = flow.open_rounds().filter(**{flow.record: OuterRef("pk")}).order_by()
    rounds = rounds.annotate(since=Greatest("submitted_at", last))
    return Subquery(rounds.values("since")[:1])
