"""Every door of the house, tried by everybody: who opens what, with whose rows.

The routes are read from the address table, the rights from `crm.roles`; what the
answer must be is worked out here, by other means than the pages use. A route that
nothing explains fails the walk.
"""

from dataclasses import dataclass
from itertools import product

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.urls import URLPattern, get_resolver

from crm.models import Record
from crm.permissions import permission
from crm.roles import SHIPPED
from tests.pages import books, record_models
from tests.site.world import rows_of

# --- What the table of addresses cannot say itself ----------------------------------

#: Open to everybody, signed in or not.
PUBLIC = {
    "account_login": "GET POST",
    "account_logout": "POST",
    "account_reset_password": "GET POST",
    "account_reset_password_done": "GET",
    "account_reset_password_from_key": "GET POST",
    "account_reset_password_from_key_done": "GET",
    "account_inactive": "GET",
    "language": "POST",
    "health": "GET",
}
#: Open to everybody who is signed in; what they show differs.
COMMON = {
    "home": "GET",
    "search": "GET",
    "options": "GET",
    "profile": "GET POST",
    "account_change_password": "GET POST",
}
#: Plain functions: {name: (methods, permission, kind of the row in the address)}.
FUNCTIONS = {
    "history": ("GET", "view", None),
    "customer_file": ("GET", "view", "customers.Customer"),
    "customer_file_entry": ("GET POST", "change", "customers.Customer"),
    "customer_relations": ("GET", "view", "customers.Customer"),
    "customer_relation_create": ("GET POST", "change", "customers.Customer"),
    "customer_relation_delete": ("POST", "change", "customers.Customer"),
    "customer_team": ("GET", "view", "customers.Customer"),
    "customer_member_create": ("GET POST", "change", "customers.Customer"),
    "customer_member_delete": ("POST", "change", "customers.Customer"),
}
#: What else an address may hold, besides the id of a row and the kind of a record.
PIECES = {"subject": "market", "uidb36": "x", "key": "y"}
#: A part of a row that does not exist: the answer is 404 even to its owner.
NO_PART = 999_999_999

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
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSED = {403, 404, 405}
#: What a person with the right may get for a form that says nothing.
SENT = {200, 302, 307, 400, 409, 422}
ANSWERED = {"GET": {200}, "POST": SENT, "PUT": SENT}
#: Pages about signing in send on whoever has done so; allauth reads PUT like POST.
ABOUT_SIGNING_IN = {200, 302, 400, 405}


@dataclass(frozen=True)
class Route:
    """A door: its name, its pattern, what it asks for."""

    name: str
    pattern: str
    pieces: tuple[str, ...]
    methods: frozenset[str]
    action: str | None
    model: type | None

    def path(self, label, pk):
        """Return the address for a kind of record and an id."""
        known = PIECES | {"label": label, "pk": pk}
        given = {piece: known.get(piece, NO_PART) for piece in self.pieces}
        return "/" + self.pattern % given


@dataclass(frozen=True)
class Cell:
    """One question: may this person do this to that row?"""

    route: Route
    method: str
    reach: str
    model: type | None


# --- The routes ---------------------------------------------------------------------


def patterns(resolver=None):
    """Yield every pattern of the address table."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from patterns(entry)


def routes():
    """Return every route; what none of the tables explains has no methods."""
    return [_route(entry) for entry in patterns()]


def _route(entry):
    ((text, pieces),) = get_resolver().reverse_dict.getlist(entry.name)[0][0]
    methods, action, model = _rule(entry)
    return Route(entry.name, text, tuple(pieces), methods, action, model)


def _rule(entry):
    view = getattr(entry.callback, "view_class", None)
    model = getattr(view, "model", None)
    model = entry.callback.view_initkwargs.get("model", model) if view else None
    if entry.name in FUNCTIONS:
        methods, action, label = FUNCTIONS[entry.name]
        model = apps.get_model(label) if label else None
        return frozenset(methods.split()), action, model
    if view and model:
        names = (name.upper() for name in view.http_method_names)
        held = frozenset(n for n in names if hasattr(view, n.lower()))
        return held, view.action, model
    return frozenset((PUBLIC | COMMON).get(entry.name, "").split()), None, None


def cells():
    """Yield every question of the walk."""
    for route in routes():
        models = [route.model]
        if "label" in route.pieces:
            models = record_models()
        reaches = REACHES if "pk" in route.pieces else ("own",)
        for model, reach, method in product(models, reaches, METHODS):
            if method in ("PUT", "PATCH", "DELETE") and reach != "own":
                continue
            yield Cell(route, method, reach, model)


# --- The rights, worked out by hand -------------------------------------------------


def grant(person, action, model):
    """Return the reach that a person of the cast holds as shipped, or None."""
    role = SHIPPED.get(ROLES.get(person.fixture), {"grants": {}})
    return role["grants"].get(permission(action, model))


def within(person, reach, owner):
    """Say whether a colleague's rows are within a reach; 赵强 heads one department."""
    if reach == "all" or (reach and person == owner):
        return True
    return reach == "department_tree" and person.department == owner.department


