"""The ground all tests stand on: fast hashes, a database, a browser."""

import os
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connections
from django.test import TransactionTestCase
from django.utils import timezone
from playwright.sync_api import expect, sync_playwright

from crm import dictionaries
from tests.chromium import CHROMIUM, launch
from tests.emptying import Emptied

# Playwright keeps an event loop in the thread of the tests; Django would refuse to
# ask the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

pytest_plugins = ("tests.people", "tests.workers")

# The same examples in every run, however slow the machine is: what fails, fails always.
hypothesis.settings.register_profile(
    "same",
    derandomize=True,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("same")

LEFT_OUT = "no Chromium was found (install chromium, or name one in CRM_CHROMIUM)"
LAST_OF_DAY = timedelta(minutes=2)
#: {mark: about how long such a test takes}, the longest first.
SECONDS = {"long": 60, "installation": 20, "browser": 6}
USUAL_SECONDS = 0.3
SLOW_PAGE = 40_000  # milliseconds until what does not come to a page fails its test


def pytest_configure():
    """Start PostgreSQL once, not once per worker, and hash passwords quickly."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    try:
        if settings.LOCAL:
            connections["default"].hold()
    except OperationalError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_report_header():
    """Say what is left out, and why."""
    if CHROMIUM or os.environ.get("CI"):
        return None
    return f"browser tests are left out: {LEFT_OUT}"


def pytest_collection_modifyitems(config, items):
    """Mark the tests that use the browser; let files that take long come first.

    Otherwise one process still had minutes to go when the other had nothing left. One
    process alone takes them as they were named.
    """
    _mark(items)
    if not hasattr(config, "workerinput"):
        return
    seconds = Counter()
    for item in items:
        seconds[item.path] += _seconds(item)
    items.sort(key=lambda item: seconds[item.path], reverse=True)


def _seconds(item) -> float:
    """Return about how long a test takes, by what it works with."""
    slow = (mark for mark in SECONDS if item.get_closest_marker(mark))
    return SECONDS.get(next(slow, ""), USUAL_SECONDS)


def _mark(items):
    """Mark the tests that use the browser; leave them out where there is none."""
    for item in items:
        if "page" in item.fixturenames or "browser" in item.fixturenames:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM and not os.environ.get("CI"):
                item.add_marker(pytest.mark.skip(reason=LEFT_OUT))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    """Let no test begin today and end tomorrow: what is due would be another then."""
    now = timezone.localtime()
    left = timedelta(days=1, seconds=1) - (
        now - now.replace(hour=0, minute=0, second=0, microsecond=0)
    )
    if left < LAST_OF_DAY:
        time.sleep(left.total_seconds())


@pytest.fixture(scope="session", autouse=True)
def _attachments_of_tests(tmp_path_factory):
    """Keep uploaded files of tests away from those of the installation."""
    settings.MEDIA_ROOT = settings.ATTACHMENTS = tmp_path_factory.mktemp("attachments")


@pytest.fixture(scope="session", autouse=True)
def _emptied():
    """Empty the database as Django does once, and from then on in a fraction of it."""
    emptied, whole = Emptied(), TransactionTestCase._fixture_teardown

    def empty(case):
        if emptied.rows:
            emptied.restore()
        else:
            whole(case)
            emptied.remember()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture(autouse=True)
def _dictionaries_of_this_test():
    """Forget what the last request read: its database may have been emptied since."""
    dictionaries.forget()


@pytest.fixture(scope="session")
def browser():
    """Return a headless Chromium for the whole run."""
    expect.set_options(timeout=SLOW_PAGE)
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def page(browser, live_server):
    """Return a fresh Chinese browser page on the live server; scripts must not fail."""
    with visit(browser, live_server) as opened:
        yield opened


@contextmanager
def visit(browser, live_server, **options):
    """Open a page of a browser of its own; no script of any of its tabs may fail."""
    cache.clear()  # its table is no model's: limits on sign-in would outlive the test
    settled = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}}
    context = browser.new_context(base_url=live_server.url, **(settled | options))
    context.set_default_timeout(SLOW_PAGE)
    faults = []
    context.on("weberror", lambda fault: faults.append(str(fault.error)))
    context.on("console", lambda message: _note_refusal(message, faults))
    asked = set()
    context.on("request", lambda request: asked.add(request))
    for end in ("requestfinished", "requestfailed"):
        context.on(end, lambda request: asked.discard(request))
    yield context.new_page()
    _hear_out(context, asked)
    context.close()
    assert not faults, faults


def _hear_out(context, asked: set) -> None:
    """Wait for what a page has asked last: next the test's database is emptied."""
    until = time.monotonic() + SLOW_PAGE / 1000
    while asked and context.pages and time.monotonic() < until:
        context.pages[0].wait_for_timeout(20)


def _note_refusal(message, faults: list[str]) -> None:
    """Note what the Content-Security-Policy refused; 404 and 409 may be meant."""
    if message.type == "error" and "Content Security Policy" in message.text:
        faults.append(message.text)
