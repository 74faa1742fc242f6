"""The import of customers beside COPY of the very rows that it has stored.

Run with `python -m tests.benchmarks.imports`. The import goes through its pages, as a
browser does it: upload, columns, preview, run, each asked for until it is done.
Counted is what "run" does: reading the rows of the file, checking each of them,
deciding (new, known, refused) and writing, with numbers, history and derived columns.
Upload and preview are told apart. COPY then writes the same finished rows, all columns,
into the same table, emptied before, with all its indexes and triggers alive, in the
name of the same person.
"""
