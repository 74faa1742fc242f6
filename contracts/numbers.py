"""Numbers of the menu: what waits for one's decision, and what was rejected."""

import json
from itertools import groupby
from types import SimpleNamespace

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone

from contracts.approvers import APPROVE, Approvers, waiting_for
from contracts.models import Amendment, Contract, Round, RoundStep
from crm.menu_numbers import MenuNumber
from crm.models import Department, Deputy, Role, User
from crm.navigation import numbers_of

CONTRACT, CHANGE = "round__contract__", "round__amendment__"
#: Where the turns of a person are kept during a request.
KEPT = "turns"
#: What is read of a step, by what it is called here.
OF_STEP = {
    "pk": "pk",
    "asks": "asks",
    "role_id": "role",
    "person_id": "person",
    "last_resort_id": "last_resort",
    "decided_by": "decision__by",
    "round": "round",
    "contract": "round__contract",
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
    """How many contracts the person's desk has; `turns_of` says which."""

    def __init__(self):
        super().__init__(None)

    def expression(self, user):
        """Return both what waits and who can decide, each as a list."""
        return JSONObject(
            steps=ArraySubquery(_steps(user)), able=ArraySubquery(_able())
        )

    def read(self, value, user):
        """Keep the rounds whose turn it is the person's, and count them."""
        value, approvers = json.loads(value), Approvers()
        approvers.able = {row["pk"]: _person(row) for row in value["able"]}
        groups = groupby(value["steps"], key=lambda row: row["round"])
        rounds = [(pk, list(rows)) for pk, rows in groups]
        found = {
            pk: rows[0]["contract"]
            for pk, rows in rounds
            if _is_turn(user, rows, approvers)
        }
        user.rights.known[KEPT] = found
        return len(found)


def turns_of(user):
    """Return the ids of the open rounds that wait for a person, the oldest first.

    They are read together with all else that the menu counts, once in a request.
    """
    return list(contracts_of_turns(user))


def contracts_of_turns(user):
    """Return {id of a round: id of its contract} of the same rounds."""
    numbers_of(user)
    return user.rights.known[KEPT]


def _steps(user):
    """Return the steps of what the person may be asked to decide on, in order."""
    rows = Contract.objects.asked(user).order_by()
    ids = ArraySubquery(rows.values("pk"))
    steps = RoundStep.objects.filter(
        round__state=Round.State.OPEN, round__contract__any_of=ids
    )
    columns = {name: F(path) for name, path in OF_STEP.items()}
    return steps.order_by("round__submitted_at", "round", "position").values(
        row=JSONObject(**columns)
    )


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
    """Say whether a round waits for the person; `rows` are its steps.

    What `waiting_for` asks of contract, round and steps is all they have here: making
    models of hundreds of them would take longer than reading them.
    """
    first = rows[0]
    department = SimpleNamespace(path=first["path"]) if first["path"] else None
    contract = SimpleNamespace(
        owner=SimpleNamespace(department=department),
        owner_id=first["owner"],
        entered_by_id=first["entered_by"],
        edited_by_id=first["edited_by"],
    )
    change = SimpleNamespace(
        owner_id=first["change_owner"],
        entered_by_id=first["change_entered_by"],
        edited_by_id=first["change_edited_by"],
    )
    round_ = SimpleNamespace(
        submitted_by_id=first["submitted_by"],
        amendment=change if first["change"] else None,
    )
    steps = [SimpleNamespace(**row) for row in rows]
    made = {step.pk: step.decided_by for step in steps if step.decided_by}
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
