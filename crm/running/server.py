"""How gunicorn serves the pages; `manage.py serve` hands over to it.

    gunicorn --config python:crm.running.server crm.wsgi:application

does the same for those who start it by other means. The figures are chosen for two
cores and 300 people at work, and tried with `python -m tests.benchmarks.crowd`.
"""

import gc
import os
import sys
from pathlib import Path

from django.conf import settings
from django.db import connections

from crm.chinese import pinyin
from crm.running import environment
from crm.running.keeper import Keeper

host = os.environ.get("CRM_BIND", "127.0.0.1")
port = environment.number("PORT", 8000)
address = f"http://{f'[{host}]' if ':' in host else host}:{port}"

bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
# Threads, so that a page that waits for PostgreSQL lets another one be drawn; none of
# them waits for a slow client.
worker_class = "crm.running.worker.Worker"
sendfile = False  # it would wait for whoever does not read
# One for each of two cores: Python draws one page at a time in a process.
workers = environment.number("CRM_WORKERS", 2)
# Each keeps a connection of its own to PostgreSQL: 2 × 4 of its 100. More threads would
# only interrupt each other's pages, and everybody would wait for the slowest.
threads = environment.number("CRM_THREADS", 4)
preload_app = True  # one import for all workers; no connection is open by then
# The form of a contract with 200 lines asks at one address what they cost.
limit_request_line = 8190
timeout = 60
graceful_timeout = 20
# Longer than people pause between clicks, and longer than the 60 s for which nginx
# keeps a connection: whoever closes first must be the one who sends.
keepalive = 75
# A browser opens up to six: 300 people have at most 900 in each of two workers.
worker_connections = 2000
# Renewed about once an hour with everybody at work; it costs those connected a moment.
max_requests = 100_000
max_requests_jitter = 10_000
# What does the background jobs: processes beside those that serve pages.
keeper = Keeper(environment.number("CRM_JOB_WORKERS", 1))
control_socket_disable = True  # it would be written below the user's home
# Who may say that the browser speaks TLS: the proxies in front, nobody else.
forwarded_allow_ips = ",".join(settings.CRM_PROXIES) or "127.0.0.1,::1"
errorlog = "-"
loglevel = "warning"
# The workers' sign of life must not wait for a slow disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108


def on_starting(server):
    """Keep the embedded PostgreSQL for as long as this server lives."""
    if settings.LOCAL:
        connections["default"].hold()


def when_ready(server):
    """Load what all workers need once; tell the person at the console."""
    pinyin.pinyin("预热")  # 55 MB of readings, shared by the workers forked from here
    # What is loaded by now stays: collecting garbage would look through all of it again
    # and again, and copy the memory that the workers share.
    gc.collect()
    gc.freeze()
    keeper.start()
    sys.stdout.write(os.environ.pop("CRM_GREETING", ""))
    sys.stdout.flush()


def post_fork(server, worker):
    """Collect garbage every 10,000 new objects: once a page or so, not ten times."""
    gc.set_threshold(10_000, 10, 10)


def on_reload(server):
    """Let the workers of background jobs begin anew, too."""
    keeper.renew()


def on_exit(server):
    """Stop them; PostgreSQL stops with whoever leaves last."""
    keeper.stop()
