"""Keeps the workers of background jobs running beside the server that serves pages."""

import logging
import os
import subprocess
import sys
import threading

from django.conf import settings

log = logging.getLogger(__name__)

#: Seconds before a worker that has ended is started again.
PAUSE = 2
#: Seconds that the workers have to end; they do within five by themselves.
PATIENCE = 8

# A process that is forked while another one is being started keeps open the pipe at
# whose end the start waits: the keeper would wait as long as gunicorn's worker lives,
# and start nobody any more. So nothing is forked meanwhile.
_starting = threading.Lock()
os.register_at_fork(
    before=_starting.acquire,
    after_in_parent=_starting.release,
    after_in_child=_starting.release,
)


class Keeper:
    """Starts some workers, starts anew whichever ends, stops them all.

    They are children of the server's first process and follow it when it is killed
    (`manage.py worker --parent`). gunicorn takes the news of every child that ends, so
    they are asked whether they live, not waited for.

    Args:
        number: of workers; 0 where the jobs are done elsewhere.
    """

    def __init__(self, number):
        self.running = [None] * number
        self.ending = threading.Event()

    def start(self):
        """Start them, and a thread that looks after them."""
        if self.running:
            threading.Thread(target=self._keep, daemon=True).start()

    def renew(self):
        """Let them end after what they are doing: others come."""
        for worker in filter(None, self.running):
            worker.terminate()

    def stop(self):
        """End them, and wait until they have."""
        self.ending.set()
        self.renew()
        for worker in filter(None, self.running):
            try:
                worker.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                worker.kill()

    def _keep(self):
        while not self.ending.is_set():
            for place, worker in enumerate(self.running):
                if worker is None or worker.poll() is not None:
                    self.running[place] = self._started()
            self.ending.wait(PAUSE)

    def _started(self):
        command = [sys.executable, str(settings.ROOT / "manage.py"), "worker"]
        try:
            with _starting:
                return subprocess.Popen(
                    [*command, "--parent", str(os.getpid())],
                    env=os.environ | {"CRM_DATABASE_ROLE": "worker"},
                    stdin=subprocess.DEVNULL,
                )
        except OSError as error:  # no memory, no more processes: for now
            log.warning("A worker could not be started: %s", error)
            return None
