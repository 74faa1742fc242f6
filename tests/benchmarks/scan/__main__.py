"""Measure and print: `python -m tests.benchmarks scan`.

Looks for duplicates in an installation below `var/benchmarks`, which the benchmark of
scale fills: in everything, or in the first `--rows` rows of each kind.
"""

import argparse
import os
from importlib import import_module
from pathlib import Path

import django

HOME = Path(__file__).resolve().parents[3] / "var" / "benchmarks"

asked = argparse.ArgumentParser(prog="python -m tests.benchmarks scan")
asked.add_argument("--customers", type=int, default=1_000_000)
asked.add_argument("--rows", type=int)
given = asked.parse_args()
os.environ.setdefault("CRM_VAR", str(HOME / str(given.customers)))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()
import_module("tests.benchmarks.scan.looking").main(given.rows)
