"""What a command says in place of a trace when nothing is wrong with the program.

`manage.py` asks here whatever command was given. In Chinese and English at once:
nobody has signed in whose language were known.
"""

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor

from crm.running import faults
from crm.running.localpg.account import Unavailable

#: Codes of PostgreSQL for a schema, table, column or function that there is not.
UNDEFINED = ("3F000", "42P01", "42703", "42883")
NOT_SET_UP = (
    "数据库尚未建好或不是本版本的，请先运行 python3 manage.py migrate（或 serve） / "
    "The database is not set up, or not for this version: run python3 manage.py "
    "migrate (or serve) first"
)
SENTENCES = {
    faults.AWAY: (
        "连不上数据库，请检查 PostgreSQL 是否在运行、DATABASE_URL 是否正确 / The "
        "database cannot be reached: check that PostgreSQL runs and that DATABASE_URL "
        "is right"
    ),
    faults.BUSY: (
        "数据正被他人使用，请稍后再试 / Somebody else is using the data: "
        "try again later"
    ),
    faults.CROSSED: (
        "数据正被他人使用，请再试一次 / Somebody else is using the data: try again"
    ),
    faults.TOO_LONG: (
        "数据库未在规定时间内完成，请稍后再试 / The database took too long: try again "
        "later"
    ),
    faults.FULL: (
        "磁盘已满，请腾出空间后再试 / The disk is full: make room and try again"
    ),
}


def explained(error: Exception) -> str:
    """Return what to tell whoever gave the command; nothing of a fault of ours."""
    if isinstance(error, ImproperlyConfigured | Unavailable):
        return str(error)
    # Only what was raised itself: a fault of ours may well follow one of the machine's.
    if not isinstance(error, DatabaseError | InterfaceError | OSError):
        return ""
    if isinstance(error, InterfaceError) and "connection" not in str(error):
        return ""  # a cursor of ours that was closed
    if getattr(error.__cause__, "pgcode", None) in UNDEFINED and _is_behind():
        return NOT_SET_UP
    sentence = SENTENCES.get(faults.fault_of(error))
    return f"{sentence} ({str(error).strip()})" if sentence else ""


def _is_behind() -> bool:
    """Say whether migrations wait; if none does, the name is a mistake of ours."""
    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:  # it cannot be asked: the first error is the one to tell
        return False
