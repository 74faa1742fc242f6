"""The database as pg_dump writes it, and the way back into another database."""

import subprocess

from crm.backups import tools
from crm.backups.refusals import Refused
from crm.backups.sums import NOT_KEPT

#: Squeezing harder takes several times as long, for a tenth of the size.
SQUEEZED = 1
#: Of what a dump lists, what is there before anything is brought back.
THERE_ALREADY = (" SCHEMA - public ", " EXTENSION - ", " COMMENT - EXTENSION ")
ALSO_THERE = " COMMENT - SCHEMA public "
#: Since this version tools tell the server of a time limit that older ones do not know.
KNOWS_TIME_LIMIT = 17
TIME_LIMIT = b"SET transaction_timeout = 0;\n"
PIECE = 2**20


def dump(directory, database, snapshot, path):
    """Write what a snapshot sees to a file.

    Args:
        directory: of the tools.
        database: as Django's settings have it.
        snapshot: exported by a transaction that goes on meanwhile.
        path: of the file.
    """
    left_out = [f"--exclude-table-data=public.{table}" for table in NOT_KEPT]
    tools.run(
        directory,
        "pg_dump",
        *("--format=custom", f"--compress={SQUEEZED}", "--schema=public"),
        *(f"--snapshot={snapshot}", "--no-password", f"--file={path}", *left_out),
        f"--dbname={tools.dsn_of(database)}",
        password=database["PASSWORD"],
    )


def bring_back(directory, path, dsn, *, password="", server, at_once=False):
    """Fill an empty database, whose extensions are there, from a dump.

    Args:
        directory: of the tools.
        path: of the dump.
        dsn, password: of the database.
        server: its major version.
        at_once: all of it or nothing, in one transaction.
    """
    listed = path.with_suffix(".list")
    contents = subprocess.run(
        [directory / "pg_restore", "--list", path], capture_output=True, check=False
    )
    if contents.returncode:
        raise Refused("damaged")
    listed.write_text(_without_what_is_there(contents.stdout.decode()))
    how = ("--no-owner", "--no-privileges", "--exit-on-error", f"--use-list={listed}")
    if tools.major(directory) >= KNOWS_TIME_LIMIT > server:
        _bring_back_as_text(directory, path, dsn, password, how)
        return
    whole = ("--single-transaction",) if at_once else ("--jobs=2",)
    tools.run(
        directory,
        "pg_restore",
        *(*how, *whole, "--no-password", f"--dbname={dsn}", path),
        password=password,
    )


def _without_what_is_there(contents):
    return "".join(
        line
        for line in contents.splitlines(keepends=True)
        if not any(what in line for what in (*THERE_ALREADY, ALSO_THERE))
    )


def _bring_back_as_text(directory, path, dsn, password, how):
    """Do it by psql, in one transaction: an older server gets what it understands."""
    written = tools.start(
        directory, "pg_restore", *how, "--file=-", path, stdout=subprocess.PIPE
    )
    filled = tools.start(
        directory,
        "psql",
        *("--no-psqlrc", "--quiet", "--single-transaction", "--no-password"),
        *("--set=ON_ERROR_STOP=1", f"--dbname={dsn}"),
        password=password,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    head = written.stdout.read(PIECE).replace(TIME_LIMIT, b"", 1)
    try:
        filled.stdin.write(head)
        while data := written.stdout.read(PIECE):
            filled.stdin.write(data)
    except BrokenPipeError:
        written.kill()  # psql says below what it did not like
    try:
        tools.finish(filled, "psql")
        tools.finish(written, "pg_restore")
    finally:
        written.kill()
        written.wait()
