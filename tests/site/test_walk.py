"""Every door of the house, tried by everybody: who opens what, with whose rows.

The routes are read from the address table, the rights from `crm.shipped.roles`; what
the answer must be is worked out here, by other means than the pages use.
"""

import logging
from dataclasses import dataclass
from itertools import product

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone

from competitors.models import NewsSource
from contracts.models import ApprovalRule
from crm.backups.models import Backup
from crm.jobs.models import Holiday, Reminder, Schedule
from crm.models import (
    Department,
    Deputy,
    DictionaryItem,
    HistoryEntry,
    Record,
    Role,
    User,
)
from crm.rights.permissions import permission
from crm.shipped.roles import shipped_roles
from customers.models import Pool, RecycleRule
from sales.models import LeadRule
from system.calendar.models import CalendarEvent
from system.models import ImportRun
from tests.factories import a_source
from tests.pages import Ledger, books, record_models
from tests.site.routes import (
    BY_ACTION,
    BY_ANY,
    COMMON,
    MAY_BE_FORBIDDEN,
    MAY_BE_MISSING,
    PUBLIC,
    SEEN_BESIDES,
    Route,
    patterns,
    routes,
)
from tests.site.world import rows_of

PEOPLE = ("zhang", "chen", "lina", "zhao", "zhou", "nobody")
ROLES = {
    "zhang": "salesperson",
    "chen": "researcher",
    "lina": "information_administrator",
    "zhao": "supervisor",
    "zhou": "system_administrator",
}
#: Whose row the address names.
REACHES = ("own", "foreign", "reported", "foreign_reported", "missing")
NOBODYS = 999_999_999
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSED = {403, 404, 405}
#: What a person with the right may get for a form that says nothing.
SENT = {200, 204, 302, 307, 400, 409, 422}
ANSWERED = {"GET": {200}, "POST": SENT}
ABOUT = ("account_", "mfa_")
#: What is done to rows of one state, of which the world has another.
MAY_CONFLICT = {"target_request"}
#: What is done to rows in the books alone.
IN_BOOKS_ONLY = {"lead_assignment", "lead_conversion", "customer_release"}
#: What is done to what is in a pool alone; there is nothing in one.
IN_POOLS_ONLY = {"customer_assignment", "customer_claim"}
#: Pages about signing in send on whoever has done so.
ABOUT_SIGNING_IN = {200, 302, 400, 404, 405}


@dataclass(frozen=True)
class Cell:
    """One question: may this person do this to that row?"""

    route: Route
    method: str
    reach: str
    model: type | None

    def path(self, row):
        """Return the address; a part of a row is one that does not exist."""
        return self.route.path(
            label=self.model._meta.label_lower if self.model else "",
            pk=row.pk if row else NOBODYS,
            part=NOBODYS,
            file=NOBODYS,
            subject="market",
            listing="customer_list",
            uidb36="x",
            key="y",
            token="z",
        )


def cells():
    """Yield every question of the walk: what a door is there for, to whose rows."""
    return [
        cell for cell in all_cells(("GET", "POST")) if cell.method in cell.route.methods
    ]


def all_cells(methods):
    """Yield every door with some methods, whether it knows them or not."""
    for route in routes():
        models = record_models() if "label" in route.pieces else [route.model]
        reaches = REACHES if "pk" in route.pieces else ("own",)
        for model, reach, method in product(models, reaches, methods):
            yield Cell(route, method, reach, model)


# --- The rights, worked out by hand ---------------------------------------------------


def grants(person):
    """Return what a person of the cast holds as shipped."""
    return shipped_roles().get(ROLES.get(person.fixture), {"grants": {}})["grants"]


def reach_of(person, action, model):
    """Return the reach of a person's right, or None.

    Who registers only what is theirs has no door to it: it is so as they save.
    """
    reach = grants(person).get(permission(action, model))
    return None if (action, reach) == ("register", "own") else reach


def within(person, reach, owner):
    """Say whether a colleague's rows are within a reach; 赵强 heads one department."""
    if reach == "all" or (reach and person == owner):
        return True
    return reach == "department_tree" and person.department == owner.department


def open_to(person, action, row):
    """Say whether a person may do something to a row."""
    model = type(row)
    reach = reach_of(person, action, model)
    if reach is None:
        return False
    if not isinstance(row, Record):
        return within(person, reach, getattr(row, "person", None))
    if row.registration == "registered":
        for_all = getattr(row, "holds_for", "named") != "named"  # a price list
        shared = (model.shared or for_all) and action == "view"
        return shared or within(person, reach, row.owner)
    registrar = reach_of(person, "register", model)
    brought = person in (row.reporter, row.entered_by)
    return brought or within(person, registrar, row.owner)


