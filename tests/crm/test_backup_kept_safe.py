"""Backups that only who has the passphrase can read, and copies in a second place."""

import io
import random
import shlex
import sys
from datetime import UTC, datetime

import pytest

from crm.backups import (
    carrying_out,
    container,
    keys,
    manifest,
    places,
    sealed,
    second_place,
    shelf,
)
from crm.backups.models import Backup
from crm.backups.refusals import Refused

PASSPHRASE = "一二三四五六七八九十甲乙"
MOMENT = datetime(2026, 11, 27, 2, 30, tzinfo=UTC)
CONTENT = random.Random(27).randbytes(3_000_000)  # noqa: S311 - no secret


@pytest.fixture
def var(settings, tmp_path):
    """A directory of data."""
    settings.BACKUPS = tmp_path / "backups"
    return tmp_path


def a_file(var, name, passphrase=None):
    """Write a small backup: a manifest, and a dump of some pieces."""
    dump = var / "dump"
    dump.write_bytes(CONTENT)
    told = manifest.Manifest(MOMENT.isoformat(), "1.0.0", 18, 18, [], {})
    path = var / name
    container.write(path, told, dump, None, MOMENT, passphrase)
    return path


def dump_of(path, passphrase):
    """Return the dump that a backup holds."""
    with container.opened(path, lambda: passphrase) as (_manifest, parts):
        _name, _size, file = next(parts)
        return file.read()


def test_only_the_passphrase_opens_it(var, settings):
    path = a_file(var, "secret.tar.enc", PASSPHRASE)
    whole = path.read_bytes()
    assert b"manifest.json" not in whole
    assert CONTENT[:100] not in whole
    assert dump_of(path, PASSPHRASE) == CONTENT
    with pytest.raises(Refused) as refused:
        dump_of(path, PASSPHRASE + "!")
    assert refused.value.reason == "wrong_key"
    settings.BACKUP_KEY_FILE = ""
    with pytest.raises(Refused) as refused, container.opened(path):
        pass
    assert refused.value.reason == "locked"


@pytest.mark.parametrize("size", [0, 1, sealed.PIECE, sealed.PIECE + 1, 3 * 10**6])
def test_no_piece_can_be_left_out_or_put_elsewhere(size):
    hidden = io.BytesIO()
    writing = sealed.Writing(hidden, PASSPHRASE)
    writing.write(CONTENT[:size])
    writing.finish()
    whole = hidden.getvalue()
    assert read(whole) == CONTENT[:size]
    piece = sealed.PIECE + sealed.TAG
    head, pieces = whole[: sealed.HEAD], whole[sealed.HEAD :]
    damaged = [head + pieces[:-1], head + pieces[:1] + b"x" + pieces[2:]]
    if len(pieces) > piece:
        damaged += [head + pieces[:piece], head + pieces[piece:]]
        damaged += [head + pieces[piece : 2 * piece] + pieces[:piece]]
    for one in damaged:
        with pytest.raises(Refused):
            read(one)


def read(whole):
    """Return what was encrypted."""
    return io.BufferedReader(sealed.Reading(io.BytesIO(whole), PASSPHRASE)).read()


def test_the_passphrase_lies_in_a_file_of_its_owner_alone(var, settings):
    file = var / "key"
    settings.BACKUP_KEY_FILE = str(file)
    reasons = []
    for content, mode in ((None, 0), ("short", 0o600), (PASSPHRASE, 0o640)):
        if content is not None:
            file.write_text(content)
            file.chmod(mode)
        with pytest.raises(Refused) as refused:
            keys.from_file()
        reasons.append(refused.value.reason)
    assert reasons == ["no_key", "short_key", "open_key"]
    file.chmod(0o600)
    assert keys.from_file() == PASSPHRASE


# --- The second place -----------------------------------------------------------------


def test_a_copy_in_a_directory_is_private_and_whole(var, settings):
    path = a_file(var, "crm-2026-11-27-103000.tar")
    settings.BACKUP_COPY_TO = str(var / "not mounted")
    with pytest.raises(Refused) as refused:
        second_place.bring(path)
    assert refused.value.reason == "not_copied"
    assert not (var / "not mounted").exists()
    (var / "second").mkdir()
    settings.BACKUP_COPY_TO = str(var / "second")
    second_place.bring(path)
    (copy,) = (var / "second").iterdir()
    assert (copy.name, copy.stat().st_mode & 0o777) == (path.name, 0o600)
    assert copy.read_bytes() == path.read_bytes()
    second_place.remove(path.name)
    assert list((var / "second").iterdir()) == []


def test_a_copy_by_commands_is_read_back(var, settings):
    path = a_file(var, "crm-2026-11-27-103000.tar")
    store = var / "bucket"
    store.mkdir()
    program = (
        "import shutil, sys, pathlib;"
        f"way, file, name = sys.argv[1:]; there = pathlib.Path({str(store)!r}) / name;"
        "shutil.copy(file, there) if way == 'put' else"
        " sys.stdout.buffer.write(there.read_bytes())"
    )
    command = shlex.join([sys.executable, "-c", program])
    settings.BACKUP_COPY_COMMAND = f"{command} put {{file}} {{name}}"
    with pytest.raises(Refused):  # who copies must be able to look
        second_place.bring(path)
    settings.BACKUP_READ_COMMAND = f"{command} get {{file}} {{name}}"
    second_place.bring(path)
    assert (store / path.name).read_bytes() == path.read_bytes()
    settings.BACKUP_COPY_COMMAND = "true {file}"
    (store / path.name).write_bytes(b"another one")
    with pytest.raises(Refused) as refused:
        second_place.bring(path)
    assert refused.value.reason == "copy_differs"


@pytest.mark.django_db
def test_a_backup_that_did_not_reach_the_second_place_says_so(
    var, settings, zhou, sign_in
):
    settings.BACKUP_COPY_TO = str(var / "not mounted")
    backup = shelf.begin(by=None, encrypted=False)
    path = a_file(var, backup.name)
    path.rename(places.home() / backup.name)
    shelf.made(backup, places.home() / backup.name, MOMENT)
    shelf.proved(backup)
    with pytest.raises(Refused):
        carrying_out.copy(backup, places.home() / backup.name)
    backup.refresh_from_db()
    assert (backup.verified, backup.copied) == (True, False)
    page = sign_in(zhou).get("/system/backups/").text
    assert 'data-verified="yes"' in page
    assert 'data-copied="no"' in page
    assert "第二处" in page
    (var / "second").mkdir()
    settings.BACKUP_COPY_TO = str(var / "second")
    carrying_out.copy(backup, places.home() / backup.name)
    assert Backup.objects.get().copied
