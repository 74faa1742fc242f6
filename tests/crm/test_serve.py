"""`manage.py serve` from nothing to pages, and back to nothing."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
from django.core.management.base import CommandError

from crm.management.commands.serve import collect_static_files
from crm.running.localpg import APP_ROLE, OWNER_ROLE, Cluster

pytestmark = pytest.mark.installation

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 110  # seconds; two minutes are promised for the first start
NOT_INHERITED = (
    "CRM_",
    "DATABASE_",
    "PYTEST_",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "DJANGO",
)


class Installation:
    """One directory of data, and the server processes started on it."""

    def __init__(self, var: Path):
        self.var = var
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.started = []
        self.log = var.with_name(f"{var.name}.log")

    def serve(self, **environment: str) -> subprocess.Popen:
        """Start `manage.py serve`."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(NOT_INHERITED)
        }
        with self.log.open("w") as log:  # a pipe that nobody reads would fill up
            process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=kept
                | {"CRM_VAR": str(self.var), "PORT": str(self.port)}
                | environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.started.append(process)
        return process

    def up(self, **environment: str) -> subprocess.Popen:
        """Start it and wait until it prints its address."""
        process = self.serve(**environment)
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        for line in process.stdout:
            if line.rstrip().endswith(f"http://127.0.0.1:{self.port}"):
                watchdog.cancel()
                assert self.is_healthy()
                return process
        raise AssertionError(self.complaint())

    def complaint(self) -> str:
        """Return what the server that was started last said, and its workers."""
        return self.log.read_text()

    def refusal(self, **environment: str) -> str:
        """Start it where it must not start; return why it does not."""
        process = self.serve(**environment)
        process.communicate(timeout=60)
        assert process.returncode == 1
        assert "Traceback" not in self.complaint()
        return self.complaint()

    def end(self) -> None:
        """End whatever still runs."""
        while self.started:
            process = self.started.pop()
            process.kill()
            process.wait(timeout=30)

    def get(self, path: str):
        """Return the answer to a request, an error's too."""
        try:
            return urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{path}", timeout=10
            )
        except urllib.error.HTTPError as answer:
            return answer

    def is_healthy(self) -> bool:
        """Tell whether pages can be served."""
        try:
            return self.get("/health/").status == 200
        except OSError:
            return False

    def rows(self, statement: str) -> list[tuple]:
        """Ask the database as its owner."""
        where = str(Cluster(self.var / "postgres").sockets)
        connected = psycopg2.connect(host=where, user=OWNER_ROLE, dbname="crm")
        with closing(connected) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    def is_silent(self) -> bool:
        """Tell whether neither the port nor the database answers."""
        try:
            self.rows("SELECT 1")
        except psycopg2.OperationalError:
            return not self.is_healthy()
        return False


@contextmanager
def installed(place: Path):
    """Have an installation, whose servers are gone afterwards."""
    installation = Installation(place / "var")
    try:
        yield installation
    finally:
        installation.end()
        cluster = Cluster(installation.var / "postgres")
        cluster.hold()
        cluster.release()


@pytest.fixture(scope="module")
def awkward(tmp_path_factory):
    """Return an installation in an awkward place, used by all tests of the module."""
    with installed(tmp_path_factory.mktemp("客户 资源")) as place:
        yield place


@pytest.fixture
def installation(awkward):
    """Return the same, on which nothing runs before and after a test."""
    yield awkward
    awkward.end()


def stop(process: subprocess.Popen, by: int = signal.SIGTERM) -> None:
    """Stop a server the polite way."""
    process.send_signal(by)
    process.communicate(timeout=40)
    assert process.returncode == 0


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_stops_everything(installation, by):
    process = installation.up(LANG="zh_CN.UTF-8")
    assert installation.get("/health/").read() == b"ok"
    stop(process, by)
    assert installation.is_silent()


def test_pages_are_served_with_the_headers_and_the_role_they_should(installation):
    process = installation.up()
    answer = installation.get("/login/")
    assert answer.status == 200
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Request-ID"]
    asked = "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'crm'"
    others = f"{asked} AND pid <> pg_backend_pid()"
    assert installation.rows(others) == [(APP_ROLE,)]
    stop(process)


def workers(installation) -> set[int]:
    """Return the processes that have given a sign of life as workers."""
    names = installation.rows("SELECT name FROM jobs_beat WHERE name LIKE '%:%'")
    return {int(name.rpartition(":")[2]) for (name,) in names}


def await_that(installation, happens) -> None:
    """Wait until something is true; fail when it never is, with what was said."""
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline, installation.complaint()
        time.sleep(0.2)


