"""The embedded PostgreSQL survives its users, and serves them wherever they live."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from crm.running.localpg import (
    APP_ROLE,
    OWNER_ROLE,
    Cluster,
    Unavailable,
    account,
    configuration,
)

pytestmark = pytest.mark.installation

ROOT = Path(__file__).resolve().parents[2]
GIGABYTE = 2**30
HOLD = """
import sys
from pathlib import Path
from crm.running.localpg import Cluster

Cluster(Path(sys.argv[1]), testing=True).hold()
print("ready", flush=True)
sys.stdin.read()
"""

as_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root needs another account"
)


@pytest.fixture
def home(tmp_path):
    """Return a place for a cluster; whoever still holds it is stopped afterwards."""
    place = tmp_path / "postgres"
    yield place
    cluster = Cluster(place, testing=True)
    cluster.hold()
    cluster.release()


@pytest.fixture
def holder(home):
    """Return a function that starts a process which holds the cluster."""
    started = []

    def start(place: Path = home, **environment) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(place)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | environment,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate(timeout=30)


def ready(process: subprocess.Popen) -> subprocess.Popen:
    """Wait until `process` holds the cluster."""
    assert process.stdout.readline() == b"ready\n"
    return process


def answers(home: Path, role: str = OWNER_ROLE) -> bool:
    """Tell whether the cluster's database can be used."""
    try:
        rows(home, "SELECT 1", role)
    except psycopg2.OperationalError:
        return False
    return True


def rows(home: Path, statement: str, role: str = OWNER_ROLE) -> list[tuple]:
    """Return the rows of one statement."""
    where = str(Cluster(home).sockets)
    connected = psycopg2.connect(host=where, user=role, dbname="crm")
    with closing(connected) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def server_pid(home: Path) -> int:
    """Return the number of the server's first process."""
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


def await_silence(home: Path) -> None:
    """Wait until nobody answers any more."""
    deadline = time.monotonic() + 60
    while answers(home):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_neither_role_is_a_superuser(home, holder):
    ready(holder())
    found = rows(
        home, "SELECT rolname, rolsuper FROM pg_roles WHERE rolname LIKE 'crm%'"
    )
    assert sorted(found) == [(APP_ROLE, False), (OWNER_ROLE, False)]
    assert answers(home, APP_ROLE)


def test_chinese_words_have_trigrams(home, holder):
    ready(holder())
    assert rows(home, "SELECT cardinality(show_trgm('华为'))") == [(3,)]


def test_the_last_to_leave_stops_the_server(home, holder):
    first, second = ready(holder()), ready(holder())
    first.communicate(timeout=30)
    assert answers(home)
    second.communicate(timeout=30)
    assert not answers(home)


def test_a_killed_holder_does_not_keep_the_server_for_ever(home, holder):
    first, second = ready(holder()), ready(holder())
    first.kill()
    first.wait(timeout=30)
    second.communicate(timeout=30)
    assert not answers(home)


def test_a_holder_that_is_terminated_stops_the_server(home, holder):
    process = ready(holder())
    process.terminate()
    process.wait(timeout=30)
    await_silence(home)


def test_a_killed_server_is_started_again(home, holder):
    ready(holder())
    os.kill(server_pid(home), signal.SIGKILL)
    await_silence(home)
    ready(holder())
    assert answers(home)


def test_a_process_number_given_to_another_program_is_no_obstacle(home, holder):
    ready(holder()).communicate(timeout=30)
    pid_file = home / "data" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{home / 'data'}\n")
    ready(holder())
    assert answers(home)


def test_eight_may_start_at_once_on_nothing(home, holder):
    starting = [holder() for _ in range(8)]
    assert all(ready(process) for process in starting)
    assert answers(home)


@pytest.mark.parametrize("after", [0.1, 0.3, 0.5, 0.7])
def test_one_killed_while_making_the_cluster_leaves_no_half_of_it(home, holder, after):
    process = holder()
    time.sleep(after)
    process.kill()
    ready(holder())
    assert answers(home)


