"""Errors of the machine: what is at fault when neither we nor the person is.

A row that is busy, a query that takes too long, a database or a disk that is away are
told as what they are, wherever they come up: every door ends in the same handler
(`crm.views.faults`), which asks `fault_of`.
"""

import errno
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    `wait` is after how many seconds to try again; `undone` says that PostgreSQL itself
    has rolled back everything, so that the same request may run once more.
    """

    name: str
    status: int
    wait: int
    undone: bool = False


BUSY = Fault("busy", 503, 3)
CROSSED = Fault("busy", 503, 3, undone=True)
TOO_LONG = Fault("too_long", 503, 10)
AWAY = Fault("away", 503, 10)
FULL = Fault("full", 507, 60)
MISSING = Fault("missing", 503, 60)
#: PostgreSQL stores no zero byte, and psycopg says so with an error of its own.
UNSTORABLE = Fault("unstorable", 422, 0)

#: Codes of PostgreSQL (appendix A of its manual); of classes, the first two signs.
CODES = {
    "55P03": BUSY,  # lock_timeout
    "40P01": CROSSED,  # deadlock
    "40001": CROSSED,  # serialization
    "57014": TOO_LONG,  # statement_timeout
    "25P03": TOO_LONG,  # idle_in_transaction_session_timeout
    "25006": AWAY,  # the server has become one that only reads
    "57": AWAY,  # shut down, crashed, starting
    "08": AWAY,
    "53100": FULL,
    "53": AWAY,  # no connection or memory left
    "58": FULL,  # its files cannot be written or read
}
NO_SPACE = frozenset((errno.ENOSPC, errno.EDQUOT))


def fault_of(error):
    """Return the Fault that an exception tells of, or None if the machine is well.

    Looks through what the exception was raised from: a broken connection also breaks
    the rollback, and that is what arrives.
    """
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        found = _fault(error)
        if found is not None:
            return found
        error = error.__cause__ or error.__context__
    return None


def _fault(error):
    if isinstance(error, OSError):
        return _of_a_file(error)
    if isinstance(error, ValueError) and "NUL (0x00)" in str(error):
        return UNSTORABLE
    if not isinstance(error, DatabaseError | InterfaceError | psycopg2.Error):
        return None
    code = getattr(error, "pgcode", None) or getattr(error.__cause__, "pgcode", None)
    if code:
        return CODES.get(code) or CODES.get(code[:2])
    # Without a code there was no server to give one: psycopg calls that by three names.
    # What Django itself calls so was raised from nothing.
    cut_off = type(error) is DatabaseError and error.__cause__ is not None
    lost = cut_off or isinstance(error, OperationalError | InterfaceError)
    return AWAY if lost else None


def _of_a_file(error):
    if error.errno in NO_SPACE:
        return FULL
    stored = Path(settings.ATTACHMENTS)
    if isinstance(error, FileNotFoundError) and error.filename is not None:
        return MISSING if stored in Path(str(error.filename)).parents else None
    return None
