"""The primary and its streaming replica."""

import subprocess

from crm.running.localpg import account, configuration
from tests.machines.place import filled


def start_primary(place):
    """Make a cluster with the documented settings and roles, and run it."""
    data = private(place, "primary")
    postgres(place, "initdb", "-D", data, *configuration.INITDB, "--no-sync")
    place.write(data / "conf.crm", settings(place, "primary"))
    place.write(data / "pg_hba.conf", hba())
    with (data / "postgresql.conf").open("a") as file:
        file.write("\ninclude 'conf.crm'\n")
    start(place, "primary", data)
    script = place.home / "primary" / "roles.sql"
    place.write(script, filled("roles.sql", passwords(place)))
    where = ("-h", place.home / "primary", "-p", str(place.ports["primary"]))
    quietly = ("-q", "-v", "ON_ERROR_STOP=1")
    postgres(place, "psql", *where, "-U", "postgres", *quietly, "-f", script)


def start_replica(place):
    """Copy the primary and follow it."""
    data = private(place, "replica")
    where = f"host=127.0.0.1 port={place.ports['primary']} user=crm_replication"
    postgres(
        place,
        "pg_basebackup",
        *("-D", data, "-d", f"{where} password={place.streaming}"),
        *("-S", "crm_replica", "-R", "--checkpoint=fast", "--no-sync"),
    )
    place.write(data / "conf.crm", settings(place, "replica"))
    start(place, "replica", data)


def settings(place, name):
    """Return the documented settings for a small machine with two servers."""
    changes = {"10.0.0.21": "127.0.0.1", "'4GB'\neff": "'64MB'\neff"}
    own = {"port": place.ports[name], "unix_socket_directories": place.home / name}
    own["fsync"] = "off"
    lines = [f"{key} = '{value}'" for key, value in own.items()]
    return "\n".join([filled("postgresql.conf", changes), *lines, ""])


def hba():
    """Return who may connect, all from this machine."""
    return filled("pg_hba.conf", {"10.0.0.0/24": "127.0.0.1/32", "peer": "trust"})


def passwords(place):
    """Return what the passwords of the examples become."""
    return {
        "owner-password": place.owner,
        "app-password": place.app,
        "replication-password": place.streaming,
    }


def start(place, name, data):
    """Run a server in the foreground, as somebody who is not root."""
    server = [*place.prefix.command, configuration.BINARIES / "postgres", "-D", data]
    place.run(name, server, env=configuration.environment(), cwd="/")
    place.wait_for(name, lambda: place.ask(name, "SELECT 1"))


def postgres(place, program, *arguments):
    """Run one of PostgreSQL's programs to its end."""
    done = subprocess.run(
        [*place.prefix.command, configuration.BINARIES / program, *arguments],
        env=configuration.environment(),
        cwd="/",
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


def private(place, name):
    """Return a server's data directory, for its account alone."""
    account.make_private(place.home / name, place.prefix.uid)
    data = place.home / name / "data"
    account.make_private(data, place.prefix.uid)
    return data
