"""Numbers of the menu: what waits for one's decision, and what was rejected."""

import json
from itertools import groupby

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone

from contracts.approvers import APPROVE, Approvers, waiting_for
from contracts.models import Amendment, Contract, Round, RoundStep
from crm.menu_numbers import MenuNumber
from crm.models import Department, Deputy, Role, User

CONTRACT, CHANGE = "round__contract__", "round__amendment__"
#: What is read of a step, by what it is called here.
OF_STEP = {
    "step": "pk",
    "asks": "asks",
    "role": "role",
    "person": "person",
    "last_resort": "last_resort",
    "decided_by": "decision__by",
    "round": "round",
    "submitted_by": "round__submitted_by",
    "change": "round__amendment",
    "change_owner": f"{CHANGE}owner",
    "change_entered_by": f"{CHANGE}entered_by",
    "change_edited_by": f"{CHANGE}edited_by",
    "owner": f"{CONTRACT}owner",
    "entered_by": f"{CONTRACT}entered_by",
    "edited_by": f"{CONTRACT}edited_by",
    "path": f"{CONTRACT}owner__department__path",
}


class Turns(MenuNumber):
    """How many contracts the person's desk has: the same as `turns_of` finds."""

    def __init__(self):
        super().__init__(None)

    def expression(self, user):
        """Return both what waits and who can decide, each as a list."""
        return JSONObject(
            steps=ArraySubquery(_steps(user)), able=ArraySubquery(_able())
        )

    def read(self, value, user):
        """Count the rounds whose turn it is the person's."""
        value, approvers = json.loads(value), Approvers()
        approvers.able = {row["pk"]: _person(row) for row in value["able"]}
        rounds = groupby(value["steps"], key=lambda row: row["round"])
        return sum(_is_turn(user, list(rows), approvers) for _round, rows in rounds)


def _steps(user):
    """Return the steps of the rounds that `turns_of` looks at."""
    rows = Contract.objects.visible_to(user, "approve").pending().order_by()
    steps = RoundStep.objects.filter(
        round__state=Round.State.OPEN, round__contract__in=rows.values("pk")
    )
    columns = {name: F(path) for name, path in OF_STEP.items()}
    return steps.order_by("round", "position").values(row=JSONObject(**columns))


def _able():
    """Return what `Approvers.able` needs of those who may approve."""
    person = OuterRef("pk")
    absences = Deputy.objects.on(timezone.localdate()).filter(person=person).order_by()
    roles = Role.objects.filter(users=person).order_by()
    headed = Department.objects.filter(head=person).order_by()
    holders = Role.objects.filter(grants__has_key=APPROVE).order_by().values("users")
    return (
        User.objects.active()
        .filter(pk__in=holders)
        .order_by("pk")
        .values(
            row=JSONObject(
                pk=F("pk"),
                roles=ArraySubquery(roles.values("pk")),
                headed=ArraySubquery(headed.values("pk")),
                deputies=ArraySubquery(absences.values("deputy")),
            )
        )
    )


def _person(row):
    person = User(pk=row["pk"])
    person.role_ids, person.headed_ids = row["roles"], row["headed"]
    person.deputy_ids = row["deputies"]
    return person


def _is_turn(user, rows, approvers):
    """Say whether a round waits for the person; `rows` are its steps."""
    first = rows[0]
    department = Department(path=first["path"]) if first["path"] else None
    contract = Contract(
        owner=User(pk=first["owner"], department=department),
        entered_by_id=first["entered_by"],
        edited_by_id=first["edited_by"],
    )
    change = Amendment(
        owner_id=first["change_owner"],
        entered_by_id=first["change_entered_by"],
        edited_by_id=first["change_edited_by"],
    )
    round_ = Round(
        submitted_by_id=first["submitted_by"],
        amendment=change if first["change"] else None,
    )
    steps = [
        RoundStep(
            pk=row["step"],
            asks=row["asks"],
            role_id=row["role"],
            person_id=row["person"],
            last_resort_id=row["last_resort"],
        )
        for row in rows
    ]
    made = {row["step"]: row["decided_by"] for row in rows if row["decided_by"]}
    _step, deciders = waiting_for(contract, round_, steps, made, approvers)
    return user in deciders


def _rejected(user):
    rows = Contract.objects.visible_to(user).filter(owner=user)
    return [rows.filter(status=Contract.Status.REJECTED)]


def _rejected_changes(user):
    rows = Contract.objects.visible_to(user).filter(owner=user)
    return [rows.filter(amendment_state=Amendment.State.REJECTED)]


turns = Turns()
rejected, rejected_changes = MenuNumber(_rejected), MenuNumber(_rejected_changes)
