"""Making a backup: of one snapshot one file, which gets its name when it is whole."""

from datetime import UTC, datetime

from django.db import connection

from crm.attachments import path_of
from crm.backups import container, dumps, manifest, places, snapshot, tools
from crm.backups.sums import sums_of
from crm.contents import spoken_of

#: Shares of the work, of 100, at which each step ends.
SUMMED, DUMPED, GATHERED, WRITTEN = 15, 45, 50, 60


def make(name, work, advance=lambda percent: None, passphrase=None):
    """Make a backup; return where it lies.

    Args:
        name: of the file.
        work: the directory to work in, of `places.alone`.
        advance: told the percentage that is done, from time to time.
        passphrase: to encrypt it with, if it is to be.

    Raises:
        Refused: it cannot be made; then nothing of it is left.
    """
    moment = datetime.now(UTC)
    made_of, dump = _dumped(work, moment, advance)
    whole = work / "whole"
    container.write(whole, made_of, dump, path_of, moment, passphrase)
    dump.unlink()
    advance(WRITTEN)
    return places.keep(whole, name)


def _dumped(work, moment, advance):
    """Return a complete manifest and the path of the dump it speaks of."""
    server = connection.pg_version // 10_000
    local = "LOCAL" in connection.settings_dict
    directory, dump = tools.directory_for(server, local=local), work / "dump"
    with snapshot.taken() as name, connection.cursor() as cursor:
        made_of = manifest.Manifest(
            made_at=moment.isoformat(),
            version=manifest.own_version(),
            server=server,
            tools=tools.major(directory),
            migrations=snapshot.applied_migrations(),
            tables=sums_of(cursor, advance=lambda share: advance(share * SUMMED)),
        )
        dumps.dump(directory, connection.settings_dict, name, dump)
        advance(DUMPED)
        made_of.contents, made_of.missing = _contents()
    with dump.open("rb") as file:
        size = dump.stat().st_size
        made_of.dump = {"size": size, "sha256": container.hashed(file)}
    advance(GATHERED)
    return made_of, dump


def _contents():
    """Return {content: size} of what is there and whole, [content] of what is not."""
    there, missing = {}, []
    for digest in sorted(spoken_of()):
        path = path_of(digest)
        if path.is_file() and _is_whole(path, digest):
            there[digest] = path.stat().st_size
        else:
            missing.append(digest)
    return there, missing


def _is_whole(path, digest):
    with path.open("rb") as file:
        return container.hashed(file) == digest
