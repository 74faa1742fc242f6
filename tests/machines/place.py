"""The directory, ports and secrets of machines that share this one."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import psycopg2

from crm.running.localpg import account, configuration
from tests.benchmarks.crowd.site import free_port

ROOT = Path(__file__).resolve().parents[2]
DEPLOYMENT = ROOT / "crm" / "deployment"
SITE = "crm.example.com"
PATIENCE = 300  # seconds until something that was started must answer
NEEDED = ("nginx", "pgbouncer", "openssl")
PATHS = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def missing():
    """Return the programs that are not here."""
    return [name for name in NEEDED if not shutil.which(name, path=PATHS)]


def program(name):
    """Return where a program is, also in the places of the administrator."""
    return shutil.which(name, path=PATHS)


def filled(name, changes):
    """Return a file of the deployment with this place's values in it."""
    text = (DEPLOYMENT / name).read_text()
    for old, new in changes.items():
        assert old in text, f"{name} does not say {old}"
        text = text.replace(old, str(new))
    return text


class Place:
    """What all the machines know, and everything that was started."""

    def __init__(self):
        """Choose a directory of our own, ports and secrets."""
        self.home = Path(tempfile.mkdtemp(prefix="crm-machines-"))
        self.home.chmod(0o711)  # PostgreSQL runs as somebody who is not root
        self.prefix = account.unprivileged(configuration.BINARIES, self.home)
        names = ("primary", "replica", "pooler", "first", "second", "front", "plain")
        self.ports = {name: free_port() for name in names}
        self.app, self.owner, self.streaming = (secrets.token_hex(12) for _ in range(3))
        self.key = secrets.token_urlsafe(60)
        self.running = {}

    def stop(self):
        """Stop whatever still runs, last started first, and tidy up."""
        last_first = list(reversed(self.running.values()))
        for process in last_first:
            process.send_signal(signal.SIGINT)
        for process in last_first:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def ask(self, server, statement, *, database="postgres"):
        """Return the rows of a statement of PostgreSQL's superuser."""
        where = {"host": str(self.home / server), "port": self.ports[server]}
        return rows(statement, **where, user="postgres", dbname=database)

    def ask_as_pages(self, statement):
        """Return the rows of a statement as the program gets them."""
        where = {"host": "127.0.0.1", "port": self.ports["pooler"]}
        person = {"user": "crm_app", "password": self.app}
        return rows(statement, **where, **person, dbname="crm")

    def looks(self, server):
        """Return how often the customers were looked through on a server."""
        asked = (
            "SELECT coalesce(seq_scan, 0) + coalesce(idx_scan, 0)"
            " FROM pg_stat_user_tables WHERE relname = 'customers_customer'"
        )
        return self.ask(server, asked, database="crm")[0][0]

    def write(self, path, text):
        """Write a file for the account that PostgreSQL runs under."""
        path.write_text(text)
        os.chown(path, self.prefix.uid, -1)

    def run(self, name, command, **options):
        """Start something that runs until the end."""
        with (self.home / f"{name}.log").open("w") as log:
            self.running[name] = subprocess.Popen(
                [str(part) for part in command], stdout=log, stderr=log, **options
            )

    def wait_for(self, name, answers):
        """Wait until it answers; show its log if it does not."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if answers():
                    return
            except (OSError, psycopg2.OperationalError):
                gone = self.running[name].poll() is not None
                if gone or time.monotonic() > deadline:
                    log = (self.home / f"{name}.log").read_text()
                    raise AssertionError(f"{name} does not answer: {log}") from None
            time.sleep(0.1)

    def is_healthy(self, name, expected=200):
        """Tell whether a machine answers to the name of the site."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports[name]}/health/", headers={"Host": SITE}
        )
        opener = urllib.request.build_opener(Untravelled)
        return opener.open(request, timeout=5).status == expected


def rows(statement, **where):
    """Return the rows of a statement, sent outside of any transaction."""
    with contextlib.closing(psycopg2.connect(**where)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()


class Untravelled(urllib.request.HTTPRedirectHandler):
    """Stays where it is sent away from."""

    def redirect_request(self, *_arguments):
        """Follow nothing."""

    def http_error_301(self, _request, answer, *_arguments):
        """Take the answer as it is."""
        return answer
