"""An installation of some size, served as it is served to people."""

import os
import re
import subprocess
import sys
import time
from html import unescape

from tests.benchmarks.crowd import site
from tests.benchmarks.crowd.browser import Browser, Failed

#: Where filled installations are kept for the next run.
HOME = site.ROOT / "var" / "benchmarks"
PASSWORD = "crm-demo-2026"
TOTAL = re.compile(r'data-total="([^"]*)"')
FIRST = re.compile(r'data-id="(\d+)"')
NEXT = re.compile(r'rel="next" href="([^"]+)"')
#: What a list shows instead of rows if there is no such page.
ERROR = '<div class="note note-error"'


class Company:
    """A filled installation in a folder of its own; it answers until it is closed."""

    def __init__(self, home, customers):
        self.home, self.customers = home.resolve(), customers
        self.browsers = {}

    def __enter__(self):
        """Fill the installation unless it is, and serve it."""
        self.home.mkdir(parents=True, exist_ok=True)
        filled = self.home / "filled"
        if not filled.exists():
            self._manage("migrate", "--verbosity", "0")
            self._manage("populate", "--customers", str(self.customers))
            filled.touch()
        self.port = site.free_port()
        self.server = site.serve(self.home, self.port, CRM_DEMO="0")
        return self

    def __exit__(self, *_error):
        """End the program, which stops its PostgreSQL."""
        self.server.terminate()
        self.server.wait()

    def ask(self, person, page):
        """Return what one look at a page cost.

        Args:
            person: a user name.
            page: an address; "first" and a list means its first row's page, "next"
                and a page where that page's link to the next one leads.

        Returns:
            {status, wall, processor, total}: seconds of waiting, and of the processor
            in the program and in PostgreSQL together.
        """
        browser = self._browser(person)
        address = self._address(browser, page)
        before, start = self.processor_seconds(), time.perf_counter()
        try:
            text, status = browser.get(address), 200
        except Failed as fault:
            text, status = "", int(str(fault).split()[0])
        wall = time.perf_counter() - start
        total = TOTAL.search(text)
        return {
            "status": 422 if ERROR in text else status,
            "wall": wall,
            "processor": self.processor_seconds() - before,
            "total": total and total[1],
        }

    def processor_seconds(self):
        """Return what program and PostgreSQL have used so far."""
        database = site.postgres(self.home)
        pids = [self.server.pid, *site.children(self.server.pid), database]
        pids += site.children(database)
        return sum(map(site.running_seconds, pids))

    def _browser(self, person):
        if person not in self.browsers:
            browser = Browser(("127.0.0.1", self.port))
            browser.get("/login/")
            fields = {"login": person, "password": PASSWORD}
            browser.post("/login/", fields | {"csrfmiddlewaretoken": browser.token})
            self.browsers[person] = browser
        return self.browsers[person]

    def _address(self, browser, page):
        kind, _blank, address = page.partition(" ")
        if kind == "first":
            row = FIRST.search(browser.get(address))
            return f"{address}{row[1]}/" if row else address
        if kind == "next":
            link = NEXT.search(browser.get(address))
            return unescape(link[1]) if link else address
        return page

    def _manage(self, *words):
        environment = {**os.environ, "CRM_VAR": str(self.home), "CRM_DEMO": "0"}
        for name in ("PYTEST_VERSION", "DATABASE_URL"):
            environment.pop(name, None)
        command = [sys.executable, "manage.py", *words]
        subprocess.run(command, cwd=site.ROOT, env=environment, check=True)
