"""Figures, not verdicts: ratios of processor time measured side by side in one run.

Run with `python -m tests.benchmarks` in the environment of the tests. Nothing here
is part of the test suite: these figures depend on the machine's mood.
"""
