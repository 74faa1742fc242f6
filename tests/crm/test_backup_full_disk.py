"""No room: a backup is refused in words, nothing half is left, the proved one stays."""

import os
import secrets
import shutil
import subprocess
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from crm.backups import carrying_out, places, second_place, shelf, work
from crm.backups.models import Backup
from crm.backups.refusals import Refused
from crm.jobs.background import Context
from tests.installations import Installation, address, asked, rows_of

pytestmark = pytest.mark.installation

FULL = "磁盘已满"
MEGABYTE = 2**20
NO_FILES = ("ballast", ".lock", "secret-key")


class Disk:
    """A file system of its own in memory, as large as is wished."""

    def __init__(self, path):
        self.path = path
        path.mkdir()

    def mount(self):
        """Make it; raise CalledProcessError where that is not allowed."""
        self._run("mount", "-t", "tmpfs", "-o", "size=1g,mode=755", "tmpfs", self.path)
        (self.path / "ballast").touch()

    def unmount(self):
        """Let it go, whoever still has a file of it open."""
        self._run("umount", "--lazy", self.path)

    def leave(self, room):
        """Let so many bytes be free."""
        (self.path / "ballast").write_bytes(b"-")  # a size of 0 would be any size
        found = os.statvfs(self.path)
        used = (found.f_blocks - found.f_bfree) * found.f_frsize
        self._run("mount", "-o", f"remount,size={used + room}", self.path)

    def files(self):
        """Return the names of what lies on it."""
        found = (path for path in self.path.rglob("*") if path.is_file())
        return sorted(path.name for path in found if path.name not in NO_FILES)

    def _run(self, program, *arguments):
        command = [shutil.which(program) or program, *arguments]
        subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def disks(tmp_path):
    """A disk for the backups and one for the data."""
    made = [Disk(tmp_path / "disk of backups"), Disk(tmp_path / "disk")]
    try:
        for disk in made:
            disk.mount()
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"only root can make a small disk: {error}")
    yield made
    for disk in made:
        disk.unmount()


def test_a_full_disk_is_told_and_the_proved_backup_stays(
    company, disks, sign_in, zhou, settings
):
    disk, data = disks
    settings.BACKUPS, place = disk.path, {"CRM_BACKUPS": str(disk.path)}
    code, said = company.run("backup", **place)
    assert code == 0, said
    (proved,) = disk.files()
    size = (disk.path / proved).stat().st_size
    for room in (size // 3, size + size // 2):  # for the dump; for the whole beside it
        disk.leave(room)
        code, said = company.run("backup", **place)
        assert (code, FULL in said, "disk is full" in said) == (1, True, True), said
        assert disk.files() == [proved]
        failed = Backup.objects.latest("pk")
        assert (failed.state, failed.reason) == ("failed", "full")
    with pytest.raises(ValidationError, match=FULL):  # what its job then says
        work.back_up.call(Context(zhou, {"backup": failed.pk}, 0, 0))
    assert sign_in(zhou).get("/system/backups/").text.count(FULL) == 2
    disk.leave(1024 * MEGABYTE)
    small = Installation(data.path, company.url)
    data.leave(20 * MEGABYTE)  # too little for a PostgreSQL to try it in
    code, said = small.run("backup", "--verify", disk.path / proved, **place)
    assert (code, FULL in said) == (1, True), said
    data.leave(60 * MEGABYTE)  # for an empty one, but not for what the backup holds
    code, said = small.run("backup", **place)
    assert (code, FULL in said) == (1, True), said
    untried = Backup.objects.latest("pk")
    assert (untried.state, untried.verdict) == ("done", "waiting")
    assert FULL in sign_in(zhou).get(untried.get_absolute_url()).text
    assert Backup.objects.get(verified=True).name == proved
    assert not (data.path / "postgres-scratch").exists()
    it_is_tried_when_asked_again(untried, zhou)
    data.leave(1024 * MEGABYTE)
    code, said = small.run("backup", "--row", untried.pk, **place)
    assert code == 0, said
    assert disk.files() == [proved, untried.name]
    assert Backup.objects.filter(verified=True).count() == 2


def it_is_tried_when_asked_again(backup, by):
    """The job that has it done again takes the file that is there."""
    context = Context(by, {"backup": backup.pk}, 0, 0)
    with pytest.raises(ValidationError, match=FULL):
        work.back_up.call(context)
    long_ago = backup.seen_at - timedelta(hours=1)
    Backup.objects.filter(pk=backup.pk).update(seen_at=long_ago)
    assert work.back_up.call(context) == {"backup": backup.pk}


def test_a_restore_that_has_no_room_leaves_the_old_state(
    company, backup, beside, disks, tmp_path
):
    disk, data = disks
    code, said = beside.run("restore", backup)
    assert code == 0, said
    before, name = rows_of(beside.url), beside.url.rpartition("/")[2]
    files = sorted((beside.var / "attachments").rglob("*"))
    (data.path / "secret-key").write_text(secrets.token_urlsafe(50))
    disk.leave(0)
    data.leave(0)
    small = Installation(data.path, beside.url)
    for installation, backups in (
        (beside, disk.path),  # no room to unpack it
        (small, tmp_path / "backups"),  # none for the files of contracts
    ):
        code, said = installation.run("restore", backup, CRM_BACKUPS=str(backups))
        assert (code, FULL in said) == (1, True), said
        assert rows_of(beside.url) == before
        there = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        assert asked(address("postgres"), there, name) == [(name,)]
        assert disk.files() + data.files() == []
    assert sorted((beside.var / "attachments").rglob("*")) == files
    empty, place = Installation(data.path), {"CRM_BACKUPS": str(backup.parent)}
    data.leave(60 * MEGABYTE)  # for a server, but not for what the backup holds
    code, said = empty.run("restore", backup, **place)
    assert (code, FULL in said) == (1, True), said
    data.leave(1024 * MEGABYTE)
    code, said = empty.run("restore", backup, **place)
    assert code == 0, said


@pytest.mark.django_db
def test_a_second_place_that_is_full_holds_no_half(disks, settings, sign_in, zhou):
    disk, second = disks
    settings.BACKUPS, settings.BACKUP_COPY_TO = disk.path, str(second.path)
    backup = shelf.begin(by=zhou, encrypted=False)
    path = places.home() / backup.name
    path.write_bytes(bytes(MEGABYTE))
    shelf.made(backup, path, backup.begun_at)
    shelf.proved(backup)
    half = second.path / f"crm-2026-11-20-023000.tar{second_place.HALF}"
    half.touch()
    os.utime(half, (0, 0))  # of one that was killed long ago
    second.leave(MEGABYTE // 2)
    with pytest.raises(Refused) as refused:
        carrying_out.copy(backup, path)
    assert refused.value.reason == "copy_full"
    assert second.files() == []
    backup.refresh_from_db()
    assert (backup.verified, backup.copied) == (True, False)
    assert f"第二处的{FULL}" in sign_in(zhou).get("/system/backups/").text
