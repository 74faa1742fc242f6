"""Figures, not verdicts: ratios measured side by side in one run, with medians.

Run with `python -m tests.benchmarks` in the environment of the tests; each part runs
by itself too (`python -m tests.benchmarks.scale`). `tests.benchmarks.crowd` is no ratio
and wants the machine for itself. Nothing here is part of the test suite: these figures
depend on the machine's mood.
"""
