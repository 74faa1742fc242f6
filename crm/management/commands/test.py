"""`manage.py test`: the whole suite, with pytest."""

import os
import sys

from django.conf import settings
from django.core.management.base import BaseCommand

#: The suite waits for PostgreSQL and a browser half of its time; more than two
#: processes get in each other's way on a small machine.
PROCESSES = "2"


class Command(BaseCommand):
    """Runs pytest with all further arguments, on a PostgreSQL of the tests' own."""

    help = "Run the tests; all further arguments are pytest's."

    def run_from_argv(self, argv):
        """Hand over to pytest: two processes, unless an argument says how many."""
        os.chdir(settings.ROOT)
        given = argv[2:]
        command = [sys.executable, "-m", "pytest"]
        if not any(word.startswith(("-n", "--numprocesses")) for word in given):
            command += ["-n", PROCESSES, "--dist", "loadfile"]
            # Which file comes first, tests/conftest.py says: not that of most tests.
            command += ["--no-loadscope-reorder"]
        os.execv(command[0], [*command, *given])  # noqa: S606 - no shell is wanted
