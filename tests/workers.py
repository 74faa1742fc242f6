"""Workers as processes of their own, to be killed at any moment."""

import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from crm.jobs.models import Job, Schedule
from crm.jobs.worker import Worker
from tests.installations import address, environment

#: Seconds until whatever a worker is to do must be done.
PATIENCE = 120


@pytest.fixture
def worker(db):
    """A worker in this process; its lease lies in a connection of its own.

    Nothing is due by the clock: the tests began before an hour struck.
    """
    Schedule.objects.update(next_at=timezone.now() + timedelta(days=1))
    worker = Worker()
    yield worker
    worker.lease.close()


@pytest.fixture
def workers(transactional_db, tmp_path):
    """A function that starts a worker on the database of this test."""
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=settings.ROOT,
            env=environment(tmp_path, address()),
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_for(happens):
    """Wait until something is true; fail when it never is."""
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def state(job):
    """Return what a job is and how far."""
    return Job.objects.values_list("status", "done", "run").get(pk=job.pk)


def is_over(job):
    """Say whether nothing more happens to a job."""
    return state(job)[0] in ("done", "failed", "cancelled")
