"""Backups in the background: a process of its own makes them, a job looks after it.

A slice is short, and what it does is one transaction; a backup is neither. The process
shows in its row that it lives and how far it is. One that is gone is begun anew.
"""

import os
import subprocess
import sys
import time
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.backups import second_place, shelf
from crm.backups.models import SILENCE, Backup
from crm.jobs.background import background
from crm.notices.sending import notify_holders

RIGHT = "backups.add_backup"
#: Seconds of a look at the process.
PAUSE = 1
NEVER = timedelta(days=3650)
#: How often a process is started that says nothing.
MOST_STARTS = 3
#: Why one failed that had better be made after all.
INTERRUPTED = ("cancelled", "stopped")
LONGEST = 1000


@background(_("Back up"), permission=RIGHT)
def back_up(context):
    """Begin a backup, then look how far it is until it is proved, or has failed."""
    place = context.place or _begun(context)
    backup = Backup.objects.filter(pk=place["backup"]).first()
    if backup is None or _is_well(backup):
        return None  # it may even be gone again, if it need not be kept
    context.done, context.total = backup.percent, 100
    if _has_failed(backup):
        return _after(backup, place, context)
    if backup.seen_at < timezone.now() - SILENCE:
        return _started(backup, place)
    time.sleep(PAUSE)
    return place


def _is_well(backup):
    return backup.verified and (backup.copied or not second_place.is_named())


def _has_failed(backup):
    return backup.state == Backup.State.FAILED or bool(backup.reason)


def _begun(context):
    encrypted = bool(settings.BACKUP_KEY_FILE)
    backup = shelf.begin(by=context.by, encrypted=encrypted)
    Backup.objects.filter(pk=backup.pk).update(seen_at=timezone.now() - NEVER)
    return {"backup": backup.pk}


def _after(backup, place, context):
    """Say why there is none; begin anew what was only interrupted, or is asked again.

    Raises:
        ValidationError: it has just failed.
    """
    is_past = backup.seen_at < timezone.now() - SILENCE
    if backup.reason in INTERRUPTED or is_past:
        return _resumed(backup) or _begun(context)
    if context.by is None and not place.get("is_announced"):
        _tell("backup_failed", backup)
        return place | {"is_announced": True}
    raise ValidationError(backup.why)


def _resumed(backup):
    """Let a file that was not found bad be proved, or copied; None if none is there."""
    if backup.verified is False or shelf.path_of(backup) is None:
        return None
    values = {"reason": "", "named": {}, "copied": None}
    long_ago = timezone.now() - NEVER
    Backup.objects.filter(pk=backup.pk).update(seen_at=long_ago, **values)
    return {"backup": backup.pk}


def _started(backup, place):
    """Start the process that makes it; return the place with how often that was.

    Raises:
        ValidationError: it has died without a word too often.
    """
    starts = place.get("starts", 0) + 1
    if starts > MOST_STARTS:
        raise ValidationError(
            _("The process that makes the backup died again and again; see the log.")
        )
    Backup.objects.filter(pk=backup.pk).update(seen_at=timezone.now())
    command = [sys.executable, str(settings.ROOT / "manage.py"), "backup"]
    subprocess.Popen(
        [*command, "--row", str(backup.pk), "--parent", str(os.getpid())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    return place | {"starts": starts}


@background(_("See whether there is a backup"), permission=RIGHT)
def watch(context):
    """Tell whoever looks after backups that the newest proved one is too old."""
    newest = Backup.objects.order_by("-pk").first()
    if newest and Backup.objects.is_overdue():
        _tell("backup_overdue", newest)


def _tell(verb, backup):
    notify_holders(RIGHT, verb, backup, reason=backup.why[:LONGEST])
