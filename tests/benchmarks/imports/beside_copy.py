"""Import and COPY in turn, in wall and processor time."""

import os
import resource
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.test import Client
from django.test.runner import DiscoverRunner
from django.test.utils import override_settings

from crm.guards.actor import acting
from crm.jobs.worker import Worker
from system.models import ImportRun
from tests.benchmarks.imports.companies import table
from tests.people import hire

ROUNDS, ROWS, MANY = 3, 20_000, 100_000
TABLE = "customers_customer"
TICKS = os.sysconf("SC_CLK_TCK")


def main():
    """Make a database, measure, print, drop the database."""
    if settings.LOCAL:
        connections["default"].hold()
    runner = DiscoverRunner(verbosity=0, interactive=False)
    runner.setup_test_environment()
    databases = runner.setup_databases()
    try:
        with tempfile.TemporaryDirectory() as folder:
            files = {"MEDIA_ROOT": Path(folder), "ATTACHMENTS": Path(folder)}
            with override_settings(**files):
                measure()
    finally:
        runner.teardown_databases(databases)
        runner.teardown_test_environment()


def measure():
    """Print the ratios of some rounds, and of one with many rows."""
    importer = hire("lina", "李娜", "information_administrator")
    for n in range(10):
        hire(f"seller{n}", f"业务员{n}", "salesperson")
    browser = Client()
    browser.force_login(importer)
    print("ms per row: upload, preview, run : COPY, each as wall (processor) time")
    ratios = []
    for rows in (*[ROWS] * ROUNDS, MANY):
        timed = a_round(browser, importer, rows)
        ratio = [timed["run"][k] / timed["copy"][k] for k in (0, 1)]
        if rows == ROWS:
            ratios.append(ratio)
        shown = ", ".join(
            f"{name} {1000 * wall / rows:.3f} ({1000 * cpu / rows:.3f})"
            for name, (wall, cpu) in timed.items()
        )
        print(f"{rows:7,} rows: {shown}: {ratio[0]:.2f} × ({ratio[1]:.2f} ×)")
    wall, cpu = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(f"median of {ROUNDS} rounds of {ROWS:,} rows: {wall:.2f} × ({cpu:.2f} ×)")


def a_round(browser, importer, rows):
    """Import a file, COPY its rows again; return {what: (wall, processor)} seconds."""
    timed, content = {}, table(rows)
    with timing(timed, "upload"):
        file = SimpleUploadedFile("客户.csv", content)
        mapping = asked(browser, "/customers/import/", file=file).url
    form = browser.get(mapping).context["form"]
    chosen = {name: form[name].value() or "" for name in form.fields}
    del chosen["turns"]
    run = ImportRun.objects.latest("pk")
    with timing(timed, "preview"):
        asked(browser, mapping, **chosen)
        through(browser, run, "preview", lambda: not run.preview.get("done"))
    with timing(timed, "run"):
        asked(browser, f"/system/imports/{run.pk}/run/")
        Worker().drain()
        run.refresh_from_db()
    if run.created != rows:
        sys.exit(f"{run.created} of {rows} rows are created, {run.refused} refused.")
    with tempfile.TemporaryFile() as kept, connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {TABLE} TO STDOUT", kept)
        forget(cursor)
        kept.seek(0)
        with timing(timed, "copy"), transaction.atomic(), acting(importer):
            cursor.copy_expert(f"COPY {TABLE} FROM STDIN", kept)
        forget(cursor)
    return timed


def through(browser, run, step, unfinished):
    """Press the button of a step until it has come to its end."""
    run.refresh_from_db()
    while unfinished():
        asked(browser, f"/system/imports/{run.pk}/{step}/")
        run.refresh_from_db()


def asked(browser, address, **data):
    """Post and return the answer, which must lead on."""
    answer = browser.post(address, data)
    if answer.status_code != 302:
        sys.exit(f"{address}: {answer.status_code}")
    return answer


def forget(cursor):
    """Empty the table, its history and what PostgreSQL knows of them."""
    cursor.execute(f"TRUNCATE {TABLE} CASCADE")
    cursor.execute("TRUNCATE crm_historyentry")


@contextmanager
def timing(timed, name):
    """Note the wall and the processor time of this process and of PostgreSQL's."""
    wall, processor = time.perf_counter(), processor_time()
    yield
    timed[name] = (
        time.perf_counter() - wall,
        processor_time() - processor,
    )


def processor_time():
    """Return the seconds of this process, of its children and of our backend."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text()
    user, system = stat.rpartition(")")[2].split()[11:13]
    own = time.process_time() + children.ru_utime + children.ru_stime
    return own + (int(user) + int(system)) / TICKS
