"""Many at once, on real connections: who wins, who is refused, how often."""

import os
import threading
import time

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, connection, connections

#: A race shows itself sometimes only: a long run asks for 40 rounds.
ROUNDS = range(int(os.environ.get("CRM_RACE_ROUNDS", "5")))
#: What loses a race in words, or finds the row in the recycle bin already;
#: anything else is a fault of the program.
REFUSALS = (ValidationError, IntegrityError, ObjectDoesNotExist)


def together(count, work):
    """Run work(number) in so many threads at one moment; return what they returned.

    Of who is refused, the refusal; whatever else goes wrong is raised here.
    """
    start, outcomes = threading.Barrier(count), [None] * count

    def one(number):
        try:
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
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, REFUSALS):
            raise outcome
    return outcomes


def won(outcomes):
    """Return the outcomes that are no refusals."""
    return [outcome for outcome in outcomes if not isinstance(outcome, Exception)]


def somebody_waits():
    """Return once somebody waits for a row that somebody else holds."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    for _turn in range(200):
        with connection.cursor() as cursor:
            cursor.execute(asked)
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.01)
