"""The workers beside the server are started anew, whatever hinders it for a while."""

import os
import shutil
import signal
import sys
import time

from crm.running import keeper

#: A worker is started by a thread, on a machine that may be busy.
PATIENCE = 60


def wait_for(happens):
    """Wait until something is true; fail when it never is."""
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_worker_that_cannot_be_started_is_tried_again(monkeypatch, tmp_path):
    missing, tried = tmp_path / "python", []
    monkeypatch.setattr(keeper, "PAUSE", 0.01)
    monkeypatch.setattr(keeper.log, "warning", lambda *told: tried.append(told))
    monkeypatch.setattr(sys, "executable", str(missing))
    kept = keeper.Keeper(1)
    kept.start()
    try:
        wait_for(lambda: len(tried) > 1)
        missing.symlink_to(shutil.which("true"))
        wait_for(lambda: kept.running[0])
    finally:
        kept.stop()


def test_workers_are_started_while_the_server_forks_those_that_serve_pages(monkeypatch):
    monkeypatch.setattr(keeper, "PAUSE", 0.001)
    monkeypatch.setattr(sys, "executable", shutil.which("true"))
    kept, started, forked = keeper.Keeper(1), set(), []
    kept.start()

    def fork_and_look():
        if len(forked) < 100:
            forked.append(os.fork())
            if not forked[-1]:
                signal.pause()  # a process that lives on without running a program
        started.add(kept.running[0] and kept.running[0].pid)
        return len(started) > 50

    try:
        wait_for(fork_and_look)
    finally:
        for child in forked:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        kept.stop()
