"""The processor time of list pages beside that of the same page by raw SQL."""

import re
import statistics
import sys
import time

from django.conf import settings
from django.db import connections
from django.test import Client
from django.test.runner import DiscoverRunner
from django.test.utils import override_settings

from tests.benchmarks import company, yardstick

CUSTOMERS, ROUNDS, PAGES = 10_000, 9, 12
PLAIN = "/plain/customers/"
MEASURED = (
    ("first page", "/customers/"),
    ("one condition", "/customers/?status=won"),
    ("text of two characters", "/customers/?q=华夏"),
)


def main():
    """Make a database, measure, print the ratios, drop the database."""
    if settings.LOCAL:
        connections["default"].hold()
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    hosts = [*settings.ALLOWED_HOSTS, "testserver"]
    try:
        with override_settings(
            ROOT_URLCONF="tests.benchmarks.yardstick", ALLOWED_HOSTS=hosts
        ):
            measure()
    finally:
        runner.teardown_databases(databases)


def measure():
    """Print each page's processor time as a ratio to its yardstick."""
    browser = Client()
    browser.force_login(company.found(CUSTOMERS))
    page = browser.get("/customers/").text
    yardstick.kept["form"] = re.search(
        r'<form id="conditions".*?</form>', page, re.DOTALL
    )[0]
    print(f"{CUSTOMERS:,} customers, {ROUNDS} rounds of {PAGES} pages in turn;")
    print("processor time : that of the unfiltered page by raw SQL and a template")
    for name, url in MEASURED:
        ratios = sorted(cpu(browser, url) / cpu(browser, PLAIN) for _ in range(ROUNDS))
        median = statistics.median(ratios)
        size = len(browser.get(url).content) / 1000
        spread = f"{ratios[0]:.2f}–{ratios[-1]:.2f}"
        print(f"{name:25} {median:5.2f} × ({spread}), {size:.0f} kB")


def cpu(browser, url):
    """Return the processor seconds of some requests of one page."""
    start = time.process_time()
    for _ in range(PAGES):
        answer = browser.get(url)
    if answer.status_code != 200:
        sys.exit(f"{url}: {answer.status_code}")
    return time.process_time() - start
