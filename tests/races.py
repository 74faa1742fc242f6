"""Many at once, on real connections: who wins, who is refused, how often.

Who loses is told in words that he is too late, that it is gone, or that he may try
again – what PostgreSQL undoes of two who wait for each other depends on the machine,
and so does how long somebody waits. None of that is a fault; which of them it was, no
test asks. What is in the database afterwards, every test does.
"""

import os
import threading
import time

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, connection, connections

from crm.running.faults import BUSY, CROSSED, fault_of
from tests.browsers import Browser

#: A race shows itself sometimes only: a long run asks for 40 rounds.
ROUNDS = range(int(os.environ.get("CRM_RACE_ROUNDS", "5")))
#: What loses a race in words, or finds the row in the recycle bin already;
#: anything else is a fault of the program.
REFUSALS = (ValidationError, IntegrityError, ObjectDoesNotExist)
#: The same as answers of pages: gone, too late, refused in words, to be tried again.
LOST = frozenset((404, 409, 422, 503))
#: A race is about who comes first, not about how fast the machine is.
PATIENCE = "SET lock_timeout = '60s'; SET statement_timeout = '90s'"


def together(count, work):
    """Run work(number) in so many threads at one moment; return what they returned.

    Of who is refused, the refusal; whatever else goes wrong is raised here.
    """
    start, outcomes = threading.Barrier(count), [None] * count

    def one(number):
        try:
            with connection.cursor() as cursor:
                cursor.execute(PATIENCE)
            start.wait(timeout=60)
            outcomes[number] = work(number)
        except Exception as error:  # of another thread: told by this one
            outcomes[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not is_lost(outcome):
            raise outcome
    return outcomes


def is_lost(outcome):
    """Say whether an outcome of `together` is that of somebody who lost the race."""
    if isinstance(outcome, Exception):
        crossed = fault_of(outcome) in (BUSY, CROSSED)
        return crossed or isinstance(outcome, REFUSALS)
    return isinstance(outcome, int) and outcome in LOST


def won(outcomes):
    """Return the outcomes of those who have lost nothing."""
    return [outcome for outcome in outcomes if not is_lost(outcome)]


def signed_in(person):
    """Return a browser of somebody's own: what goes wrong is told it as to people.

    Django's own would raise what the request of any other thread has met, also what
    the program then tried once more.
    """
    browser = Browser(raise_request_exception=False)
    browser.force_login(person)
    return browser


def somebody_waits():
    """Return once somebody waits for a row that somebody else holds."""
    asked = (
        "SELECT pg_stat_clear_snapshot();"
        " SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND datname = current_database() AND backend_type = 'client backend'"
    )
    until = time.monotonic() + 45
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(asked)
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.01)
    raise AssertionError("nobody has come to wait")
