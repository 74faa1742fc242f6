"""The processor time of list pages beside that of the same rows by other means."""

import re
import statistics
import sys
import time

from django.conf import settings
from django.db import connections
from django.test import Client
from django.test.runner import DiscoverRunner

from tests.benchmarks import company
from tests.benchmarks.rendering import plain

CUSTOMERS, ROUNDS, PAGES = 10_000, 9, 12
LISTS = ("/customers/", "/plain/customers/", "/admin/customers/customer/")
#: What is asked of each of the lists: (name, ours and the plain one's, the admin's).
ASKED = (
    ("first page", "", ""),
    ("one condition", "?status=won", "?status__exact=won"),
    ("text of two characters", "?q=华夏", "?q=华夏"),
)
HEADER = (
    "25 rows × 11 columns        : raw SQL, template   : Django admin          size"
)


def main():
    """Make a database, measure, print the ratios, drop the database."""
    if settings.LOCAL:
        connections["default"].hold()
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        measure()
    finally:
        runner.teardown_databases(databases)


def measure():
    """Print each page's processor time as a ratio to those of its yardsticks."""
    browser = Client()
    browser.force_login(company.found(CUSTOMERS))
    page = browser.get("/customers/").text
    form = re.search(r'<form id="conditions".*?</form>', page, re.DOTALL)
    plain.kept["form"] = form[0]
    print(f"{CUSTOMERS:,} customers, {ROUNDS} rounds of {PAGES} pages in turn;")
    print("processor time as a ratio, median (least–most)")
    print(HEADER)
    for name, query, query_of_admin in ASKED:
        ours, raw, admin = (
            f"{url}{asked}"
            for url, asked in zip(LISTS, (query, query, query_of_admin), strict=True)
        )
        rounds = [
            [cpu(browser, url) for url in (ours, raw, admin)] for _ in range(ROUNDS)
        ]
        size = len(browser.get(ours).content) / 1000
        print(
            f"{name:25} {spread(t[0] / t[1] for t in rounds)}"
            f"   {spread(t[0] / t[2] for t in rounds)}   {size:3.0f} kB"
        )


def spread(ratios):
    """Return the median of some ratios, and their least and most."""
    ratios = sorted(ratios)
    return f"{statistics.median(ratios):5.2f} × ({ratios[0]:.2f}–{ratios[-1]:.2f})"


def cpu(browser, url):
    """Return the processor seconds of some requests of one page."""
    start = time.process_time()
    for _ in range(PAGES):
        answer = browser.get(url)
    if answer.status_code != 200:
        sys.exit(f"{url}: {answer.status_code}")
    return time.process_time() - start
