"""Where backups lie, and that one thing is done with them at a time."""

import fcntl
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from django.conf import settings
from django.db import Error
from django.utils import timezone

from crm.backups.refusals import Refused, refusal_of

#: What backups are called: by the moment in Shanghai at which they were made.
NAME = re.compile(r"crm-\d{4}-\d{2}-\d{2}-\d{6}\.tar(?:\.enc)?")
#: What the name of an encrypted one ends with.
ENCRYPTED = ".enc"
#: Directories of work in hand; what a killed one left behind goes with the next.
WORK = "new-"
#: The file that whoever is at work here holds locked.
LOCK = ".lock"


def home():
    """Return the directory of the backups, for its owner alone.

    Raises:
        Refused: it cannot be made.
    """
    directory = Path(settings.BACKUPS)
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused("place", said=error.strerror) from error
    return directory


def name_of(moment, *, encrypted):
    """Return what a backup of a moment is called."""
    day = timezone.localtime(moment)
    return f"crm-{day:%Y-%m-%d-%H%M%S}.tar{ENCRYPTED if encrypted else ''}"


@contextmanager
def alone():
    """Be the only one on this machine who makes, checks or restores a backup.

    Yields a directory to work in, that is gone afterwards whatever happens.

    Directories that are made for this go with it where nothing has come into them.

    Raises:
        Refused: somebody else is at it; or the disk is full.
    """
    made = _missing(Path(settings.BACKUPS))
    directory = home()
    lock = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _hold(lock, directory / LOCK)
        for rest in directory.glob(f"{WORK}*"):
            shutil.rmtree(rest, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=WORK, dir=directory))
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except (OSError, Error, psycopg2.Error) as error:
        if (why := refusal_of(error)).reason == "full":
            raise why from error
        raise
    finally:
        _remove_empty(made)
        os.close(lock)


def _missing(directory):
    """Return a directory and those above it that are not there, the deepest first."""
    return [place for place in (directory, *directory.parents) if not place.exists()]


def _hold(lock, path):
    """Lock a file that has been opened, as long as that is the one of this name.

    Raises:
        Refused: somebody else holds it, or has just removed it with its directory.
    """
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(lock), path.stat()):
            return
    except (BlockingIOError, FileNotFoundError) as error:
        raise Refused("busy") from error
    raise Refused("busy")


def _remove_empty(directories):
    """Remove directories, the deepest first, up to one that something lies in."""
    for place in directories:
        try:
            if [found.name for found in place.iterdir()] == [LOCK]:
                (place / LOCK).unlink()
            place.rmdir()
        except OSError:  # something lies in it
            return


def keep(path, name):
    """Give a file that is whole its name among the backups, for good.

    Returns:
        Where it lies now.
    """
    with path.open("rb") as file:
        os.fsync(file.fileno())
    target = home() / name
    target.hardlink_to(path)  # unlike a rename, never in the place of another
    path.unlink()
    settle(target.parent)
    return target


def settle(directory):
    """Make new names in a directory outlive a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