def test_a_worker_that_is_killed_is_followed_by_another(installation):
    process = installation.up()
    known = workers(installation)
    await_that(installation, lambda: workers(installation) - known)
    (first,) = workers(installation) - known
    os.kill(first, signal.SIGKILL)
    await_that(installation, lambda: workers(installation) - known - {first})
    stop(process)
    assert installation.is_silent()


def test_a_killed_server_takes_its_worker_along(installation):
    process = installation.up()
    known = workers(installation)
    await_that(installation, lambda: workers(installation) - known)
    process.kill()
    process.wait()
    await_that(installation, lambda: nobody_is_connected(installation))


def nobody_is_connected(installation) -> bool:
    """Tell whether neither pages nor a worker have the database open."""
    others = "datname = 'crm' AND usename = 'crm_app'"
    asked = f"SELECT count(*) FROM pg_stat_activity WHERE {others}"  # noqa: S608 - ours
    try:
        return installation.rows(asked) == [(0,)]
    except psycopg2.OperationalError:  # PostgreSQL has stopped with the last one
        return True


def test_a_foreign_host_name_is_refused(installation):
    process = installation.up()
    request = urllib.request.Request(
        f"http://127.0.0.1:{installation.port}/login/", headers={"Host": "evil.test"}
    )
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request, timeout=10)  # noqa: S310 - our own address
    stop(process)


def test_the_role_of_the_pages_cannot_rewrite_history(installation):
    process = installation.up()
    asked = (
        "SELECT grantee, privilege_type FROM information_schema.table_privileges"
        " WHERE grantee = 'crm_app' AND table_name = 'crm_historyentry'"
    )
    granted = installation.rows(asked)
    assert granted == [(APP_ROLE, "SELECT")]
    stop(process)


def test_after_the_server_is_killed_the_next_start_recovers(installation):
    installation.up().kill()
    stop(installation.up())
    assert installation.is_silent()


def test_after_the_database_is_killed_the_next_start_recovers(installation):
    process = installation.up()
    pid_file = installation.var / "postgres" / "data" / "postmaster.pid"
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
    process.kill()
    stop(installation.up())
    assert installation.is_silent()


def test_it_recovers_by_itself_when_only_the_database_is_killed(installation):
    process = installation.up()
    pid_file = installation.var / "postgres" / "data" / "postmaster.pid"
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
    deadline = time.monotonic() + 90
    while not installation.is_healthy():
        assert time.monotonic() < deadline
        time.sleep(0.2)
    stop(process)


def test_a_taken_port_is_named(installation):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        complaint = installation.refusal()
    assert "choose another with PORT" in complaint


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7"])  # noqa: S104 - refused
def test_the_pages_are_not_opened_to_other_machines_bare(tmp_path, address):
    complaint = Installation(tmp_path / "var").refusal(CRM_BIND=address)
    assert "CRM_PROXIES" in complaint
    assert not (tmp_path / "var" / "postgres").exists()


def test_a_killed_server_leaves_its_port_at_once(installation):
    """Even with somebody connected who says nothing, and one who keeps the line."""
    process = installation.up()
    silent = socket.create_connection(("127.0.0.1", installation.port))
    kept = socket.create_connection(("127.0.0.1", installation.port))
    kept.sendall(b"GET /health/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert kept.recv(1000).startswith(b"HTTP/1.1 200")
    process.kill()
    began = time.monotonic()
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", installation.port))
                break
            except OSError:
                assert time.monotonic() - began < 15  # they would linger for 20
        time.sleep(0.1)
    silent.close()
    kept.close()


def test_production_refuses_to_start_on_defaults(installation):
    complaint = installation.refusal(
        DATABASE_URL="postgresql://crm:crm@127.0.0.1:1/crm",
        ALLOWED_HOSTS="*",
        SECRET_KEY="short",
    )
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"):
        assert f"- {name}" in complaint


def test_demo_data_goes_only_into_a_database_made_for_it(tmp_path):
    """One without people may be a company's, on its way back from a backup."""
    with installed(tmp_path) as place:
        stop(place.up(CRM_DEMO="0"))
        process = place.up()
        assert place.rows("SELECT count(*) FROM crm_user") == [(0,)]
        stop(process)


def test_a_damaged_directory_of_data_stops_the_start_in_words(tmp_path):
    data = tmp_path / "var" / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "pg_control").write_bytes(b"of a company")
    complaint = Installation(tmp_path / "var").refusal()
    assert "PG_VERSION" in complaint
    assert "请恢复整个目录" in complaint
    assert (data / "pg_control").read_bytes() == b"of a company"


def test_static_files_are_collected_only_where_nobody_elses_lie(tmp_path, settings):
    """CRM_VAR may name a directory that has another `static`."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "thesis.txt").write_text("years of work")
    with pytest.raises(CommandError, match="was not made by this program"):
        collect_static_files()
    assert (settings.STATIC_ROOT / "thesis.txt").read_text() == "years of work"
