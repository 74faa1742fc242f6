"""`manage.py test`: the whole suite, with pytest."""

import os
import sys

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Runs pytest with all further arguments, on a PostgreSQL of the tests' own."""

    help = "Run the tests; all further arguments are pytest's."

    def run_from_argv(self, argv):
        """Hand over to pytest without reading its arguments."""
        os.chdir(settings.ROOT)
        command = [sys.executable, "-m", "pytest", *argv[2:]]
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
