"""A scan of everything, slice by slice as a worker does it, with a clock beside it."""

import resource
import time
from pathlib import Path

from django.db import connection, transaction

from crm.duplicates.matching import look_at_rows
from crm.duplicates.models import mergeable
from crm.duplicates.scan import AT_ONCE

#: Kilobytes of a megabyte.
MEGABYTE = 1024


def main(most):
    """Print of each kind how many rows it has, how long they took, what was found.

    Args:
        most: how many rows of each kind are looked at; None for all.
    """
    connection.hold()
    for model in mergeable():
        began = time.monotonic()
        rows, pairs = looked_through(model, most)
        took = time.monotonic() - began
        print(
            f"{model._meta.label_lower:26}{rows:10,} rows{took / 60:7.1f} min"
            f"{took * 1000 / (rows or 1):7.2f} ms a row{pairs:11,} pairs",
            flush=True,
        )
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"at most {own // MEGABYTE} MB, PostgreSQL beside it {_of_postgres()} MB")


def looked_through(model, most):
    """Look at the rows of a kind; return how many they were, and the pairs found."""
    rows = pairs = after = 0
    while most is None or rows < most:
        left = model.objects.order_by("pk").filter(pk__gt=after)
        pks = list(left.values_list("pk", flat=True)[:AT_ONCE])
        if not pks:
            break
        with transaction.atomic():
            pairs += look_at_rows(model, pks, older_alone=True)
        rows, after = rows + len(pks), pks[-1]
    return rows, pairs


def _of_postgres():
    """Return the most memory that our connection's process has had, shared as well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        status = Path(f"/proc/{cursor.fetchone()[0]}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) // MEGABYTE
