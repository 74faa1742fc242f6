"""An application machine: the program, started as its service does."""

import os
import shutil
import sys

from tests.machines.place import DEPLOYMENT, ROOT, filled

NOT_INHERITED = (
    "CRM_",
    "DATABASE_",
    "PYTEST_",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "DJANGO",
)


def environment(place, name):
    """Return the environment of an application machine."""
    var = place.home / name
    changes = {
        "app-password": place.app,
        "owner-password": place.owner,
        "10.0.0.21:5432": f"127.0.0.1:{place.ports['primary']}",
        "127.0.0.1:6432": f"127.0.0.1:{place.ports['pooler']}",
        "SECRET_KEY=": f"SECRET_KEY={place.key}",
        "10.0.0.10": "127.0.0.1",
        "10.0.0.11": "127.0.0.1",
        "PORT=8000": f"PORT={place.ports[name]}",
        "/var/lib/crm": var,
        "CRM_WORKERS=2": "CRM_WORKERS=1",  # both machines share this one's cores
    }
    lines = filled("crm.env", changes).splitlines()
    given = (line.partition("=") for line in lines if line and line[0] != "#")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(NOT_INHERITED)
    }
    return kept | {name: value for name, _equals, value in given}


def start(place, name):
    """Run the program as its service does; the first machine migrates."""
    shared, var = place.home / "attachments", place.home / name
    for directory in (shared, var):
        directory.mkdir(exist_ok=True)
    (var / "attachments").symlink_to(shared)
    if name == "second":  # as if compressed here: it takes long
        shutil.copytree(place.home / "first" / "static", var / "static")
        shutil.copy(place.home / "first" / "static.sha256", var)
    service = (DEPLOYMENT / "crm.service").read_text()
    assert "/.venv/bin/python manage.py serve\n" in service
    command = [sys.executable, "manage.py", "serve"]
    place.run(name, command, cwd=ROOT, env=environment(place, name))
    place.wait_for(name, lambda: place.is_healthy(name))
