"""A large import in which every other row is bad, while others look at their pages.

The program is served from nothing, with the demo data; everything goes over HTTP.
"""

import re
import statistics
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import quote

from tests.benchmarks.crowd import site
from tests.benchmarks.crowd.browser import Browser
from tests.benchmarks.imports.companies import half_bad

PASSWORD = "crm-demo-2026"
#: What others look at meanwhile, a page each half second.
PAGES = (
    "/",
    "/customers/",
    f"/customers/?q={quote('东方')}",
    "/contacts/",
    "/contracts/",
)
PAUSE = 0.5
BORDER = "----border"
STATE = re.compile(
    r'data-read="(\d+)" data-created="(\d+)" data-updated="(\d+)"'
    r' data-skipped="(\d+)" data-refused="(\d+)"'
)
DONE = 'data-status="done"'


def main(rows):
    """Serve, import, watch, print."""
    with tempfile.TemporaryDirectory() as folder:
        port = site.free_port()
        server = site.serve(folder, port, CRM_MAX_UPLOAD_MB="50")
        try:
            measure(server, folder, ("127.0.0.1", port), half_bad(rows))
        finally:
            server.terminate()
            server.wait()


def measure(server, folder, where, content):
    """Print how long each step takes, what it keeps in memory, what others wait."""
    browser = entered(where, "infoadmin")
    most, waits, over = defaultdict(float), [], threading.Event()
    watchers = [
        threading.Thread(target=watch, args=(server, folder, most, over)),
        threading.Thread(target=look, args=(where, waits, over)),
    ]
    for watcher in watchers:
        watcher.start()
    try:
        start = time.perf_counter()
        upload(browser, content)
        uploaded = time.perf_counter()
        browser.post(browser.place, browser.form("data-submit-key"))
        checked = time.perf_counter()
        before = running(server, folder)
        browser.post(*_run(browser))
        while DONE not in browser.page:
            time.sleep(1)
            browser.get(browser.place)
        ended = time.perf_counter()
    finally:
        over.set()
        for watcher in watchers:
            watcher.join()
    read, created, updated, skipped, refused = STATE.search(browser.page).groups()
    print(f"read {read}, created {created}, refused {refused}; {updated}, {skipped}")
    print(f"upload {uploaded - start:.1f} s, first preview {checked - uploaded:.1f} s")
    spent = running(server, folder) - before
    print(f"run {ended - checked:.1f} s, {spent:.1f} s of processor time, all included")
    for name, size in sorted(most.items()):
        print(f"{name}: at most {size:.0f} MB")
    late = sorted(waits)[int(len(waits) * 0.95)]
    half = statistics.median(waits)
    print(f"{len(waits)} other pages: half within {half * 1000:.0f} ms,", end=" ")
    print(f"95 % within {late * 1000:.0f} ms")


def entered(where, person):
    """Return the browser of somebody who has signed in."""
    browser = Browser(where, patience=300)
    browser.get("/login/")
    fields = {"login": person, "password": PASSWORD}
    browser.post("/login/", fields | {"csrfmiddlewaretoken": browser.token})
    return browser


def upload(browser, content):
    """Hand in the file."""
    browser.get("/customers/import/")
    parts = (
        f"--{BORDER}\r\nContent-Disposition: form-data; name=csrfmiddlewaretoken"
        f"\r\n\r\n{browser.token}\r\n--{BORDER}\r\nContent-Disposition: form-data;"
        ' name="file"; filename="a.csv"\r\n\r\n'
    )
    body = parts.encode() + content + f"\r\n--{BORDER}--\r\n".encode()
    browser.send(browser.place, body, f"multipart/form-data; boundary={BORDER}")


def _run(browser):
    """Return the address and the fields of the button that imports."""
    address = browser.place.replace("/preview/", "/run/")
    return address, browser.form(f'action="{address}"')


def look(where, waits, over):
    """Look at pages as a salesperson does, and note how long each takes."""
    browser, place = entered(where, "sales"), 0
    while not over.wait(PAUSE):
        start = time.perf_counter()
        browser.get(PAGES[place % len(PAGES)])
        waits.append(time.perf_counter() - start)
        place += 1


def watch(server, folder, most, over):
    """Note the most memory of each sort of process, its share of what is shared."""
    while not over.wait(0.5):
        sizes = defaultdict(list)
        for pid in site.children(server.pid):
            sizes[_sort(pid)].append(_memory(pid))
        sizes["a process of PostgreSQL"] = [
            _memory(pid) for pid in site.children(site.postgres(folder))
        ]
        for name, found in sizes.items():
            most[name] = max(most[name], *found)


def _sort(pid):
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        words = []
    return "the worker of jobs" if b"worker" in words else "a process of the pages"


def _memory(pid):
    try:
        return site.memory(pid)[1]
    except (OSError, KeyError, IndexError):  # it has just ended
        return 0.0


def running(server, folder):
    """Return the seconds of processor time of program and PostgreSQL so far."""
    database = site.postgres(folder)
    pids = [server.pid, *site.children(server.pid), database, *site.children(database)]
    return sum(map(site.running_seconds, pids))
