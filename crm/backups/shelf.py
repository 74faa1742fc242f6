"""The table of backups and the files on this machine, held together."""

import platform
from contextlib import suppress
from datetime import datetime

from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from crm.backups import container, places, retention, second_place
from crm.backups.models import MAKING, REMOVING, SILENCE, TRYING, Backup
from crm.backups.refusals import TELLING_AGAINST, Refused
from crm.guards.actor import acting

State = Backup.State


def begin(*, by, encrypted):
    """Note that a backup is to be made, and what it will be called."""
    now = timezone.now()
    return Backup.objects.create(
        name=places.name_of(now, encrypted=encrypted),
        person=by,
        begun_at=now,
        host=platform.node(),
    )


def path_of(backup):
    """Return where the file of a backup lies on this machine; None if it does not."""
    path = places.home() / backup.name
    return path if path.is_file() else None


def made(backup, path, moment):
    """Note that there is a file now, though not yet proved."""
    _set(
        backup,
        MAKING,
        state=State.DONE,
        size=path.stat().st_size,
        made_at=moment,
        host=platform.node(),
    )


def proved(backup):
    """Note that a backup brings everything back."""
    _set(
        backup,
        TRYING,
        verified=True,
        verified_at=Now(),
        reason="",
        named={},
    )


def brought_back(path, made_at):
    """Note in what a backup has brought back that it was made, and does that.

    It is a row there of something that was just being made.

    Args:
        path: of the backup.
        made_at: the moment of it, as its manifest has it.
    """
    backup = Backup.objects.filter(name=path.name, state=State.RUNNING).first()
    if backup is not None:
        made(backup, path, datetime.fromisoformat(made_at))
        proved(backup)


def copied(backup, why=None):
    """Note that a backup lies in the second place, or why it does not."""
    reason, named = (why.reason, _kept(why)) if why else ("", {})
    _set(backup, TRYING, copied=not why, percent=100, reason=reason, named=named)


def refused(backup, why):
    """Note why there is no backup, or why the one there is is not believed.

    One that could not be tried, as on a full disk, is as good as it was before.

    Args:
        backup: the row.
        why: a `Refused`.
    """
    values = {"reason": why.reason, "named": _kept(why)}
    if not Backup.objects.filter(pk=backup.pk, state=State.DONE).exists():
        values |= {"state": State.FAILED}
    elif why.reason in TELLING_AGAINST:
        values |= {"verified": False, "verified_at": Now()}
    _set(backup, TRYING, **values)


def _kept(why):
    return {key: str(value) for key, value in why.values.items()}


def _set(backup, verb, **values):
    with acting(None, verb=verb):
        Backup.objects.filter(pk=backup.pk).update(seen_at=Now(), **values)


def tidy():
    """Take over files that no row tells of, and let go of what need not be kept.

    After a restore the rows are those of the moment that was brought back.
    """
    known = set(Backup.objects.values_list("name", flat=True))
    for path in places.home().glob("crm-*"):
        if places.NAME.fullmatch(path.name) and path.name not in known:
            with suppress(Refused, OSError):
                _adopt(path)
    here = [one for one in Backup.objects.filter(state=State.DONE) if path_of(one)]
    for backup in retention.superfluous(here):
        path_of(backup).unlink(missing_ok=True)
        second_place.remove(backup.name)
        _forget(Backup.objects.filter(pk=backup.pk))
    _forget_lost(here)


def _adopt(path):
    with container.opened(path) as (manifest, _parts):
        moment = datetime.fromisoformat(manifest.made_at)
    Backup.objects.create(
        name=path.name,
        state=State.DONE,
        begun_at=moment,
        made_at=moment,
        size=path.stat().st_size,
        host=platform.node(),
        percent=100,
    )


def _forget_lost(here):
    """Drop the rows of files that are gone from this machine; end what was killed."""
    lost = Backup.objects.filter(state=State.DONE, host=platform.node())
    _forget(lost.exclude(pk__in=[one.pk for one in here]))
    silent = Backup.objects.filter(state=State.RUNNING, seen_at__lt=Now() - SILENCE)
    silent.update(state=State.FAILED, reason="stopped", seen_at=F("seen_at"))
    old = timezone.now() - retention.FAILURES
    _forget(Backup.objects.filter(state=State.FAILED, begun_at__lt=old))


def _forget(rows):
    with acting(None, verb=REMOVING):
        rows.delete()
