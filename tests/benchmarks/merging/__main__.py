"""Measure and print: `python -m tests.benchmarks merging`, in a database of its own."""

import os
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
os.environ.setdefault("PYTEST_VERSION", "benchmarks")  # the database of the tests
django.setup()
import_module("tests.benchmarks.merging.timed").main()
