"""Several machines on the loopback, set up by the very files of `crm/deployment`."""

import contextlib
import os
import signal
import subprocess
import sys

from tests.benchmarks.crowd.site import children
from tests.machines import application, front, postgres
from tests.machines.place import ROOT, SITE, Place, missing

__all__ = ["SITE", "Machines", "missing"]


class Machines(Place):
    """Two application machines, nginx, PgBouncer, a primary and its replica."""

    def start(self):
        """Start everything, what others need first."""
        postgres.start_primary(self)
        front.start_pgbouncer(self)
        application.start(self, "first")
        postgres.start_replica(self)
        application.start(self, "second")
        front.start_nginx(self)

    def manage(self, *arguments):
        """Run a command on the first application machine."""
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=application.environment(self, "first"),
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def lose(self, name):
        """End an application machine as a power cut does: all its processes at once."""
        process = self.running.pop(name)
        workers = children(process.pid)
        for pid in (process.pid, *workers):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()

    def lose_replica(self):
        """End the replica at once."""
        process = self.running.pop("replica")
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=20)
