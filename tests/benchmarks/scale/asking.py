"""Ask one installation for pages: reads [person, page], writes what it cost."""

import json
import os
import re
import sys
import time
from html import unescape
from importlib import import_module

import django

#: Requests of which the quickest is told: what another program slows down is not ours.
TIMES = 5
TOTAL = re.compile(r'data-total="([^"]*)"')
NEXT = re.compile(r'rel="next" href="([^"]+)"')
#: What a list shows instead of rows if there is no such page.
ERROR = '<div class="note note-error"'


class Watch:
    """What the database was asked, and how long it took."""

    def __init__(self):
        self.seconds, self.queries = 0, 0

    def __call__(self, execute, sql, parameters, many, context):
        """Run a query and note its time."""
        start = time.perf_counter()
        try:
            return execute(sql, parameters, many, context)
        finally:
            self.seconds += time.perf_counter() - start
            self.queries += 1


def main():
    """Fill the installation unless it is, then answer until nobody asks."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
    django.setup()
    django.db.connection.hold()
    call_command = import_module("django.core.management").call_command
    call_command("migrate", interactive=False, verbosity=0)
    people = import_module("crm.models").User.objects
    if not people.exists():
        call_command("populate", customers=int(sys.argv[1]))
    browsers = {}
    tell({})
    for line in sys.stdin:
        person, page = json.loads(line)
        if person not in browsers:
            browsers[person] = import_module("django.test").Client()
            browsers[person].force_login(people.get(username=person))
        tell(cost(browsers[person], address(browsers[person], person, page)))


def address(browser, person, page):
    """Return the address of a page; of a kind of record, that of somebody's newest.

    "next" and a page is where that page's link to the next one leads.
    """
    if page.startswith("/"):
        return page
    if page.startswith("next "):
        before = page.removeprefix("next ")
        link = NEXT.search(browser.get(before).text)
        return unescape(link[1]) if link else before
    model = django.apps.apps.get_model(page)
    user = import_module("crm.models").User.objects.get(username=person)
    return model.objects.visible_to(user).first().get_absolute_url()


def cost(browser, url):
    """Return what the quickest of some requests took, in seconds."""
    found = []
    for _time in range(TIMES):
        watch, start = Watch(), time.perf_counter()
        with django.db.connection.execute_wrapper(watch):
            answer = browser.get(url)
        found.append((time.perf_counter() - start, watch.seconds, watch.queries))
    wall, database, queries = min(found)
    total = TOTAL.search(answer.text)
    return {
        "status": 422 if ERROR in answer.text else answer.status_code,
        "wall": wall,
        "database": database,
        "queries": queries,
        "total": total and total[1],
    }


def tell(answer):
    """Write an answer for whoever asked."""
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
