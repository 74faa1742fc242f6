"""A backup as a worker makes it, with a clock beside it."""

import resource
import tempfile
import time
from pathlib import Path

from django.db import connection

from crm.backups import checking, making

#: Bytes, and kilobytes, of a megabyte.
OF_BYTES, OF_KILOBYTES = 2**20, 2**10


def main(home, *, proof):
    """Print how long making a backup takes, how large it is, what memory it takes.

    Args:
        home: the folder of the installation, in which the work is done.
        proof: whether it is brought back and compared too.
    """
    connection.hold()
    with tempfile.TemporaryDirectory(dir=home) as work:
        began = time.monotonic()
        made = making.make(f"benchmark-{time.time_ns()}", Path(work))
        took = time.monotonic() - began
    print(f"made in {took:,.0f} s, {made.stat().st_size / OF_BYTES:,.0f} MB")
    try:
        if proof:
            with tempfile.TemporaryDirectory(dir=home) as work:
                began = time.monotonic()
                checking.verify(made, Path(work))
                took = time.monotonic() - began
            print(f"proved in {took:,.0f} s")
    finally:
        made.unlink()
    own, tools = (
        resource.getrusage(whose).ru_maxrss // OF_KILOBYTES
        for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"at most {own} MB, tools {tools} MB")
