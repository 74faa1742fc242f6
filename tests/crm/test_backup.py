"""Backup and restore: the commands of README, run as they stand there.

What is backed up is the database of the tests; what comes back stands beside it.
"""

import shutil
import tarfile
import time
from contextlib import closing
from hashlib import sha256
from itertools import repeat
from urllib.parse import quote

import psycopg2
import pytest
from django.db import connection

from crm.backups import container
from crm.backups.models import MAKING, Backup
from crm.backups.refusals import Refused
from crm.backups.replaced import OTHERS
from crm.guards.actor import acting
from crm.running.localpg import APP_ROLE, OWNER_ROLE, Cluster
from tests.installations import SIGNED, Installation, address, asked, rows_of
from tests.people import PASSWORD

pytestmark = pytest.mark.installation


def test_it_is_made_damaged_refused_and_brought_back_on_an_empty_machine(
    company, backup, tmp_path
):
    assert backup.stat().st_mode & 0o777 == 0o600
    assert backup.parent.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in backup.parent.iterdir()} == {backup.name, ".lock"}
    assert not (company.var / "postgres-scratch").exists()
    holds_no_secret(backup, company)
    empty = Installation(tmp_path / "empty")
    whole = backup.read_bytes()
    damaged = backup.with_name("damaged.tar")
    places = range(0, len(whole), 9973)
    for content in (*map(flipped, repeat(whole), places), whole[:9]):
        damaged.write_bytes(content)
        with pytest.raises(Refused):
            container.check(damaged)
    damaged.write_bytes(whole[:-600])
    for command in (("backup", "--verify", damaged), ("restore", damaged)):
        code, said = empty.run(*command)
        assert (code, "checksum" in said, "校验和" in said) == (1, True, True), said
    assert not (empty.var / "postgres").exists()
    shutil.rmtree(empty.var)
    assert empty.run("restore", damaged)[0] == 1
    assert not empty.var.exists()  # a refused one leaves nothing behind
    code, said = empty.run("restore", backup)
    assert code == 0, said
    cluster = Cluster(empty.var / "postgres")
    cluster.hold()
    try:
        url = f"postgresql://{OWNER_ROLE}@{quote(str(cluster.sockets), safe='')}/crm"
        everything_is_as_it_was(company, url, empty)
        assert a_person_finds_everything(empty)
    finally:
        cluster.release()


def holds_no_secret(backup, company):
    """The key that signs sessions and encrypts second factors is not in it."""
    secret = (company.var / "secret-key").read_bytes().strip()
    with tarfile.open(backup) as tar:
        names = [part.name for part in tar]
        assert names[:2] == [container.MANIFEST, container.DUMP]
    assert secret not in backup.read_bytes()


def flipped(whole: bytes, place: int) -> bytes:
    """Return a content with one bit of it changed."""
    return whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]


def everything_is_as_it_was(company, url, restored):
    """Every row of every table, but for what says that this was brought back."""
    before, now = rows_of(company.url), rows_of(url)
    entries, of_now = before.pop("crm_historyentry"), now.pop("crm_historyentry")
    for told in (before, now):  # its own row was of a backup that was being made
        del told["backups_backup"]
    assert now == before
    assert of_now[0] == entries[0] + 1
    newest = "SELECT verb FROM crm_historyentry ORDER BY id DESC LIMIT 1"
    assert asked(url, newest) == [("brought_back",)]
    of_backup = "SELECT state, verified FROM backups_backup ORDER BY id DESC LIMIT 1"
    assert asked(url, of_backup) == [("done", True)]
    triggers = "SELECT count(*) FROM pg_trigger"
    assert asked(url, triggers) == asked(company.url, triggers)
    digest = sha256(SIGNED).hexdigest()
    kept = restored.var / "attachments" / digest[:2] / digest[2:4] / digest
    assert kept.read_bytes() == SIGNED


def a_person_finds_everything(installation) -> bool:
    """Sign in as the role that serves pages does, and fetch the file."""
    look = (
        "from django.test import Client;"
        "from contracts.models import ContractAttachment as File;"
        "file = File.objects.get(); browser = Client(SERVER_NAME='localhost');"
        "given = {'login': 'sales', 'password': '" + PASSWORD + "'};"
        "answer = browser.post('/login/', given); assert answer.status_code == 302;"
        "url = f'/contracts/{file.record_id}/attachments/{file.pk}/';"
        f"content = b''.join(browser.get(url)); assert content == {SIGNED!r}"
    )
    code, said = installation.run("shell", "-c", look, CRM_DATABASE_ROLE="app")
    assert code == 0, said
    return True


def test_over_another_installation_the_old_state_stays_aside(
    company, backup, beside, tmp_path
):
    code, said = beside.run("restore", backup)
    assert code == 0, said
    everything_is_as_it_was(company, beside.url, beside)
    asked(beside.url, "UPDATE crm_user SET name = '后来' WHERE username = 'sales'")
    later = rows_of(beside.url)
    with closing(psycopg2.connect(beside.url)) as somebody:
        code, said = beside.run("restore", backup)
        assert code == 1
        assert "数据库正在使用" in said
        assert somebody.closed == 0
    assert rows_of(beside.url) == later
    code, said = beside.run("restore", backup)
    assert code == 0, said
    everything_is_as_it_was(company, beside.url, beside)
    (line,) = (line for line in said.splitlines() if "_before_" in line)
    aside = line.rpartition(": ")[2]
    assert rows_of(address(aside)) == later
    kept = sha256(SIGNED).hexdigest()
    (old,) = (beside.var / "attachments" / aside).rglob(kept)
    assert old.read_bytes() == SIGNED


