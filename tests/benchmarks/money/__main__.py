"""Try and print: `python -m tests.benchmarks money`, in a database of its own."""

import os
import sys
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
os.environ.setdefault("PYTEST_VERSION", "benchmarks")  # the database of the tests
django.setup()
import_module("tests.benchmarks.money.timed").main(*map(int, sys.argv[1:]))
