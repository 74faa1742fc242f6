"""Measure and print: `python -m tests.benchmarks.imports`.

With a number, the import of so many rows, half of them bad, over HTTP; without one the
import beside COPY.
"""

import os
import sys
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
os.environ.setdefault("PYTEST_VERSION", "benchmarks")  # the database of the tests
django.setup()
if sys.argv[1:]:
    import_module("tests.benchmarks.imports.half_bad").main(int(sys.argv[1]))
else:
    import_module("tests.benchmarks.imports.beside_copy").main()
