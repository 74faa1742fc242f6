"""A worker that is killed at any moment loses nothing and does nothing twice."""

import os
import signal
import subprocess
import sys
import time
from itertools import count
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from crm.jobs import taking
from crm.jobs.asking import ask
from crm.jobs.models import Job
from tests import works

pytestmark = pytest.mark.installation

#: Seconds until whatever a worker is to do must be done.
PATIENCE = 120
SLICES = 8
#: Seconds that a slice takes: long enough to be killed in.
PAUSE = 0.05
ROOT = settings.ROOT


@pytest.fixture
def workers(transactional_db, tmp_path):
    """A function that starts a worker on the database of this test."""
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=ROOT,
            env=environment(tmp_path),
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def environment(var):
    """Return the environment in which a program finds this test's database."""
    given = connection.settings_dict
    host, name = quote(given["HOST"], safe=""), given["NAME"]
    secret = f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else ""
    port = f":{given['PORT']}" if given["PORT"] else ""
    url = f"postgresql://{given['USER']}{secret}@{host}{port}/{name}"
    ours = ("CRM_", "DATABASE_", "PYTEST_", "ALLOWED_HOSTS")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    return kept | {"DATABASE_URL": url, "CRM_VAR": str(var)}


def wait_for(happens):
    """Wait until something is true; fail when it never is."""
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def state(job):
    """Return what a job is and how far."""
    return Job.objects.values_list("status", "done", "run").get(pk=job.pk)


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


def is_over(job):
    """Say whether nothing more happens to a job."""
    return state(job)[0] in ("done", "failed", "cancelled")


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
