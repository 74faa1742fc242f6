"""Copies of the project, in which the steps of the README are taken at their word."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

README = (settings.ROOT / "README.md").read_text()
SECONDS = 900
#: Where a command looks for PostgreSQL that can do without.
NOWHERE = "postgresql://nobody@%2Fnowhere/nothing"
#: Ends what else is connected to the tests' database, which none may be to be copied.
OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
LEFT = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache")


def section(heading):
    """Return what README says under a heading, up to the next one."""
    return README.partition(f"### {heading}\n")[2].partition("\n##")[0]


def hunks(text):
    """Return (file, [(lines before, lines after)]) of the change in a section."""
    change = re.search(r"```diff\n--- (\S+)\n\+\+\+ \1\n(.*?)```", text, re.S)
    parts = re.split(r"^@@.*\n", change[2], flags=re.M)[1:]
    return change[1], [(_side(part, "-"), _side(part, "+")) for part in parts]


def _side(part, sign):
    lines = part.splitlines(keepends=True)
    return "".join(line[1:] for line in lines if line[0] in (" ", sign))


def replace(place, before, after):
    """Put lines into the place of others, which stand there once."""
    text = place.read_text()
    assert text.count(before) == 1, (place, before)
    place.write_text(text.replace(before, after))


def copied(folder):
    """Return a copy of the project in a folder."""
    return shutil.copytree(settings.ROOT, folder / "project", ignore=LEFT)


@contextmanager
def database(name, blocker):
    """Give the name of a copy of the tests' database: to migrate anew takes long."""
    creation = connection.creation
    with blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(OTHERS)  # the live server of the browser's tests is one
        creation.clone_test_db(name, verbosity=0)
        yield creation.get_test_db_clone_settings(name)["NAME"]
        creation.destroy_test_db(suffix=name, verbosity=0)


def started(root, *command, **environment):
    """Run a command of Python in the copy."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "DJANGO"))
    }
    more = {
        "CRM_VAR": str(settings.VAR),
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        env=kept | more | environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]


def run_tests(root, database, *arguments):
    """Run tests in the copy, on a database of its own."""
    options = ("-q", "--reuse-db", "-p", "no:cacheprovider")
    started(root, "pytest", *options, *arguments, CRM_CLONE=database)