def holds_any(person, actions):
    """Say whether a person may do one of some actions to any kind of record.

    Who looks after everybody's imports imports nothing themselves.
    """
    looks_after = "import" in actions and reach_of(person, "view", ImportRun)
    rights = (reach_of(person, a, m) for a in actions for m in record_models())
    return bool(looks_after) or any(rights)


def expected(person, cell, row):
    """Return the set of answers that are right."""
    route, method = cell.route, cell.method
    if route.name in PUBLIC or route.name.startswith(ABOUT):
        return ABOUT_SIGNING_IN
    if not may_enter(person, cell):
        return {403} if method in route.methods else REFUSED
    if method not in route.methods:
        return {404, 405} if "pk" in route.pieces else {405}
    if is_back_again(person, cell, row):
        return {409}
    never = {404} if route.name in MAY_BE_MISSING else set()
    if is_part_gone(person, cell, row):
        return {409} | never
    if is_missing(person, cell, row):
        return {404}
    if is_somewhere_else(route, row):
        return {409}
    more = {403} if route.name in MAY_BE_FORBIDDEN else set()
    more |= {409} if route.name in MAY_CONFLICT else set()
    return ANSWERED[method] | more | never


def is_somewhere_else(route, row):
    """Say whether a row is not where this is done: in the books, or in a pool."""
    if route.name in IN_BOOKS_ONLY:
        return row.registration != "registered"
    return route.name in IN_POOLS_ONLY


def may_enter(person, cell):
    """Say whether a person holds the right that a door asks for first."""
    route = cell.route
    if route.name in BY_ANY:
        return holds_any(person, BY_ANY[route.name][1])
    if route.action is None:
        return True
    if route.name in ("history", "timeline", "seen", "star"):
        return True  # whoever may not see the kind sees no such row
    besides = SEEN_BESIDES.get(route.name)
    if besides and not reach_of(person, "view", apps.get_model(besides)):
        return False
    return reach_of(person, route.action, cell.model) is not None


def is_back_again(person, cell, row):
    """Say whether somebody wants to restore what they see standing in its list."""
    if row is None or cell.method != "POST":
        return False
    if cell.route.name not in ("recycle_bin_restore", "recycle_bin_restore_with"):
        return False
    rights = (reach_of(person, action, cell.model) for action in ("delete", "register"))
    return any(rights) and open_to(person, "view", row)


def is_part_gone(person, cell, row):
    """Say whether somebody wants to take away what hangs on their row no longer."""
    takes_away = cell.method == "POST" and {"part", "file"} & set(cell.route.pieces)
    return bool(takes_away and row and open_to(person, cell.route.action, row))


def is_missing(person, cell, row):
    """Say whether the row, or the part of it, is not there for this person."""
    route = cell.route
    if {"part", "file"} & set(route.pieces):
        return True
    if "pk" not in route.pieces:
        return False
    if route.name in BY_ANY:  # nothing is deleted, nothing imported
        return True
    return row is None or not open_to(person, route.action, row)