def open_to(person, action, row):
    """Say whether a person may do something to a row."""
    model = type(row)
    reach = grant(person, action, model)
    if reach is None:
        return False
    if row.registration == "registered":
        shared = model.shared and action == "view"
        return shared or within(person, reach, row.owner)
    registrar = grant(person, "register", model)
    return person in (row.reporter, row.entered_by) or within(
        person, registrar, row.owner
    )


def expected(person, cell, row):
    """Return the set of answers that are right."""
    route, model, method = cell.route, cell.model, cell.method
    if route.name.startswith("account_") or route.name in PUBLIC:
        return ABOUT_SIGNING_IN
    if route.name in COMMON:
        return ANSWERED[method] if method in route.methods else {405}
    asked = route.action is not None and model is not None
    if asked and "label" not in route.pieces and not grant(person, route.action, model):
        return {403} if method in route.methods else REFUSED
    if method not in route.methods:
        return {405}
    if asked and (row is None or not open_to(person, route.action, row)):
        return {404}
    if set(route.pieces) - set(PIECES) - {"pk", "label"}:
        return {404}
    return ANSWERED[method]


# --- The walk -----------------------------------------------------------------------


@pytest.fixture
def world(zhang, wang):
    """Rows of every kind: 张伟's and 王芳's, in the books and only reported."""
    own, foreign = rows_of(zhang), rows_of(wang)
    return {
        "own": own,
        "foreign": foreign,
        "reported": rows_of(zhang, registered=False, among=own),
        "foreign_reported": rows_of(wang, registered=False, among=foreign),
        "missing": {},
    }


def test_every_route_is_explained():
    unknown = [route.name for route in routes() if not route.methods]
    assert unknown == []


def test_no_two_routes_share_a_name():
    names = [entry.name for entry in patterns()]
    assert None not in names
    assert len(names) == len(set(names))


def test_tables_name_no_route_that_is_gone():
    names = {entry.name for entry in patterns()}
    assert {*PUBLIC, *COMMON, *FUNCTIONS} - names == set()


def test_walk_asks_enough():
    assert len(list(cells())) * len(PEOPLE) >= 3_000


@pytest.mark.parametrize("name", PEOPLE)
def test_every_door_opens_for_whom_it_should(name, world, client, request):
    person = request.getfixturevalue(name)
    person.fixture = name
    client.force_login(person)
    client.raise_request_exception = False
    signed_in = {cookie.key: cookie.value for cookie in client.cookies.values()}
    before, wrong = books(), []
    for cell in cells():
        client.cookies.load(signed_in)
        row = world[cell.reach].get(cell.model)
        fault = try_door(client, person, cell, row, before, unseen(person, world))
        wrong += [fault] if fault else []
    assert not wrong, "\n".join(wrong)


def try_door(client, person, cell, row, before, hidden):
    """Try one door, undo what it did; return what is wrong with the answer."""
    pk = row.pk if row else NO_PART
    label = cell.model._meta.label_lower if cell.model else "customers.customer"
    path = cell.route.path(label, pk)
    right = expected(person, cell, row)
    with transaction.atomic():
        answer = client.generic(cell.method, path)
        if answer.status_code not in right:
            fault = f"{answer.status_code} not in {sorted(right)}"
        elif (answer.status_code in REFUSED or cell.method == "GET") and (
            books() != before
        ):
            fault = "changed something"
        else:
            text = "" if answer.streaming else answer.content.decode()
            fault = "shows a foreign row" if any(c in text for c in hidden) else ""
        transaction.set_rollback(True)
    return f"{cell.method} {path} ({cell.reach}): {fault}" if fault else ""


def unseen(person, world):
    """Return the canaries of all rows that a person may not view."""
    return [
        row.canary
        for rows in world.values()
        for row in rows.values()
        if isinstance(row, Record) and not open_to(person, "view", row)
    ]


@pytest.mark.parametrize("method", METHODS)
def test_visitor_is_sent_to_sign_in_everywhere_else(method, world, client):
    before, wrong = books(), []
    for route in routes():
        if route.name in PUBLIC:
            continue
        model = route.model or next(iter(world["own"]))
        path = route.path(model._meta.label_lower, world["own"][model].pk)
        answer = client.generic(method, path)
        sent = answer.status_code == 302
        if not (sent and answer.url.startswith(settings.LOGIN_URL)):
            wrong.append(f"{method} {path}: {answer.status_code}")
    assert wrong == []
    assert books() == before


def test_public_doors_are_a_short_list():
    exempt = {
        entry.name
        for entry in patterns()
        if getattr(entry.callback, "login_required", True) is False
    }
    assert exempt == set(PUBLIC)
