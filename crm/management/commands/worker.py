"""`manage.py worker`: the process that does what nobody waits for."""

import os
import signal
import sys

from django.conf import settings
from django.core.management.base import BaseCommand

from crm.jobs.worker import Worker


class Command(BaseCommand):
    """`serve` starts one; more of them, on any machine, share the work."""

    help = "Do the background jobs, and start what is due."

    def add_arguments(self, parser):
        """Take whether to end when nothing waits, and whose child this is."""
        parser.add_argument("--once", action="store_true", help="do what waits, end")
        parser.add_argument("--parent", type=int, help="process not to outlive")

    def handle(self, once, parent, **options):
        """Work with the rights of the role that serves pages, past any pooler."""
        if not settings.WORKING:
            os.environ["CRM_DATABASE_ROLE"] = "worker"
            again = [sys.executable, str(settings.ROOT / "manage.py"), *sys.argv[1:]]
            os.execv(again[0], again)  # noqa: S606 - no shell is wanted
        worker = Worker(parent)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, worker.stop)
        if once:
            worker.drain()
        else:
            worker.run()
