"""Measure and print: `python -m tests.benchmarks.rendering`."""

import os
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
os.environ.setdefault("PYTEST_VERSION", "benchmarks")  # the database of the tests
django.setup()
import_module("tests.benchmarks.rendering.pages").main()