def everything_in(place: Path) -> dict[str, bytes | None]:
    """Return the files below a directory and what is in them."""
    return {
        str(path.relative_to(place)): path.read_bytes() if path.is_file() else None
        for path in sorted(place.rglob("*"))
    }


@pytest.mark.parametrize(
    "content", [{"base/1/2601": b"rows"}, {"lost+found/a": b""}, {".keep": b""}]
)
def test_a_directory_in_which_anything_lies_is_never_removed(tmp_path, content):
    """An interrupted copy back of `var/` lacks PG_VERSION, not the company's data."""
    cluster = Cluster(tmp_path / "postgres", testing=True)
    for name, written in content.items():
        (cluster.data / name).parent.mkdir(parents=True, exist_ok=True)
        (cluster.data / name).write_bytes(written)
    before = everything_in(cluster.data)
    with pytest.raises(Unavailable, match=r"PG_VERSION.*Put the whole directory back"):
        cluster.hold()
    assert everything_in(cluster.data) == before


def test_a_cluster_whose_version_is_lost_stays_and_runs_again(home, holder):
    ready(holder()).communicate(timeout=30)
    data = home / "data"
    (data / "PG_VERSION").rename(home / "elsewhere")
    before = everything_in(data)
    process = holder()
    assert process.stdout.readline() == b""
    assert everything_in(data) == before
    (home / "elsewhere").rename(data / "PG_VERSION")
    ready(holder())
    assert answers(home)


def test_a_cluster_that_is_gone_is_missed_and_not_made_anew(home, holder):
    """Neither at a start nor in a process that serves pages meanwhile."""
    ready(holder()).communicate(timeout=30)
    (home / "data").rename(home / "moved")
    process = holder()
    assert process.stdout.readline() == b""
    assert not (home / "data").exists()
    (home / "moved").rename(home / "data")


@pytest.mark.parametrize("lies_there", ["a link to nowhere", "a file"])
def test_a_volume_that_is_not_mounted_is_no_new_installation(tmp_path, lies_there):
    cluster = Cluster(tmp_path / "postgres", testing=True)
    cluster.home.mkdir()
    if lies_there == "a file":
        cluster.data.write_text("data")
    else:
        cluster.data.symlink_to(tmp_path / "unmounted")
    with pytest.raises(Unavailable, match="Nothing was changed"):
        cluster.hold()
    assert cluster.data.is_symlink() or cluster.data.read_text() == "data"


def test_an_empty_directory_may_be_filled(home, holder):
    """A mounted volume is one."""
    (home / "data").mkdir(parents=True)
    ready(holder())
    assert answers(home)


def test_only_the_rest_of_an_interrupted_making_is_removed(home, holder):
    for name in ("new-abcdefgh", "new-12345678", "new-year"):
        (home / name).mkdir(parents=True)
        (home / name / "file").write_text("kept")
    (home / "making").write_text("new-abcdefgh")
    ready(holder())
    assert {path.name for path in home.glob("new-*")} == {"new-12345678", "new-year"}


@pytest.mark.parametrize("language", ["zh_CN.UTF-8", "en_US.UTF-8", "zh_CN.GB18030"])
def test_a_language_the_host_never_generated_does_not_matter(home, holder, language):
    ready(holder(LANG=language, LC_ALL=language, PGHOST="nowhere", PGPORT="1"))
    assert answers(home)


@pytest.mark.parametrize(
    "name", ["客户 资源 with 'blanks', 100%", "很长的路径" * 8], ids=["odd", "long"]
)
def test_any_path_will_do(tmp_path, holder, name):
    place = tmp_path / name / "postgres"
    process = ready(holder(place))
    assert answers(place)
    process.communicate(timeout=30)
    assert not answers(place)


@pytest.fixture
def road(monkeypatch):
    """Return a function that leaves root only one way to another account."""

    roads = account.ROADS_FROM_ROOT

    def allow(program: str) -> None:
        left = [one for one in roads if one[1][0] == program]
        monkeypatch.setattr(account, "ROADS_FROM_ROOT", left)
        account.unprivileged.cache_clear()

    yield allow
    account.unprivileged.cache_clear()


