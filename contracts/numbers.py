"""Numbers of the menu: what waits for one's decision, and what was rejected."""

import json
from collections import defaultdict
from datetime import date
from itertools import groupby
from types import SimpleNamespace

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone

from contracts.approvers import APPROVE, Approvers, waiting_for
from contracts.guards import TABLES
from contracts.models import Amendment, Contract, Round, RoundStep
from crm.guards.watermarks import PEOPLE, Kept, watermarks_of
from crm.models import Department, Deputy, Role, User
from crm.navigation import numbers_of
from crm.navigation.numbers import MenuNumber
from crm.queries.prepared import Prepared
from crm.rights.permissions import NOBODY

CONTRACT, CHANGE = "round__contract__", "round__amendment__"
#: Whose changes make it another's turn.
TOPICS = (PEOPLE, TABLES.topic)
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
    """How many contracts the person's desk has; `turns_of` says which.

    Whose turn it is follows from hundreds of rounds and from everybody who may
    approve: that is reckoned for all of them together, and kept in the process until
    anything of it changes. Every decision asks anew (`contracts.approval`).
    """

    def __init__(self):
        super().__init__(None)

    def expression(self, user):
        """Return what tells whether the answer kept still holds."""
        return watermarks_of(*TOPICS)

    def read(self, value, user):
        """Keep the rounds whose turn it is the person's, and count them."""
        found = _turns.at(value, user).get(user.pk, {})
        user.rights.answers[KEPT] = found
        return len(found)


def turns_of(user):
    """Return the ids of the open rounds that wait for a person, the oldest first.

    They are read together with all else that the menu counts, once in a request.
    """
    return list(contracts_of_turns(user))


def contracts_of_turns(user):
    """Return {id of a round: id of its contract} of the same rounds."""
    numbers_of(user)
    return user.rights.answers[KEPT]


def _reckoned(user):
    """Return the watermarks, and {person: {round: contract}} of whose turn it is."""
    ((marks, steps, able),) = _everything(user.pk, timezone.localdate())
    approvers, found = Approvers(), defaultdict(dict)
    approvers.able = {row["pk"]: _person(row) for row in map(_read, able)}
    for pk, rows in groupby(map(_read, steps), key=lambda row: row["round"]):
        rows = list(rows)
        for person in _deciders(rows, approvers):
            found[person.pk][pk] = rows[0]["contract"]
    return marks, dict(found)


def _of_everything(user, day):
    """Return one row: watermarks, steps, and who can decide, as one query finds them.

    Read by way of `user`: people are never read from a replica, nor is the rest then.
    """
    own = User.objects.filter(pk=user).order_by()
    rows = ArraySubquery(_steps()), ArraySubquery(_able(day))
    return own.values_list(watermarks_of(*TOPICS), *rows)


def _steps():
    """Return the steps of what is decided upon, in order."""
    steps = RoundStep.objects.filter(
        round__state=Round.State.OPEN,
        round__contract__in=Contract.objects.pending().order_by(),
    )
    columns = {name: F(path) for name, path in OF_STEP.items()}
    return steps.order_by("round__submitted_at", "round", "position").values(
        row=JSONObject(**columns)
    )


def _able(day):
    """Return what `Approvers.able` needs of those who may approve on a day."""
    person = OuterRef("pk")
    absences = Deputy.objects.on(day).filter(person=person).order_by()
    roles = Role.objects.filter(users=person).order_by()
    headed = Department.objects.filter(head=person).order_by()
    holders = Role.objects.filter(grants__has_key=APPROVE).order_by().values("users")
    return (
        User.objects.active(day)
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


_everything = Prepared(_of_everything, NOBODY, date.max)
_turns = Kept(_reckoned)


def _read(row):
    """Return a row of JSON as a dictionary, however the driver gives it."""
    return json.loads(row) if isinstance(row, str) else row


def _person(row):
    person = User(pk=row["pk"])
    person.role_ids, person.headed_ids = row["roles"], row["headed"]
    person.deputy_ids = row["deputies"]
    return person


def _deciders(rows, approvers):
    """Return {person: on whose behalf} of those whom a round waits for.

    `rows` are its steps. What `waiting_for` asks of contract, round and steps is all
    they have here: making models of hundreds of them would take longer than reading
    them.
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
    return deciders


def _rejected(user):
    return [
        Contract.objects.visibility(user).own().filter(status=Contract.Status.REJECTED)
    ]


def _rejected_changes(user):
    rows = Contract.objects.visibility(user).own()
    return [rows.filter(amendment_state=Amendment.State.REJECTED)]


turns = Turns()
rejected, rejected_changes = MenuNumber(_rejected), MenuNumber(_rejected_changes)
