"""The one file: a tar of manifest, dump and contents, and its own checksum at the end.

`tar -t` reads it too. The checksum covers everything before it, the empty places
between the parts as well: whatever byte was changed, and wherever the file was cut
off, it shows before anything else is believed.
"""

import io
import tarfile
from contextlib import contextmanager
from hashlib import sha256

from crm.backups import keys, sealed
from crm.backups import manifest as manifests
from crm.backups.refusals import Refused

PIECE = 2**20
MANIFEST, DUMP, CONTENTS = "manifest.json", "database.dump", "contents/"
SIGN = b"crm-backup-sha256:"
LAST = len(SIGN) + 64 + 1
HEAD = 64


class Hashing(io.RawIOBase):
    """Writes to a file and knows the checksum of all that was written."""

    def __init__(self, file):
        self.file, self.total = file, sha256()

    def writable(self):
        """Say that it can be written to."""
        return True

    def write(self, data):
        """Write a piece."""
        self.total.update(data)
        self.file.write(data)
        return len(data)


class Limited(io.RawIOBase):
    """Reads so many bytes of a file and no more."""

    def __init__(self, file, left):
        self.file, self.left = file, left

    def readable(self):
        """Say that it can be read."""
        return True

    def readinto(self, buffer):
        """Read a piece."""
        data = self.file.read(min(len(buffer), self.left))
        buffer[: len(data)] = data
        self.left -= len(data)
        return len(data)


def write(path, manifest, dump, content_of, moment, passphrase=None):
    """Write a backup to a new file, for its owner alone.

    Args:
        path: of the file.
        manifest: a `Manifest` that is complete.
        dump: the path of the dump.
        content_of: returns the path of a content by its SHA-256.
        moment: at which it was made.
        passphrase: it is encrypted with, if it is.
    """
    path.touch(mode=0o600, exist_ok=False)
    with path.open("wb") as file:
        hashing = Hashing(file)
        target = sealed.Writing(hashing, passphrase) if passphrase else hashing
        with tarfile.open(fileobj=target, mode="w|", bufsize=PIECE) as tar:
            add = Adding(tar, moment)
            add.bytes(MANIFEST, manifest.written())
            add.file(DUMP, dump)
            for digest in manifest.contents:
                add.file(f"{CONTENTS}{digest}", content_of(digest))
        if passphrase:
            target.finish()
        file.write(SIGN + hashing.total.hexdigest().encode() + b"\n")


class Adding:
    """Adds parts to a tar that tell nothing of the machine they come from."""

    def __init__(self, tar, moment):
        self.tar, self.moment = tar, moment

    def bytes(self, name, content):
        """Add a part that is at hand."""
        self._add(name, len(content), io.BytesIO(content))

    def file(self, name, path):
        """Add a part that is a file."""
        with path.open("rb") as opened:
            self._add(name, path.stat().st_size, opened)

    def _add(self, name, size, opened):
        part = tarfile.TarInfo(name)
        part.size, part.mode, part.mtime = size, 0o600, int(self.moment.timestamp())
        self.tar.addfile(part, opened)


def check(path):
    """Return the size of a backup without its checksum, which agrees.

    Raises:
        Refused: there is no such file, it is none of ours, or it is damaged.
    """
    try:
        size = path.stat().st_size - LAST
        with path.open("rb") as file:
            total = hashed(Limited(file, max(size, 0)))
            last = file.read()
    except FileNotFoundError as error:
        raise Refused("no_file", file=path) from error
    except IsADirectoryError as error:
        raise Refused("no_backup") from error
    except OSError as error:
        raise Refused("place", said=error.strerror) from error
    if last != SIGN + total.encode() + b"\n":
        raise Refused("damaged" if _begins_like_one(path) else "no_backup")
    return size


def _begins_like_one(path):
    with path.open("rb") as file:
        return file.read(HEAD).startswith((MANIFEST.encode(), sealed.SIGN))


@contextmanager
def opened(path, passphrase=keys.kept):
    """Give (manifest, parts) of a backup; parts yields (name, size, file) in order.

    The checksum is asked first; then nothing of the file is unexpected.

    Args:
        path: of the backup.
        passphrase: returns it, asked only if the backup is encrypted.

    Raises:
        Refused: it is damaged, or a newer version's.
    """
    size = check(path)
    try:
        with path.open("rb") as file:
            readable = _readable(Limited(file, size), passphrase)
            with tarfile.open(fileobj=readable, mode="r|", bufsize=PIECE) as tar:
                first = tar.next()
                if first is None or first.name != MANIFEST:
                    raise Refused("damaged")
                manifest = manifests.read(tar.extractfile(first).read())
                yield manifest, _parts(tar)
    except (tarfile.TarError, EOFError) as error:
        raise Refused("damaged") from error


def _readable(limited, passphrase):
    """Return a file to read the tar from, as it was before it was encrypted."""
    plain = io.BufferedReader(limited, PIECE)
    if not plain.peek(HEAD).startswith(sealed.SIGN):
        return plain
    return io.BufferedReader(sealed.Reading(plain, passphrase()), PIECE)


def _parts(tar):
    while (part := tar.next()) is not None:
        if not part.isfile():
            raise Refused("damaged")
        yield part.name, part.size, tar.extractfile(part)


def copied(source, target):
    """Copy a file to another; return {size, sha256} of it."""
    total, size = sha256(), 0
    while data := source.read(PIECE):
        total.update(data)
        target.write(data)
        size += len(data)
    return {"size": size, "sha256": total.hexdigest()}


def hashed(source):
    """Return the SHA-256 of what is left of a file."""
    total = sha256()
    while data := source.read(PIECE):
        total.update(data)
    return total.hexdigest()
