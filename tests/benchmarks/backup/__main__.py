"""Measure and print: `python -m tests.benchmarks backup`.

Makes a backup of an installation below `var/benchmarks`, which the benchmark of scale
fills, and removes it. `--proof` also proves it, by restoring it beside it.
"""

import argparse
import os
from importlib import import_module
from pathlib import Path

import django

HOME = Path(__file__).resolve().parents[3] / "var" / "benchmarks"

asked = argparse.ArgumentParser(prog="python -m tests.benchmarks backup")
asked.add_argument("--customers", type=int, default=1_000_000)
asked.add_argument("--proof", action="store_true")
given = asked.parse_args()
home = (HOME / str(given.customers)).resolve()
os.environ.setdefault("CRM_VAR", str(home))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()
import_module("tests.benchmarks.backup.timed").main(home, proof=given.proof)
