"""How gunicorn serves the pages; `manage.py serve` hands over to it.

    gunicorn --config python:crm.server crm.wsgi:application

does the same for those who start it by other means.
"""

import os
import sys
from pathlib import Path

from django.conf import settings
from django.db import connections

from crm import environment

host = os.environ.get("CRM_BIND", "127.0.0.1")
port = environment.number("PORT", 8000)
address = f"http://{f'[{host}]' if ':' in host else host}:{port}"

bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
worker_class = "gthread"
workers = environment.number("CRM_WORKERS", 2)
threads = environment.number("CRM_THREADS", 4)
preload_app = True  # one import for all workers; no connection is open by then
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True  # it would be written below the user's home
errorlog = "-"
loglevel = "warning"
# The workers' sign of life must not wait for a slow disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108


def on_starting(server):
    """Keep the embedded PostgreSQL for as long as this server lives."""
    if settings.LOCAL:
        connections["default"].hold()


def when_ready(server):
    """Tell the person at the console, now that the address answers."""
    sys.stdout.write(os.environ.pop("CRM_GREETING", ""))
    sys.stdout.flush()
