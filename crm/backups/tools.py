"""PostgreSQL's client tools: which of those that are here fit a server, and running
them with what they need to know, but without a password among their arguments.
"""

import re
import shutil
import subprocess
from pathlib import Path

from psycopg2.extensions import make_dsn

from crm.backups.refusals import Refused, tells_of_no_room
from crm.running.localpg import configuration

NEEDED = ("pg_dump", "pg_restore", "psql")
#: Where Debian keeps a directory for each version.
PACKAGED = Path("/usr/lib/postgresql")
_MAJOR = re.compile(r"\(PostgreSQL\) (\d+)")
LONGEST = 500


def directory_for(server, *, local):
    """Return the directory of the tools that fit a server, the oldest that do.

    Args:
        server: its major version.
        local: it is the program's own; then the tools that came along are right.

    Raises:
        Refused: there are none, or only older ones.
    """
    if local:
        places = [configuration.BINARIES]
    else:
        places = [*_on_this_machine(), configuration.BINARIES]
    found = {}
    for place in places:
        version = major(place)
        if version and version not in found:
            found[version] = place
    fitting = [version for version in sorted(found) if version >= server]
    if fitting:
        return found[fitting[0]]
    if found:
        raise Refused("tools_old", tools=max(found), server=server)
    raise Refused("tools_missing", server=server)


def _on_this_machine():
    """Yield the directories in which tools may be, but for those that came along."""
    yield from sorted(PACKAGED.glob("*/bin"))
    if found := shutil.which("pg_dump"):
        yield Path(found).parent


def major(directory):
    """Return the major version of the tools in a directory; None if one is missing."""
    if not all((directory / name).exists() for name in NEEDED):
        return None
    done = subprocess.run(
        [directory / "pg_dump", "--version"], capture_output=True, check=False
    )
    found = _MAJOR.search(done.stdout.decode(errors="replace"))
    return int(found[1]) if found and not done.returncode else None


def dsn_of(database, **changes):
    """Return how tools and psycopg reach a database, without its password.

    Args:
        database: as Django's settings have it.
        changes: what is different: `dbname`, `user`.
    """
    options = {k: v for k, v in database["OPTIONS"].items() if k != "options"}
    known = {
        "dbname": database["NAME"],
        "user": database["USER"],
        "host": database["HOST"],
        "port": database["PORT"],
    }
    return make_dsn(**{k: v for k, v in (options | known | changes).items() if v})


def start(directory, tool, *arguments, password="", **options):
    """Start one of the tools."""
    secret = {"PGPASSWORD": password} if password else {}
    return subprocess.Popen(
        [directory / tool, *map(str, arguments)],
        env=configuration.environment()
        | {"PGOPTIONS": "-c statement_timeout=0 -c lock_timeout=60s", **secret},
        stderr=subprocess.PIPE,
        **options,
    )


def finish(process, tool):
    """Wait for a tool to end well.

    Raises:
        Refused: it did not.
    """
    said = process.communicate()[1].decode(errors="replace").strip()
    if not process.returncode:
        return
    if tells_of_no_room(said):
        raise Refused("full")
    raise Refused("tool_failed", tool=tool, said=said[-LONGEST:] or process.returncode)


def run(directory, tool, *arguments, password="", **options):
    """Run one of the tools to its end.

    Raises:
        Refused: it failed.
    """
    started = start(directory, tool, *arguments, password=password, **options)
    try:
        finish(started, tool)
    finally:
        if started.poll() is None:
            started.kill()
            started.wait()
