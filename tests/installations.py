"""Installations beside that of the tests: a directory of data, a database, commands."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import psycopg2
from django.conf import settings
from django.db import connection

from crm.backups.sums import sums_of

#: The content of a file of the company's.
SIGNED = b"%PDF-1.7 signed by both sides"
#: What an environment must not hand on to another installation.
NOT_INHERITED = ("CRM_", "DATABASE_", "PYTEST_", "ALLOWED_HOSTS", "DJANGO")


def address(name=None) -> str:
    """Return the URL of a database on the server of the tests.

    Args:
        name: of the database; that of this test without.
    """
    given = connection.settings_dict
    host, port = quote(given["HOST"], safe=""), given["PORT"]
    secret = f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else ""
    place = f"{host}:{port}" if port else host
    return f"postgresql://{given['USER']}{secret}@{place}/{name or given['NAME']}"


def environment(var, url="") -> dict:
    """Return the environment of a program with data and a database of its own.

    Args:
        var: its directory of data.
        url: of its database; without, it has its own PostgreSQL in `var`.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(NOT_INHERITED)}
    ours = {"CRM_VAR": str(var), "CRM_DEMO": "0"}
    return kept | ours | ({"DATABASE_URL": url} if url else {})


def asked(url: str, statement: str, *values) -> list[tuple]:
    """Return the rows of a statement, sent outside of any transaction."""
    with closing(psycopg2.connect(url)) as connected:
        connected.autocommit = True
        with connected.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []


def rows_of(url: str, tables=None) -> dict:
    """Return how many rows each table has, and their sums."""
    with closing(psycopg2.connect(url)) as connected, connected.cursor() as cursor:
        return sums_of(cursor, tables)


def drop_all(name):
    """Drop the databases whose name begins so."""
    maintenance = address("postgres")
    left = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
    for (old,) in asked(maintenance, left, name):
        asked(maintenance, f'DROP DATABASE "{old}" WITH (FORCE)')


class Installation:
    """A directory of data and a database, and the commands that are run on them."""

    def __init__(self, var: Path, url: str = ""):
        self.var, self.url = var, url

    def start(self, *command, **more) -> subprocess.Popen:
        """Start one of the program's commands.

        Args:
            command: and its arguments.
            more: variables of its environment.
        """
        return subprocess.Popen(
            [sys.executable, "manage.py", *map(str, command)],
            cwd=settings.ROOT,
            env=environment(self.var, self.url) | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command, **more) -> tuple[int, str]:
        """Run one to its end; return how it ended and what it said."""
        process = self.start(*command, **more)
        said = "".join(process.communicate())
        return process.returncode, said

    def kill(self, when, *command, **more) -> int:
        """Kill a command as soon as something is there; return how it ended."""
        process = self.start(*command, **more)
        while process.poll() is None and not when():
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return process.returncode

    @contextmanager
    def served(self):
        """Give a server of its pages, with its `url`, while the block runs."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = self.start("serve", PORT=str(port), CRM_JOB_WORKERS="0")
        try:
            ready = (line for line in process.stdout if f"127.0.0.1:{port}" in line)
            assert next(ready, None), process.stderr.read()
            yield SimpleNamespace(url=f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.communicate()

    @property
    def backups(self) -> list[Path]:
        """The files that have the name of a backup."""
        return sorted((self.var / "backups").glob("crm-*"))
