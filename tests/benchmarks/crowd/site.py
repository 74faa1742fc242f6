"""The program under test: started from nothing, watched from outside."""

import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    """Return a port of the loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(var, port, **settings):
    """Start `manage.py serve` and return the process when its pages can be opened.

    Args:
        var: the folder of its data; what the program logs goes there too.
        port: where it listens.
        settings: more environment variables.
    """
    kept = {name: value for name, value in os.environ.items() if name != "CRM_VAR"}
    kept.pop("PYTEST_VERSION", None)
    with (Path(var) / "serve.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=kept | {"CRM_VAR": str(var), "PORT": str(port)} | settings,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    for line in process.stdout:
        if line.rstrip().endswith(f":{port}"):
            return process
    raise SystemExit(process.wait())


def children(pid):
    """Return the ids of the processes that a process has started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def memory(pid):
    """Return the megabytes of a process: resident, and its share of them."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, size = line.split(":")
        found[name] = int(size.split()[0]) / 1024
    return found["Rss"], found["Pss"]


def processor_seconds(server):
    """Return the processor time of a server and its children, gone ones included."""
    total = 0
    for pid, last in ((server, 15), *((child, 13) for child in children(server))):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += sum(map(int, fields[11:last]))
    return total / TICKS


def running_seconds(pid):
    """Return the seconds that a process has run; none if it is gone."""
    try:
        threads = [*Path(f"/proc/{pid}/task").glob("*/schedstat")]
        return sum(int(one.read_text().split()[0]) for one in threads) / 1e9
    except OSError:
        return 0


def postgres(var):
    """Return the id of the PostgreSQL server."""
    pid_file = Path(var) / "postgres" / "data" / "postmaster.pid"
    return int(pid_file.read_text().split()[0])
