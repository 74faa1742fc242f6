"""The worker: one process that does one job after the other, slice by slice.

    manage.py worker

A second thread gives signs of life, takes back the jobs of workers that are gone, and
starts what is due.
"""

import logging
import os
import socket
import threading
import time
from functools import partial

from django.db import Error, connections

from crm.jobs import due, taking
from crm.jobs.background import Trouble
from crm.jobs.models import Beat, Progress
from crm.jobs.slices import Failed, Lost, do_slice

log = logging.getLogger(__name__)

#: Seconds between two looks at the queue while nothing waits.
PAUSE = 1
#: Seconds between two looks at what is due and at what was left behind.
TICK = 2
#: Seconds between two signs of life.
BEAT = 15
#: Seconds for which one job may keep the others waiting; then it is their turn.
TURN = 10
#: Seconds that a slice may take on after the end was asked for.
GRACE = 5


class Worker:
    """A process that works until it is told to stop, or its parent is gone.

    Args:
        parent: the id of the process that it must not outlive, if any.
    """

    def __init__(self, parent=None):
        self.parent = parent
        self.name = f"{socket.gethostname()}:{os.getpid()}"[-200:]
        self.stopping = threading.Event()
        self.lease = taking.Lease()
        #: (id of a job, its run, its Context) of the slice that is being done.
        self.doing = None

    def run(self):
        """Work until the end."""
        threading.Thread(target=self._watch, daemon=True).start()
        threading.Thread(target=self._tick, daemon=True).start()
        while not self.stopping.is_set():
            if not self._careful(self.work):
                self.stopping.wait(PAUSE)
        self.lease.close()

    def drain(self):
        """Do what waits and what is due, then return; at once if told to stop."""
        taking.recover()
        due.start_due()
        while not self.stopping.is_set() and self.work():
            pass
        self.lease.close()

    def stop(self, *_signal):
        """Stop after the slice that is being done."""
        self.stopping.set()

    def work(self):
        """Do a job, or a turn of it; return whether there was one."""
        job = taking.take(self.lease, self.name)
        if job is None:
            return False
        try:
            self._do(job.pk, job.run)
        except Lost:
            log.warning("Job %s was taken over by another worker", job.pk)
        finally:
            self.doing = None
            self.lease.release(job.pk)
        return True

    def _do(self, pk, run):
        """Do the slices of a job for as long as it is our turn to."""
        ends = time.monotonic() + TURN
        try:
            while do_slice(pk, run, partial(self._begin, pk, run)):
                over = time.monotonic() > ends and taking.others_wait()
                if over or self.stopping.is_set():
                    taking.put_back(pk, run)
                    return
        except Lost:
            raise
        except Failed as failed:
            taking.fail(pk, run, failed)
        except Trouble as trouble:
            log.warning("Job %s: %s", pk, trouble)
            taking.try_again(pk, run, str(trouble))
        except Exception:
            log.exception("A slice of job %s met a fault", pk)
            taking.try_again(pk, run)

    def _begin(self, pk, run, context):
        self.doing = pk, run, context

    def tell(self, before=None):
        """Say how far the slice is that is being done, if that has changed.

        Args:
            before: what was said last.

        Returns:
            What is said now.
        """
        doing = self.doing
        if doing is None:
            return before
        pk, run, context = doing
        now = pk, run, context.done, context.total
        if now != before:
            Progress.objects.tell(*now)
        return now

    def _tick(self):
        """Look after everything else, again and again."""
        alive_until, before = 0.0, None
        while not self.stopping.is_set():
            if time.monotonic() >= alive_until:
                self._careful(Beat.objects.give, self.name)
                alive_until = time.monotonic() + BEAT
            self._careful(taking.recover)
            self._careful(due.start_due)
            before = self._careful(self.tell, before)
            self.stopping.wait(TICK)
        connections.close_all()

    def _careful(self, act, *given):
        """Do something; what cannot be done now, as without PostgreSQL, is done later.

        Returns:
            What it returned, None if it could not be done.
        """
        try:
            return act(*given)
        except Error as error:
            log.warning("The worker could not %s: %s", act.__name__, error)
        except Exception:
            log.exception("The worker could not %s", act.__name__)
        connections["default"].close()
        if threading.current_thread() is threading.main_thread():
            self.lease.close()
        return None

    def _watch(self):
        """End with the parent, and not long after being told to stop."""
        while not self.stopping.wait(0.5):
            if self.parent and os.getppid() != self.parent:
                log.warning("The server is gone; the worker follows")
                self.stop()
        time.sleep(GRACE)
        os._exit(1)
