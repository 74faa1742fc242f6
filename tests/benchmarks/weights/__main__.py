"""Weigh the pages of the demo: `python -m tests.benchmarks weights`.

Served as it is to people, read by a real browser: whatever a page makes it fetch
counts, headers too, as it came over the wire. At the first visit its cache is empty; at
the later one it has what it was allowed to keep. Ends with 1 where a page is too heavy.
"""

import argparse
import re
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.benchmarks.crowd.site import free_port, serve
from tests.browser.screenshots import NO_PAGES, OWN_LINKS, PASSWORD, PEOPLE, kind_of
from tests.chromium import launch

#: kB (of 1,000 bytes) that a page may weigh.
FIRST, LATER = 150, 40
#: The one library that is heavier than that, on pages with a chart only.
CHARTS = re.compile(r"/echarts\b")
ROWS = "#results .row-link[href^='/']"


class Scales:
    """A signed-in person, whose browser is a new one for every page.

    Args:
        browser: a Chromium.
        address: of the site.
        username: of the person.
    """

    def __init__(self, browser, address, username):
        """Sign in."""
        self.browser, self.address = browser, address
        with self._visit() as page:
            page.goto("/login/")
            page.locator("[name=login]").fill(username)
            page.locator("[name=password]").fill(PASSWORD)
            page.locator("[name=password]").press("Enter")
            page.wait_for_url(lambda url: "/login/" not in url)
            self.state = page.context.storage_state()

    @contextmanager
    def _visit(self, state=None):
        options = {"base_url": self.address, "locale": "zh-CN", "storage_state": state}
        context = self.browser.new_context(**options)
        yield context.new_page()
        context.close()

    def weigh(self, place):
        """Return the kB of a page at both visits, of its charts, and its links."""
        with self._visit(self.state) as page:
            first, charts = _weight(page, place)
            later, _charts = _weight(page, place)
            found = page.locator(f"#menu a, .page-actions a, {ROWS}")
            links = found.evaluate_all(OWN_LINKS)
        return first, later, charts, links


def _weight(page, place):
    """Open a page; return the kB that came, and how many of them draw charts."""
    session = page.context.new_cdp_session(page)
    names, bytes_of = {}, {}
    session.on(
        "Network.requestWillBeSent",
        lambda sent: names.update({sent["requestId"]: sent["request"]["url"]}),
    )
    session.on(
        "Network.loadingFinished",
        lambda end: bytes_of.update({end["requestId"]: end["encodedDataLength"]}),
    )
    session.send("Network.enable")
    page.goto(place, wait_until="networkidle")
    session.detach()
    charts = sum(
        size for key, size in bytes_of.items() if CHARTS.search(names.get(key, ""))
    )
    return sum(bytes_of.values()) / 1000, charts / 1000


def weigh(address, people):
    """Print what the pages of some people weigh; return how many are too heavy."""
    seen, heavy = set(), 0
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for username in people:
            scales = Scales(browser, address, username)
            seen.discard("/")
            waiting = ["/", "/calendar/?view=week", "/profile/", "/help/"]
            while waiting:
                place = waiting.pop(0)
                kind = kind_of(place)
                if kind in seen or NO_PAGES.search(place):
                    continue
                seen.add(kind)
                first, later, charts, links = scales.weigh(place)
                waiting += links
                is_heavy = first - charts > FIRST or later > LATER
                heavy += is_heavy
                sys.stdout.write(
                    f"{'!' if is_heavy else ' '} {first:6.1f} {later:6.1f}  {kind}"
                    f"{f'  (charts {charts:.0f})' if charts else ''}"
                    f"{f'  {username}' if place == '/' else ''}\n"
                )
                sys.stdout.flush()
        browser.close()
    return heavy


def main():
    """Serve the demo, unless it is served already, and weigh its pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at", help="address of an installation with demo data")
    parser.add_argument("--people", nargs="+", default=PEOPLE)
    asked = parser.parse_args()
    if asked.at:
        raise SystemExit(weigh(asked.at, asked.people) > 0)
    with tempfile.TemporaryDirectory() as var:
        port = free_port()
        server = serve(Path(var), port)
        try:
            heavy = weigh(f"http://127.0.0.1:{port}", asked.people)
        finally:
            server.terminate()
            server.wait()
    raise SystemExit(heavy > 0)


if __name__ == "__main__":
    main()
