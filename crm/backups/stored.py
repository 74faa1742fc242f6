"""The contents of attachments on their way back, beside those that are there.

A content lies under its SHA-256: those of the backup and those of the old state lie
side by side, and neither is ever in the way of the other.
"""

import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from crm.attachments import path_of
from crm.backups import container, places

DIRECTORY = "contents"


class Contents:
    """Contents that are taken out of a backup into a directory of work."""

    def __init__(self, work):
        self.directory = work / DIRECTORY
        self.directory.mkdir(mode=0o700)

    def take(self, digest, file):
        """Take one out; say whether it is what it is called."""
        path = self.directory / digest
        path.touch(mode=0o600, exist_ok=False)
        with path.open("wb") as target:
            found = container.copied(file, target)
        return found["sha256"] == digest


def bring(work, digests):
    """Add contents to the store: all, or none that was not there before.

    Args:
        work: the directory of work, with the contents of the backup.
        digests: of the backup.
    """
    fresh = [digest for digest in digests if not path_of(digest).exists()]
    try:
        _bring(work, digests)
    except BaseException:
        for path in map(path_of, fresh):
            path.unlink(missing_ok=True)
            for directory in (*path.parents[:2], Path(settings.ATTACHMENTS)):
                with suppress(OSError):  # something else lies there, or it is gone
                    directory.rmdir()
        raise


def _bring(work, digests):
    Path(settings.ATTACHMENTS).mkdir(mode=0o700, parents=True, exist_ok=True)
    for digest in digests:
        target = path_of(digest)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = target.with_name(f"{digest}.fresh")
        try:
            shutil.move(work / DIRECTORY / digest, fresh)
            with fresh.open("rb") as file:
                os.fsync(file.fileno())
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
        places.settle(target.parent)


@contextmanager
def set_aside(name):
    """Give everything in the store a second name, which nobody sweeps.

    If the block fails, the old state goes on and needs none.

    Args:
        name: of the directory in the store; None if there is no old state.
    """
    store = Path(settings.ATTACHMENTS)
    directory = store / name if name else None
    try:
        for path in store.glob("??/??/*") if directory else ():
            if path.is_file():
                kept = directory / path.relative_to(store)
                kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                kept.hardlink_to(path)
        yield
    except BaseException:
        if directory:
            shutil.rmtree(directory, ignore_errors=True)
        raise
