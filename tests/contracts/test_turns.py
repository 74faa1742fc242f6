"""Whose turn it is, kept in the process: never another answer than asked afresh."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts import approval
from contracts.approval.moves import FLOW
from contracts.models import Contract, Round
from crm.approval.deciding import turns_of
from crm.guards.actor import acting
from crm.models import Department, Deputy, Role, User, Watermark
from tests.contracts.test_approval import HUGE, LARGE, absent, in_state, verdict
from tests.factories import a_contract
from tests.people import dismiss

pytestmark = pytest.mark.django_db


def kept():
    """Return {person: rounds} of those who have a turn, as pages tell it."""
    people = User.objects.active().filter(
        roles__grants__has_key="contracts.approve_contract"
    )
    turns = {person.pk: list(turns_of(person, FLOW)) for person in people}
    return {pk: rounds for pk, rounds in turns.items() if rounds}


def afresh():
    """Return the same of every open round, as a verdict asks it."""
    found = {}
    for round_ in Round.objects.filter(state="open").order_by("submitted_at"):
        for person in FLOW.deciders_of(round_):
            found.setdefault(person, []).append(round_.pk)
    return found


@pytest.fixture
def waiting(zhang, wang, zhao, sun, qian):
    """Return contracts that wait: 张伟's small and large one, and a change of his."""
    large, huge = (a_contract(zhang, amount=amount) for amount in (LARGE, HUGE))
    for contract in (large, huge):
        approval.submit(contract, by=zhang)
    held = in_state("registered", zhang, zhao)
    approval.amend(held, by=zhang)
    approval.submit_change(held, by=zhang)
    return {"large": large, "huge": huge, "held": held}


def of_department(name, **values):
    """Return what changes a department."""
    Department.objects.filter(name=name).update(**values)


def person(username):
    """Return somebody by their name to sign in."""
    return User.objects.get(username=username)


def leaves(username):
    """Let yesterday have been somebody's last day."""
    day = timezone.localdate() - timedelta(days=1)
    with acting(None, verb="left"):
        User.objects.filter(username=username).update(left_on=day)


def loses_the_right(code):
    """Take the right to approve from a role."""
    role = Role.objects.get(code=code)
    del role.grants["contracts.approve_contract"]
    role.save(update_fields=["grants"])


def moves_below(name, above):
    """Move a department below another one."""
    department = Department.objects.get(name=name)
    department.parent = Department.objects.get(name=above)
    department.save()


CHANGES = {
    "a contract is handed in": lambda _waiting: in_state(
        "pending", person("sales2"), person("supervisor2")
    ),
    "the only step is decided": lambda w: verdict(w["large"], person("supervisor")),
    "a first step is decided": lambda w: verdict(w["huge"], person("supervisor")),
    "one is rejected": lambda w: verdict(
        w["large"], person("supervisor"), approved=False, opinion="贵"
    ),
    "one is recalled": lambda w: approval.recall(w["large"], by=person("sales")),
    "a change is recalled": lambda w: approval.recall_change(
        w["held"], by=person("sales")
    ),
    "what a change is for is handed over": lambda w: Contract.objects.filter(
        pk=w["held"].pk
    ).update(owner=person("sales2")),
    "the head is away": lambda _w: absent(person("supervisor"), person("supervisor2")),
    "the head's role is taken": lambda _w: (
        person("supervisor").role_assignments.all().delete()
    ),
    "the role may approve no more": lambda _w: loses_the_right("supervisor"),
    "the department has another head": lambda _w: of_department(
        "销售一部", head=person("supervisor2")
    ),
    "the department moves": lambda _w: [
        of_department("销售一部", head=None),
        moves_below("销售一部", "销售二部"),
    ],
    "the head is barred": lambda _w: dismiss(person("supervisor")),
    "the head has left": lambda _w: leaves("supervisor"),
    "the owner goes to another department": lambda _w: User.objects.filter(
        username="sales"
    ).update(department=Department.objects.get(name="销售二部")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_kept_is_what_a_verdict_asks(change, waiting):
    before = kept()
    assert before == afresh() != {}
    change(waiting)
    after = kept()
    assert after == afresh()
    assert after != before


def test_an_absence_begins_and_ends_at_midnight(waiting, zhao, sun, monkeypatch):
    absent(zhao, sun, days=1)
    today, before = timezone.localdate(), kept()
    for days, same in ((1, False), (2, True)):
        day = today + timedelta(days=days)
        monkeypatch.setattr(timezone, "localdate", lambda day=day: day)
        assert kept() == afresh()
        assert (kept() == before) is same


def test_who_leaves_tonight_is_not_asked_tomorrow(waiting, zhao, monkeypatch):
    today, before = timezone.localdate(), kept()
    with acting(None, verb="left"):
        User.objects.filter(pk=zhao.pk).update(left_on=today)
    assert kept() == before
    monkeypatch.setattr(timezone, "localdate", lambda: today + timedelta(days=1))
    assert kept() == afresh()
    assert zhao.pk not in kept()


def test_it_is_reckoned_once_for_everybody(waiting, zhao, qian, client):
    kept()
    for person_ in (zhao, qian):
        client.force_login(person_)
        with CaptureQueriesContext(connection) as queries:
            client.get("/profile/")
        said = [query["sql"] for query in queries]
        assert not [sql for sql in said if "of_everything" in sql]
        assert [sql for sql in said if "EXECUTE menu_numbers" in sql]


def test_what_is_undone_was_never_kept(waiting, zhao):
    before = kept()
    with transaction.atomic():
        dismiss(zhao)
        assert kept() == afresh() != before
        transaction.set_rollback(True)
    assert kept() == afresh() == before


def test_watermarks_are_swept_and_never_come_again(zhao, sun):
    seen = set()
    day = timezone.localdate()
    for number in range(100):
        span = {"starts_on": day + timedelta(days=number)}
        Deputy.objects.create(
            person=zhao, deputy=sun, **span, ends_on=span["starts_on"]
        )
        marks = Watermark.objects.filter(topic="people").values_list("mark", flat=True)
        assert len(marks) <= 41
        assert frozenset(marks) not in seen
        seen.add(frozenset(marks))


@pytest.mark.django_db(transaction=True)
def test_what_began_earlier_and_ends_later_is_told_of_as_well(waiting, zhao, sun):
    began, go_on = threading.Event(), threading.Event()

    def away():
        try:
            with transaction.atomic():
                absent(zhao, sun)
                began.set()
                go_on.wait(timeout=60)
        finally:
            connections.close_all()

    earlier = threading.Thread(target=away)
    earlier.start()
    began.wait(timeout=60)
    verdict(waiting["large"], zhao)
    before = kept()
    assert before == afresh()
    assert sun.pk not in before
    go_on.set()
    earlier.join(timeout=60)
    assert kept() == afresh()
    assert sun.pk in kept()
