"""How gunicorn serves the pages; `manage.py serve` hands over to it.

    gunicorn --config python:crm.running.server crm.wsgi:application

does the same for those who start it by other means. The figures are chosen for two
cores and 300 people at work, and tried with `python -m tests.benchmarks.crowd`.
"""

import fcntl
import gc
import logging
import os
import sys
import threading
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections

from crm.chinese import pinyin
from crm.running import environment

log = logging.getLogger(__name__)
SECONDS_BETWEEN_SWEEPS = 60 * 60

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
    sys.stdout.write(os.environ.pop("CRM_GREETING", ""))
    sys.stdout.flush()


def post_fork(server, worker):
    """Collect garbage every 10,000 new objects: once a page or so, not ten times.

    One worker also sweeps; another takes over if that one ends.
    """
    gc.set_threshold(10_000, 10, 10)
    threading.Thread(target=sweep_hourly, daemon=True).start()


def sweep_hourly(pause=SECONDS_BETWEEN_SWEEPS):
    """Remove what nobody needs any more, for as long as this process lives.

    All workers try and one may: who comes while another is at work leaves it to him.
    """
    while True:
        time.sleep(pause)
        sweep_once()


def sweep_once():
    """Run `manage.py sweep`, unless another process is doing so."""
    settings.VAR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR / "sweep.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            call_command("sweep", verbosity=0)
        except BlockingIOError:
            return
        except (DatabaseError, OSError):
            log.exception("The sweeping failed")
        finally:
            connections.close_all()
