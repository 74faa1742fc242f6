"""Every page of the demo as its people see it.

`python -m tests.browser.screenshots DIR` serves an installation of its own with the
demo data, signs in as each person and follows every link, one page of each kind of
address. Each is drawn at three widths, by day and in the dark, in both languages, to be
looked at. What nobody has to look for is printed: answers of 400 and more, what scripts
complain of, pages wider than the screen.
"""

import argparse
import re
import signal
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from tests.benchmarks.crowd.site import free_port, serve
from tests.chromium import launch

PASSWORD = "crm-demo-2026"
PEOPLE = (
    "sales",
    "researcher",
    "infoadmin",
    "supervisor",
    "sysadmin",
    "finance",
    "director",
)
WIDTHS = (1440, 1024, 390)
THEMES = ("light", "dark")
LANGUAGES = {"zh-hans": "zh-CN", "en": "en"}
#: What answers with a file, or ends the visit.
NO_PAGES = re.compile(r"/export/|\.pdf|\.ics|/template/|/file/\d|/logout/|download")
OWN_LINKS = "links => links.map(link => link.getAttribute('href'))"
TOO_WIDE = "() => document.documentElement.scrollWidth - window.innerWidth"


class Album:
    """The pictures of a site in one language, and what is wrong with its pages.

    Args:
        context: the browser's, in the language.
        folder: where the pictures go.
        seen: kinds of addresses that have their picture in this language.
    """

    def __init__(self, context, folder):
        """Listen to what the pages complain of."""
        self.page, self.folder = context.new_page(), folder
        self.seen, self.faults = set(), []
        context.on("weberror", lambda fault: self._note(fault.error))
        context.on("console", self._hear)

    def _note(self, fault):
        self.faults.append(f"{self.page.url}: {fault}")

    def _hear(self, message):
        if message.type == "error":
            self._note(message.text)

    def walk(self, username):
        """Sign in and draw every kind of page that this person is led to first."""
        self.page.context.clear_cookies()
        self.page.goto("/login/")
        self.page.locator("[name=login]").fill(username)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("[name=password]").press("Enter")
        self.page.wait_for_url(lambda url: "/login/" not in url)
        self.seen.discard("/")  # everybody's workbench is another
        waiting = ["/"]
        while waiting:
            address = waiting.pop(0)
            kind = kind_of(address)
            if kind not in self.seen:
                self.seen.add(kind)
                waiting += self._look(address, f"{username}{kind}")

    def _look(self, address, name):
        """Draw a page and return the addresses that it leads to."""
        try:
            answer = self.page.goto(address)
            self.page.wait_for_load_state("networkidle")
        except PlaywrightError as fault:
            self._note(f"{address}: {fault.message.splitlines()[0]}")
            return []
        if answer.status >= 400:
            self._note(answer.status)
        self._draw(name.strip("/").replace("/", "."))
        links = self.page.locator("a[href^='/']").evaluate_all(OWN_LINKS)
        return [link for link in links if not NO_PAGES.search(link)]

    def _draw(self, name):
        """Write the pictures of the page as it stands."""
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            if (beyond := self.page.evaluate(TOO_WIDE)) > 0:
                self._note(f"{beyond} px wider than {width}")
            for theme in THEMES:
                self.page.emulate_media(color_scheme=theme)
                path = self.folder / f"{name}-{width}-{theme}.png"
                self.page.screenshot(path=path, full_page=True)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})


def kind_of(address):
    """Return what pages of one kind have in common: the path, whichever the row."""
    return re.sub(r"\d[\d-]*", "0", urlsplit(address).path)


def draw(address, folder, people):
    """Draw the pages of a site for some people; return what is wrong with them."""
    faults = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for code, locale in LANGUAGES.items():
            context = browser.new_context(
                base_url=address, locale=locale, reduced_motion="reduce"
            )
            (folder / code).mkdir(parents=True, exist_ok=True)
            album = Album(context, folder / code)
            for username in people:
                album.walk(username)
            faults += album.faults
            sys.stdout.write(f"{code}: {len(album.seen)} pages\n")
            context.close()
        browser.close()
    return faults


def main():
    """Serve the demo, draw it, print the faults; end with 1 if there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", nargs="+", default=PEOPLE)
    options = parser.parse_args()
    port = free_port()
    with tempfile.TemporaryDirectory() as var:
        server = serve(var, port)
        try:
            faults = draw(f"http://127.0.0.1:{port}", options.folder, options.people)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