# --- The walk -------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _no_log():
    """Keep thousands of expected refusals out of the log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(zhang, wang, zhao, sun):
    """Rows of every kind: 张伟's and 王芳's, in the books and only reported."""
    own, foreign = rows_of(zhang), rows_of(wang)
    reported = rows_of(zhang, registered=False, among=own)
    theirs = rows_of(wang, registered=False, among=foreign)
    own |= administered(zhang, zhao)
    foreign |= administered(wang, sun)
    return {
        "own": own,
        "foreign": foreign,
        "reported": reported,
        "foreign_reported": theirs,
        "missing": {},
    }


def administered(person, head):
    """Return rows of the kinds that only administrators work on."""
    now = timezone.now()
    day = {"starts_on": "2026-11-22", "ends_on": "2026-11-30"}
    return {
        User: person,
        Department: person.department,
        Deputy: Deputy.objects.create(person=head, deputy=person, **day),
        Role: Role.objects.get(code="researcher"),
        DictionaryItem: DictionaryItem.objects.first(),
        HistoryEntry: HistoryEntry.objects.first(),
        ApprovalRule: ApprovalRule.objects.first(),
        Schedule: Schedule.objects.first(),
        Holiday: Holiday.objects.first(),
        Reminder: Reminder.objects.first(),
        NewsSource: a_source(),
        Pool: Pool.objects.first(),
        RecycleRule: RecycleRule.objects.first(),
        LeadRule: LeadRule.objects.get_or_create(name="全部", does="nobody")[0],
        CalendarEvent: CalendarEvent.objects.create(
            person=person, title="盘点", starts_at=now, ends_at=now
        ),
        Backup: Backup.objects.get_or_create(name="crm-2026-11-22-023000.tar")[0],
    }


def test_every_route_is_explained():
    assert [route.name for route in routes() if not route.methods] == []


def test_no_two_routes_share_a_name():
    names = [entry.name for entry in patterns()]
    assert None not in names
    assert len(names) == len(set(names))


def test_tables_name_no_route_that_is_gone():
    names = {entry.name for entry in patterns()}
    tables = (PUBLIC, COMMON, BY_ACTION, BY_ANY, MAY_BE_FORBIDDEN, MAY_BE_MISSING)
    assert {name for table in tables for name in table} - names == set()


def test_public_doors_are_a_short_list():
    exempt = {
        entry.name
        for entry in patterns()
        if getattr(entry.callback, "login_required", True) is False
    }
    assert exempt == set(PUBLIC)


def test_walk_asks_enough():
    assert len(list(cells())) * len(PEOPLE) >= 3_000


def test_whatever_is_written_into_the_books_is_noticed(zhang):
    ledger = Ledger()
    assert not ledger.is_changed()
    with transaction.atomic():
        Department.objects.update(name=Concat("name", Value("二")))
        assert ledger.is_changed()
        transaction.set_rollback(True)
    assert not ledger.is_changed()
    Department.objects.update(name=F("name"))
    assert not ledger.is_changed()
    Department.objects.update(name=Concat("name", Value("三")))
    assert ledger.is_changed()


@pytest.mark.long
@pytest.mark.parametrize("name", PEOPLE)
def test_every_door_opens_for_whom_it_should(name, world, client, request):
    person = request.getfixturevalue(name)
    assert walk(client, person, name, world, cells()) == []


@pytest.mark.parametrize("name", ["zhang", "lina", "zhou"])
def test_no_door_knows_other_methods(name, world, client, request):
    person = request.getfixturevalue(name)
    asked = [cell for cell in all_cells(METHODS) if is_odd(cell)]
    assert walk(client, person, name, world, asked) == []


def is_odd(cell):
    """Say whether a door is asked for something it is not there for."""
    known = cell.method in cell.route.methods or cell.route.name in PUBLIC
    return cell.reach == "own" and not known


def walk(client, person, name, world, asked):
    """Try doors as a person; return what is wrong, cell by cell."""
    person.fixture = name
    client.force_login(person)
    client.raise_request_exception = False
    signed_in = {cookie.key: cookie.value for cookie in client.cookies.values()}
    ledger, hidden, wrong = Ledger(), unseen(person, world), []
    for cell in asked:
        client.cookies.load(signed_in)
        row = world[cell.reach].get(cell.model)
        fault = try_door(client, cell, row, expected(person, cell, row), ledger, hidden)
        if fault:
            wrong.append(f"{cell.method} {cell.path(row)} ({cell.reach}): {fault}")
    return wrong


def try_door(client, cell, row, right, ledger, hidden):
    """Try one door and undo what it did; return what is wrong with the answer."""
    with transaction.atomic():
        answer = client.generic(cell.method, cell.path(row))
        refused = answer.status_code in REFUSED and cell.method != "GET"
        reading = cell.method == "GET" and cell.reach == "own"
        if answer.status_code not in right:
            fault = f"{answer.status_code} not in {sorted(right)}"
        elif (refused or reading) and ledger.is_changed():
            fault = "changed something"
        elif cell.model is HistoryEntry:  # the log is about everything
            fault = ""
        else:
            text = "" if answer.streaming else answer.content.decode(errors="replace")
            fault = "shows a foreign row" if any(c in text for c in hidden) else ""
        transaction.set_rollback(True)
    return fault


def unseen(person, world):
    """Return the canaries of all rows that a person may not view."""
    return [
        row.canary
        for rows in world.values()
        for row in rows.values()
        if isinstance(row, Record) and not open_to(person, "view", row)
    ]


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST"])
def test_visitor_is_sent_to_sign_in_everywhere_else(method, world, client):
    before, wrong = books(), []
    for cell in all_cells((method,)):
        path = cell.path(world[cell.reach].get(cell.model))
        answer = client.generic(method, path)
        sent = answer.status_code == 302 and answer.url.startswith(settings.LOGIN_URL)
        if not sent and cell.route.name not in PUBLIC:
            wrong.append(f"{method} {path}: {answer.status_code}")
    assert wrong == []
    assert books() == before
