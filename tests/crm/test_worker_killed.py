"""A worker that is killed at any moment loses nothing and does nothing twice."""

import signal
import time
from itertools import count

import pytest

from crm.jobs import taking
from crm.jobs.asking import ask
from crm.jobs.models import Job
from tests import works
from tests.workers import PATIENCE, is_over, state, wait_for

pytestmark = pytest.mark.installation

SLICES = 8
#: Seconds that a slice takes: long enough to be killed in.
PAUSE = 0.05


def test_killed_before_and_after_each_slice_it_counts_each_number_once(
    zhang, workers, tmp_path
):
    given = {"upto": 3, "person": zhang.pk, "notes": str(tmp_path)}
    job = ask(works.count_dying, by=zhang, **given)
    for _death in range(6):
        assert workers().wait(timeout=PATIENCE) == -signal.SIGKILL
        assert not is_over(job)
    workers()
    wait_for(lambda: is_over(job))
    assert state(job)[:2] == ("done", 3)
    assert works.counted() == [0, 1, 2]


def test_killed_at_any_moment_it_counts_each_number_once(zhang, workers):
    """Each time a little later after some progress, wherever that is."""
    job = ask(works.count, by=zhang, upto=SLICES, person=zhang.pk, pause=PAUSE)
    for number in count():
        worker, begun = workers(), state(job)[1]
        wait_for(lambda begun=begun: state(job)[1] > begun or is_over(job))
        if is_over(job):
            break
        time.sleep(PAUSE * (number % 6) / 4)
        worker.kill()
        worker.wait()
    assert state(job)[:2] == ("done", SLICES)
    assert works.counted() == list(range(SLICES))


def test_two_workers_share_the_work(zhang, workers):
    jobs = [
        ask(works.count, by=zhang, upto=2, person=zhang.pk, pause=PAUSE)
        for _each in range(8)
    ]
    workers(), workers()
    wait_for(lambda: not Job.objects.unfinished().exists())
    assert {state(job)[:2] for job in jobs} == {("done", 2)}
    assert sorted(works.counted()) == [0] * 8 + [1] * 8


def test_told_to_stop_it_ends_after_its_slice_and_the_job_waits(zhang, workers):
    job = ask(works.count, by=zhang, upto=100_000, person=zhang.pk, pause=PAUSE)
    worker = workers()
    wait_for(lambda: state(job)[1] > 0)
    worker.terminate()
    assert worker.wait(timeout=PATIENCE) == 0
    status, done, _run = state(job)
    assert status == "waiting"
    assert works.counted() == list(range(done))


def test_the_lease_of_a_killed_worker_is_free(zhang, workers):
    job = ask(works.count, by=zhang, upto=100_000, person=zhang.pk, pause=PAUSE)
    worker = workers()
    wait_for(lambda: state(job)[1] > 0)
    assert taking.recover() == 0
    worker.kill()
    worker.wait()
    wait_for(lambda: taking.recover() == 1)
    assert state(job)[0] == "waiting"
