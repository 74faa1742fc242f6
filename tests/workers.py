"""Workers as processes of their own, to be killed at any moment."""

import os
import subprocess
import sys
import time
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from crm.jobs.models import Job
from crm.jobs.worker import Worker

#: Seconds until whatever a worker is to do must be done.
PATIENCE = 120


@pytest.fixture
def worker():
    """A worker in this process; its lease lies in a connection of its own."""
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


def is_over(job):
    """Say whether nothing more happens to a job."""
    return state(job)[0] in ("done", "failed", "cancelled")
