#!/usr/bin/env python3
"""The one door: `serve`, `test` and Django's own commands."""

import os
import sys

import bootstrap


def main() -> None:
    """Enter the environment with the dependencies and run the command."""
    bootstrap.enter(sys.argv[1:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    # Only here: Django need not be installed before the line above has run.
    from django.core.management import execute_from_command_line

    from crm.running.plain_words import explained

    try:
        execute_from_command_line(sys.argv)
    except Exception as error:
        if "--traceback" not in sys.argv and (sentence := explained(error)):
            sys.exit(sentence)
        raise


if __name__ == "__main__":
    main()