@as_root
def test_root_runs_it_without_opening_a_closed_home(tmp_path, road):
    closed = tmp_path / "root's home"
    closed.mkdir(mode=0o700)
    road("unshare")
    cluster = Cluster(closed / "var" / "postgres", testing=True)
    try:
        cluster.hold()
    except Unavailable:
        pytest.skip("this machine forbids user namespaces")
    assert answers(cluster.home)
    cluster.release()
    assert closed.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_uid for path in cluster.data.rglob("*")} == {0}


@as_root
def test_root_becomes_nobody_where_namespaces_are_forbidden(road):
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o711)
        road("setpriv")
        cluster = Cluster(Path(place) / "postgres", testing=True)
        cluster.hold()
        assert answers(cluster.home)
        cluster.release()
        assert cluster.data.stat().st_uid == account.NOBODY

        road("unshare")  # the same data, after a move to a more liberal machine
        try:
            cluster.hold()
        except Unavailable:
            return
        assert answers(cluster.home)
        cluster.release()


@as_root
def test_nobody_is_not_let_into_a_closed_home(tmp_path, road):
    closed = tmp_path / "root's home"
    closed.mkdir(mode=0o700)
    road("setpriv")
    with pytest.raises(Unavailable, match="run as an ordinary user"):
        Cluster(closed / "postgres", testing=True).hold()
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_a_socket_directory_laid_by_somebody_else_is_refused(tmp_path):
    trap = tmp_path / "sockets"
    trap.mkdir()
    os.chown(trap, 12345, 12345)
    with pytest.raises(Unavailable, match="another user"):
        account.make_private(trap, os.geteuid())


def test_a_user_without_a_name_gets_one_in_a_namespace(monkeypatch):
    monkeypatch.setattr(account.os, "geteuid", lambda: 12345)
    monkeypatch.setattr(account, "_has_name", lambda uid: False)
    monkeypatch.setattr(account, "_works", lambda command: True)
    account.unprivileged.cache_clear()
    prefix = account.unprivileged(configuration.BINARIES, Path("/"))
    account.unprivileged.cache_clear()
    assert prefix == account.Prefix(12345, account.NAMESPACE)


@pytest.mark.parametrize(
    ("memory", "buffers", "cached", "upkeep"),
    [
        (GIGABYTE // 2, "128MB", "256MB", "64MB"),
        (4 * GIGABYTE, "512MB", "2048MB", "128MB"),
        (16 * GIGABYTE, "2048MB", "8192MB", "512MB"),
        (256 * GIGABYTE, "4096MB", "131072MB", "512MB"),
    ],
)
def test_postgresql_takes_its_share_of_the_memory(memory, buffers, cached, upkeep):
    """A small machine is not filled; a large one does not read from its disk."""
    assert configuration.shares(memory) == {
        "shared_buffers": buffers,
        "effective_cache_size": cached,
        "maintenance_work_mem": upkeep,
    }


def test_a_container_has_the_memory_that_it_may_take(tmp_path):
    """What the machine has beyond that would end it."""
    allowed, unlimited = tmp_path / "memory.max", tmp_path / "limit_in_bytes"
    allowed.write_text(f"{64 * 2**20}\n")
    unlimited.write_text("max\n")
    whole = configuration.memory(())
    assert configuration.memory((unlimited, tmp_path / "missing")) == whole
    assert configuration.memory((allowed, unlimited)) == 64 * 2**20 < whole


def test_tables_are_tidied_before_counting_them_becomes_dear(tmp_path):
    """By the server that comes along as by the one that the deployment describes."""
    configuration.write(tmp_path, tmp_path, testing=False)
    ours, shipped = (
        _settings(path)
        for path in (
            tmp_path / "crm.conf",
            ROOT / "crm" / "deployment" / "postgresql.conf",
        )
    )
    for name in ("vacuum", "vacuum_insert", "analyze"):
        setting = f"autovacuum_{name}_scale_factor"
        assert float(ours[setting]) == float(shipped[setting]) <= 0.02


def _settings(path):
    """Return {name: value} of a file of PostgreSQL's settings."""
    lines = (line.partition(" = ") for line in path.read_text().splitlines())
    return {name: value.strip("'") for name, sign, value in lines if sign}