@pytest.mark.django_db
def test_whoever_is_connected_stops_a_restore_whatever_is_hidden_of_them():
    """The kind of a session is hidden from roles that have no right on its own."""
    sessions = """WITH pg_stat_activity
        (datname, pid, application_name, usename, backend_type) AS (VALUES
            ('crm', 1, '', 'dba', NULL),
            ('crm', 2, 'psql', 'crm_app', 'client backend'),
            ('crm', 3, '', NULL, 'autovacuum worker'),
            ('other', 4, '', 'stranger', 'client backend'))"""
    with connection.cursor() as cursor:
        cursor.execute(sessions + OTHERS, ["crm"])
        assert sorted(cursor.fetchall()) == [("dba",), ("psql",)]


def test_a_newer_backup_is_refused_before_anything_is_touched(company, backup, beside):
    newer = "INSERT INTO django_migrations (app, name, applied) VALUES"
    asked(company.url, f"{newer} ('crm', '9999_to_come', now())")
    try:
        code, said = company.run("backup")
    finally:
        asked(company.url, "DELETE FROM django_migrations WHERE name = '9999_to_come'")
    assert code == 1
    assert "crm.9999_to_come" in said
    file = company.backups[-1]
    assert file != backup
    assert beside.run("restore", file)[0] == 1
    assert rows_of(beside.url) == {}


def test_killed_at_any_step_of_a_backup_no_half_of_it_has_a_name(company):
    work, scratch = company.var / "backups", company.var / "postgres-scratch"
    steps = (
        lambda: list(work.glob("new-*/dump")),
        lambda: list(work.glob("new-*/whole")),
        lambda: (scratch / "data" / "postmaster.pid").exists(),
    )
    for step in steps:
        company.kill(step, "backup")
        for file in company.backups:
            container.check(file)  # it has its name only when it is whole
    # What has its name goes on where it was, also if nobody has noted that it has.
    begun = Backup.objects.latest("pk")
    files = [file.name for file in company.backups]
    nothing = {"size": None, "made_at": None}
    with acting(None, verb=MAKING):
        Backup.objects.filter(pk=begun.pk).update(state="running", **nothing)
    # The role of the pages may make one, as the worker does: it owns no table.
    pages = company.url.replace(f"//{OWNER_ROLE}@", f"//{APP_ROLE}@")
    company = Installation(company.var, pages)
    slow = {"CRM_BACKUP_COPY_COMMAND": "sleep 3", "CRM_BACKUP_READ_COMMAND": "cat"}
    rows = Backup.objects.filter(pk=begun.pk, verified=True)
    company.kill(rows.exists, "backup", "--row", begun.pk, **slow)
    second = company.var / "second"
    second.mkdir()
    place = {"CRM_BACKUP_COPY_TO": str(second)}
    code, said = company.run("backup", "--row", begun.pk, **place)
    assert code == 0, said
    assert rows.get().copied
    assert [file.name for file in company.backups] == files
    assert [file.name for file in second.iterdir()] == [begun.name]
    assert not list(work.glob("new-*"))
    assert not scratch.exists()


def test_killed_at_any_step_of_a_restore_a_whole_state_stands(company, backup, beside):
    """The old one, or the new one where the kill comes as late as the switch: both are
    of this backup, but for what each restore notes of itself."""
    code, said = beside.run("restore", backup)
    assert code == 0, said
    before, name = rows_of(beside.url), beside.url.rpartition("/")[2]

    def new_there():
        there = "SELECT 1 FROM pg_database WHERE datname = %s"
        return asked(address("postgres"), there, f"{name}_restoring")

    def tables_there():
        counted = "SELECT 1 FROM pg_class WHERE relname = 'crm_historyentry'"
        try:
            return asked(f"{beside.url}_restoring", counted)
        except psycopg2.OperationalError:
            return []

    steps = (
        new_there,
        tables_there,
        lambda: list((beside.var / "attachments").glob("*_before_*")),
    )
    for step in steps:
        ended = beside.kill(step, "restore", backup)
        settled(name)
        now = rows_of(beside.url)
        assert ended == 0 or without_notes(now) == without_notes(before)
        before = now
    code, said = beside.run("restore", backup)
    assert code == 0, said
    assert new_there() == []


def without_notes(rows):
    """Return how many rows each table has and what they say, but for the notes."""
    notes = ("backups_backup", "crm_historyentry")
    return {table: told[:1] if table in notes else told for table, told in rows.items()}


def settled(name):
    """Wait until whatever a killed restore has left connected is gone."""
    others = "SELECT 1 FROM pg_stat_activity WHERE datname = %s"
    deadline = time.monotonic() + 60
    while asked(address("postgres"), others, name) and time.monotonic() < deadline:
        time.sleep(0.05)
