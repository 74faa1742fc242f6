"""The history in a chain of seals: what was rewritten past all guards shows.

The role that serves pages cannot rewrite it; who can, the owner of the tables or of the
machine, would have to make all later seals anew. The newest one, kept elsewhere – the
log has it –, tells that too.
"""

import logging

from django.db import connection, transaction

from crm.models import HistorySeal

log = logging.getLogger(__name__)

COMPUTED = "SELECT entries, sha256 FROM crm_seal_of(%s, %s, %s)"


def seal():
    """Seal what stands behind the last seal; return how many entries.

    Entries that somebody is writing just now keep all of them for the next time.
    """
    total = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT crm_seal()")
            (entries,) = cursor.fetchone()
            if not entries:
                break
            total += entries
    if total:
        newest = HistorySeal.objects.last()
        # A seal that is undone must not stand in the log: it would seem rewritten.
        transaction.on_commit(lambda: log.info("The history is sealed: %s", newest))
    return total


def broken():
    """Yield the seals that do not fit what stands in the history now."""
    return (one for one, fits in checked() if not fits)


def checked(behind=None):
    """Yield (seal, does it fit what stands in the history now) in their order.

    Args:
        behind: the seal that the first one builds on; from the beginning without.
    """
    until, before = (behind.until, behind.sha256) if behind else (0, "")
    seals = HistorySeal.objects.filter(pk__gt=behind.pk if behind else 0)
    with connection.cursor() as cursor:
        for one in seals.order_by("pk"):
            cursor.execute(COMPUTED, [until, one.until, before])
            yield one, cursor.fetchone() == (one.entries, one.sha256)
            until, before = one.until, one.sha256
