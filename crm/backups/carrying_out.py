"""A backup from beginning to end, with its row kept up to date meanwhile."""

import logging
import os
import signal
import threading
from contextlib import contextmanager
from datetime import datetime

from django.db import Error, connections
from django.db.models.functions import Now

from crm.backups import checking, container, making, places, second_place, shelf
from crm.backups.models import Backup
from crm.backups.refusals import Refused, refusal_of
from crm.jobs.models import Job

log = logging.getLogger(__name__)

#: Seconds between two signs of life.
BEAT = 3


def carry_out(backup, parent=None, passphrase=None):
    """Make a backup and prove it; return (path, manifest).

    What another process was killed at goes on: a file that has its name is whole.

    Args:
        backup: its row.
        parent: the id of the process that this one must not outlive, if any.
        passphrase: to encrypt it with, if it is to be.

    Raises:
        Refused: it cannot be made, or is not what it was made of.
    """
    with places.alone() as work, _alive(backup, parent) as advance:
        try:
            path = shelf.path_of(backup)
            if path is None:
                path = making.make(backup.name, work, advance, passphrase)
            manifest = _proved(backup, path, work, advance, lambda: passphrase)
        except BaseException as error:
            shelf.refused(backup, refusal_of(error))
            raise
        shelf.tidy()
        copy(backup, path)
    return path, manifest


def _proved(backup, path, work, advance, passphrase):
    """Prove the backup that lies at a path, unless it is; return its manifest."""
    with container.opened(path, passphrase) as (manifest, _parts):
        shelf.made(backup, path, datetime.fromisoformat(manifest.made_at))
    if not backup.verified:
        rest = 100 - making.WRITTEN
        manifest = checking.verify(
            path,
            work,
            lambda done: advance(making.WRITTEN + done * rest // 100),
            passphrase,
        )
        shelf.proved(backup)
    return manifest


def _row_of(path):
    """Return the row of a file; one that lies elsewhere needs no database for it."""
    if path.parent != places.home():
        return None
    return Backup.objects.filter(name=path.name, size__isnull=False).first()


def copy(backup, path):
    """Bring a proved backup to the second place, if there is one."""
    if not second_place.is_named():
        return
    try:
        second_place.bring(path)
        shelf.copied(backup)
    except Refused as why:
        shelf.copied(backup, why)
        raise


def verify(path, passphrase):
    """Prove a backup again; return its manifest. Its row, if it has one, tells of it.

    Args:
        path: of the backup.
        passphrase: returns that of an encrypted one.

    Raises:
        Refused: it is not what it was made of.
    """
    backup = _row_of(path)
    with places.alone() as work:
        try:
            manifest = checking.verify(path, work, passphrase=passphrase)
        except Exception as error:
            if backup and path.exists():
                shelf.refused(backup, refusal_of(error))
            raise
    if backup:
        shelf.proved(backup)
    return manifest


@contextmanager
def _alive(backup, parent):
    """Give signs of life while the block runs; yields whom to tell the percentage.

    If its job is cancelled, or the process is to end, the block is refused.
    """
    signs, over = {"percent": 0, "why": "stopped"}, threading.Event()

    def end(*_signal):
        raise Refused(signs["why"])

    def watch():
        while not over.wait(BEAT):
            try:
                _beat(backup, signs["percent"])
                signs["why"] = _ends_for(backup, parent) or "stopped"
            except Error as error:
                log.warning("The backup could not give a sign of life: %s", error)
            if signs["why"] != "stopped" or _is_orphan(parent):
                os.kill(os.getpid(), signal.SIGTERM)
                break
        connections.close_all()

    before = signal.signal(signal.SIGTERM, end)
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield lambda percent: signs.update(percent=int(percent))
    finally:
        over.set()
        watcher.join()
        signal.signal(signal.SIGTERM, before)


def _beat(backup, percent):
    Backup.objects.filter(pk=backup.pk).update(seen_at=Now(), percent=percent)


def _ends_for(backup, parent):
    """Return why it is to end: somebody has cancelled its job."""
    if parent is None:
        return ""
    jobs = Job.objects.filter(place__backup=backup.pk)
    is_cancelled = jobs.filter(cancellation__isnull=False).exists()
    return "cancelled" if is_cancelled else ""


def _is_orphan(parent):
    return parent is not None and os.getppid() != parent
