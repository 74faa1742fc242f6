"""The list of customers beside raw SQL with a plain template, and the Django admin.

Run with `python -m tests.benchmarks.rendering`.
"""
