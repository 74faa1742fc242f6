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
    until, before = 0, ""
    with connection.cursor() as cursor:
        for one in HistorySeal.objects.order_by("pk"):
            cursor.execute(COMPUTED, [until, one.until, before])
            if cursor.fetchone() != (one.entries, one.sha256):
                yield one
            until, before = one.until, one.sha256
