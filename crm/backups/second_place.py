"""A second place for backups: a directory, or whatever two commands reach.

Both are named in the environment by whoever runs the server, never on a page. What was
brought there is read back, and must be the same.
"""

import logging
import os
import shlex
import shutil
import subprocess
import time
from pathlib import Path

from django.conf import settings

from crm.backups import container, places
from crm.backups.refusals import Refused
from crm.running.faults import FULL, fault_of

log = logging.getLogger(__name__)

#: Seconds for bringing a backup there, and for reading it back.
PATIENCE = 6 * 60 * 60
LONGEST = 500
#: What the name of one ends with that is still being brought.
HALF = ".new"


def is_named():
    """Say whether there is one."""
    return bool(settings.BACKUP_COPY_TO or settings.BACKUP_COPY_COMMAND)


def bring(path):
    """Bring a backup there and read it back.

    Raises:
        Refused: it could not be brought there, or is another there.
    """
    if settings.BACKUP_COPY_TO:
        _to_directory(path, Path(settings.BACKUP_COPY_TO))
    else:
        _by_commands(path)


def remove(name):
    """Remove one that need not be kept from a directory; a store has its own rules."""
    if not settings.BACKUP_COPY_TO:
        return
    try:
        (Path(settings.BACKUP_COPY_TO) / name).unlink(missing_ok=True)
    except OSError as error:
        log.warning("A copy could not be removed: %s", error)


def _to_directory(path, directory):
    """Copy it; the directory must be there, or a disk that is not mounted is filled."""
    fresh = directory / f"{path.name}{HALF}"
    try:
        with path.open("rb") as source, _private(fresh) as target:
            shutil.copyfileobj(source, target, container.PIECE)
            target.flush()
            os.fsync(target.fileno())
        container.check(fresh)
        fresh.replace(directory / path.name)
        places.settle(directory)
    except OSError as error:
        if fault_of(error) is FULL:
            raise Refused("copy_full") from error
        raise Refused("not_copied", said=error.strerror or error) from error
    finally:
        if directory.is_dir():
            fresh.unlink(missing_ok=True)
            _remove_halves(directory)


def _remove_halves(directory):
    """Remove what was not brought to its end, long ago: nobody is at it any more."""
    for half in directory.glob(f"crm-*{HALF}"):
        if time.time() - half.stat().st_mtime > PATIENCE:
            half.unlink(missing_ok=True)


def _private(path):
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _by_commands(path):
    """Let one command bring it there, and hash what another one reads back."""
    if not settings.BACKUP_READ_COMMAND:
        raise Refused("not_copied", said="CRM_BACKUP_READ_COMMAND")
    _run(settings.BACKUP_COPY_COMMAND, path)
    with path.open("rb") as file:
        right = container.hashed(file)
    if _run(settings.BACKUP_READ_COMMAND, path, read=container.hashed) != right:
        raise Refused("copy_differs")


def _run(command, path, read=None):
    """Run a command for a backup; return what `read` makes of what it writes."""
    words = [
        word.replace("{file}", str(path)).replace("{name}", path.name)
        for word in shlex.split(command)
    ]
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if read else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        found = read(process.stdout) if read else None
        said = process.communicate(timeout=PATIENCE)[1].decode(errors="replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Refused("not_copied", said=error) from error
    if process.returncode:
        raise Refused("not_copied", said=said.strip()[-LONGEST:] or words[0])
    return found
