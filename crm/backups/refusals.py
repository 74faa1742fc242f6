"""Why a backup is not made, not believed or not restored, in words for people."""

from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from crm.running.faults import FULL, fault_of

#: {reason: the sentence}; what stands in %(…)s comes with the refusal.
REASONS = {
    "tools_missing": _(
        "PostgreSQL's client tools (pg_dump, pg_restore) are not here: install those"
        " of version %(server)s."
    ),
    "tools_old": _(
        "PostgreSQL's client tools here are of version %(tools)s, older than the"
        " server (%(server)s): install those of version %(server)s."
    ),
    "tool_failed": _("%(tool)s failed: %(said)s"),
    "no_scratch": _("There is no PostgreSQL to try a backup in: %(said)s"),
    "full": _("The disk is full; nothing half done is left."),
    "place": _("The place of the backups cannot be used: %(said)s"),
    "busy": _("Another backup, check or restore is at work here; try again later."),
    "no_file": _("There is no such file: %(file)s"),
    "no_backup": _("This is no backup of this program."),
    "damaged": _("The backup is damaged or cut off: its checksum does not agree."),
    "newer": _(
        "The backup was made by a newer version of this program (%(version)s):"
        " install that one first. This version does not know: %(unknown)s"
    ),
    "newer_server": _(
        "The backup comes from PostgreSQL %(backup)s, newer than the server here"
        " (%(server)s)."
    ),
    "locked": _(
        "The backup is encrypted: name the file with its passphrase in"
        " CRM_BACKUP_KEY_FILE, or run the command at a console and type it."
    ),
    "wrong_key": _("The backup was encrypted with another passphrase."),
    "no_key": _("The file with the passphrase cannot be read: %(file)s"),
    "open_key": _("Others may read the file with the passphrase (chmod 600): %(file)s"),
    "short_key": _("A passphrase has %(number)s characters or more."),
    "not_copied": _("The backup did not reach the second place: %(said)s"),
    "copy_full": _("The second place is full; nothing half done is left there."),
    "copy_differs": _("What lies in the second place is not what was brought there."),
    "differs": _(
        "What the backup brings back is not what it was made of. Tables that differ:"
        " %(tables)s"
    ),
    "in_use": _(
        "The database is in use (%(who)s): stop the program, and whatever else is"
        " connected, first."
    ),
    "no_createdb": _(
        "The role %(role)s may make no database beside the one that is there. For the"
        " time of the restore: ALTER ROLE %(role)s CREATEDB. Or let DATABASE_URL name"
        " an empty database."
    ),
    "cancelled": _("It was cancelled."),
    "stopped": _("The program was stopped meanwhile."),
    "fault": _("The program met a fault; see the log."),
}


#: What a disk that is full says, through whichever program.
NO_ROOM = ("No space left on device", "Disk quota exceeded", "Check free disk space")
#: What says that a backup is no good; anything else that it could not be tried.
TELLING_AGAINST = frozenset(("no_backup", "damaged", "differs", "tool_failed"))


class Refused(Exception):
    """Something is not done, or not believed: a key of `REASONS` and what it names."""

    def __init__(self, reason, **values):
        super().__init__(reason, values)
        self.reason, self.values = reason, values

    def __str__(self):
        return in_words(self.reason, self.values)


def refusal_of(error):
    """Return the refusal that an error is: of ours, of a full disk, or of a fault."""
    if isinstance(error, Refused):
        return error
    is_full = fault_of(error) is FULL or tells_of_no_room(str(error))
    return Refused("full" if is_full else "fault")


def tells_of_no_room(said):
    """Say whether what a program said is that a disk is full."""
    return any(sign in said for sign in NO_ROOM)


def in_words(reason, values):
    """Return a refusal in the language of its reader; nothing for no reason."""
    return str(REASONS[reason]) % values if reason else ""


def in_both(sentence, **values):
    """Return a sentence of ours in Chinese and English, for a console.

    Args:
        sentence: as `gettext_noop` marks it.
        values: what it names.
    """
    texts = []
    for language in ("zh-hans", "en"):
        with override(language):
            texts.append(gettext(sentence) % values)
    return " / ".join(dict.fromkeys(texts))


def refusal_in_both(refused):
    """Return why something was refused in Chinese and English, for a console."""
    texts = []
    for language in ("zh-hans", "en"):
        with override(language):
            texts.append(str(refused))
    return " / ".join(dict.fromkeys(texts))
