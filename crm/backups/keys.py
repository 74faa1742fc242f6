"""The passphrase of encrypted backups: from a file on the server, or typed."""

import sys
from functools import cache
from getpass import getpass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop as _

from crm.backups.refusals import Refused, in_both

#: One that is guessed more quickly protects nothing.
SHORTEST = 12
#: Rights of anybody but the owner of the file.
OF_OTHERS = 0o077


def from_file():
    """Return the passphrase of CRM_BACKUP_KEY_FILE; None if none is named.

    Raises:
        Refused: the file cannot be read, others may read it, or it is too short.
    """
    if not settings.BACKUP_KEY_FILE:
        return None
    path = Path(settings.BACKUP_KEY_FILE)
    try:
        mode, found = path.stat().st_mode, path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("no_key", file=path) from error
    if mode & OF_OTHERS:
        raise Refused("open_key", file=path)
    return long_enough(found)


def long_enough(passphrase):
    """Return a passphrase that is one.

    Raises:
        Refused: it is too short.
    """
    if len(passphrase) < SHORTEST:
        raise Refused("short_key", number=SHORTEST)
    return passphrase


def kept():
    """Return the passphrase of the file, for a backup that is encrypted.

    Raises:
        Refused: there is none.
    """
    if found := from_file():
        return found
    raise Refused("locked")


@cache
def typed():
    """Return the passphrase of the file, or ask whoever sits at the console, once.

    Raises:
        Refused: nobody does.
    """
    if found := from_file():
        return found
    if not sys.stdin.isatty():
        raise Refused("locked")
    return getpass(in_both(_("Passphrase of the backup: ")))
