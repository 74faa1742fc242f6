"""Is a backup whole? It is brought back into a scratch database, and compared."""

from contextlib import closing

import psycopg2

from crm.backups import container, dumps, keys, scratch, tools
from crm.backups.refusals import Refused
from crm.backups.sums import differing, sums_of
from crm.running.localpg import configuration

#: Shares of the work, of 100, at which each step ends.
UNPACKED, BACK = 15, 80


def verify(path, work, advance=lambda percent: None, passphrase=keys.kept):
    """Return the manifest of a backup that is whole and brings everything back.

    Args:
        path: of the backup.
        work: the directory to work in, of `places.alone`.
        advance: told the percentage that is done, from time to time.
        passphrase: returns that of an encrypted one.

    Raises:
        Refused: it does not, or this cannot be tried here.
    """
    manifest, dump = unpacked(path, work, passphrase=passphrase)
    advance(UNPACKED)
    ours = tools.major(configuration.BINARIES)
    if ours is None:
        raise Refused("no_scratch", said=configuration.BINARIES)
    refuse_older_server(manifest, ours)
    tools.directory_for(manifest.tools, local=True)
    with scratch.database() as dsn:
        dumps.bring_back(configuration.BINARIES, dump, dsn, server=ours)
        advance(BACK)
        compare(manifest, dsn, advance=lambda share: advance(BACK + share * 20))
    return manifest


def unpacked(path, work, keep=None, passphrase=keys.kept):
    """Return the manifest of a backup and the path of its dump, both proved.

    Args:
        path: of the backup.
        work: the directory for the dump.
        keep: called with the SHA-256 of each content and a file to read it from.
        passphrase: returns that of an encrypted one.

    Raises:
        Refused: something is not as the manifest says; or it is a newer version's.
    """
    dump, seen = work / "dump", set()
    with container.opened(path, passphrase) as (manifest, parts):
        manifest.refuse_if_newer()
        for name, _size, file in parts:
            if name == container.DUMP:
                with dump.open("xb") as target:
                    found = container.copied(file, target)
                right = found == manifest.dump
            else:
                digest = name.removeprefix(container.CONTENTS)
                right = digest in manifest.contents and digest not in seen
                right = right and _is_right(digest, file, keep)
                seen.add(digest)
            if not right:
                raise Refused("damaged")
    if not dump.exists() or seen != manifest.contents.keys():
        raise Refused("damaged")
    return manifest, dump


def _is_right(digest, file, keep):
    if keep is None:
        return container.hashed(file) == digest
    return keep(digest, file)


def refuse_older_server(manifest, server):
    """Refuse a backup of a newer PostgreSQL than the one that is to take it.

    Raises:
        Refused: it is.
    """
    if manifest.server > server:
        raise Refused("newer_server", backup=manifest.server, server=server)


def compare(manifest, dsn, *, password="", advance=lambda share: None):
    """Compare a database with what a backup was made of.

    Raises:
        Refused: it differs.
    """
    given = {"password": password} if password else {}
    with closing(psycopg2.connect(dsn, **given)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            now = sums_of(cursor, list(manifest.tables), advance)
    if different := differing(manifest.tables, now):
        raise Refused("differs", tables=", ".join(different))
