"""Two application machines behind nginx, PgBouncer, a replica: what happens to people
when one of them is lost."""

import os
import threading
import time
from contextlib import ExitStack

import pytest

from tests.benchmarks.crowd import staff
from tests.benchmarks.crowd.__main__ import send
from tests.benchmarks.crowd.person import Person
from tests.benchmarks.crowd.report import faults
from tests.machines import SITE, Machines, missing

pytestmark = [
    pytest.mark.installation,
    pytest.mark.skipif(
        bool(missing()) and not os.environ.get("CI"),
        reason=f"not installed: {', '.join(missing())}",
    ),
]

ENLIST = "from tests.benchmarks.crowd.staff import enlist; enlist(20, customers=400)"


@pytest.fixture(scope="module")
def machines():
    """Return everything running, with twenty people who have customers."""
    found = Machines()
    try:
        found.start()
        found.manage("shell", "--no-imports", "-c", ENLIST)
        yield found
    finally:
        found.stop()


def people(machines, number):
    """Return people at their browsers."""
    where = ("127.0.0.1", machines.ports["front"])
    return [
        Person(account, where, site=SITE, source=f"127.2.0.{n + 1}")
        for n, account in enumerate(staff.accounts(number))
    ]


def signed_in(machines):
    """Return the browser of somebody who has signed in."""
    (person,) = people(machines, 1)
    for _kind, click in person.sign_in():
        click()
    return person.browser


def between_forms(crowd, deed):
    """Do it at a moment when no form is under way: such a one is never sent twice."""
    with ExitStack() as waiting:
        for person in crowd:
            waiting.enter_context(person.browser.sending)
        deed()


def under_load(machines, number, seconds, deed):
    """Let people work, do the deed in the middle, and return what went wrong."""
    crowd = people(machines, number)
    timer = threading.Timer(seconds * 0.4, between_forms, (crowd, deed))
    timer.start()
    send(crowd, seconds, arrive=seconds * 0.2, interval=3)
    timer.join()
    clicks = [click for person in crowd for click in person.clicks]
    assert len(clicks) > number * 2
    return faults(clicks)


def test_people_read_from_the_replica_and_their_own_writes_at_once(machines):
    browser = signed_in(machines)
    browser.get("/customers/")
    customer = browser.links(r"(/customers/\d+/)")[0]
    machines.ask("replica", "SELECT pg_wal_replay_pause()::text")
    try:
        browser.get(f"{customer}edit/")
        fields = browser.form('id="record-form"')
        browser.post(browser.place, fields | {"remarks": "今天见过面", "save": "1"})
        assert "今天见过面" in browser.get(customer)
        on_replica = (
            "SELECT count(*) FROM customers_customer WHERE remarks = '今天见过面'"
        )
        assert machines.ask("replica", on_replica, database="crm") == [(0,)]
    finally:
        machines.ask("replica", "SELECT pg_wal_replay_resume()::text")
    wait_until(lambda: machines.ask("replica", on_replica, database="crm") == [(1,)])
    before = machines.looks("replica")
    # Statistics are told once a second at most, and only at a query.
    wait_until(lambda: browser.get(customer) and machines.looks("replica") > before)
    assert "今天见过面" in browser.page


def test_the_limits_of_time_hold_behind_the_pooler(machines):
    held = machines.ask_as_pages("SELECT current_setting('statement_timeout')")
    assert held == [("5s",)]


def test_losing_a_machine_under_load_costs_nobody_an_error(machines):
    before = machines.looks("replica")
    assert not under_load(machines, 20, 20, lambda: machines.lose("first"))
    assert machines.looks("replica") > before + 20


def test_losing_the_replica_under_load_costs_nobody_an_error(machines):
    assert not under_load(machines, 20, 12, machines.lose_replica)


def wait_until(right, patience=60):
    """Wait until something holds."""
    deadline = time.monotonic() + patience
    while not right():
        assert time.monotonic() < deadline
        time.sleep(0.1)
