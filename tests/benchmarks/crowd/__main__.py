"""Serve a million customers, let the crowd in, print what it lived through."""

import argparse
import os
import threading
import time
from collections import Counter
from importlib import import_module

import django

from tests.benchmarks.crowd import report, site
from tests.benchmarks.crowd.person import INTERVAL, Person
from tests.benchmarks.scale.company import HOME, Company

CALM = 10  # seconds after the last sign-in from which everybody is simply at work


def main():
    """Measure once."""
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.crowd")
    asked.add_argument("--people", type=int, default=300)
    asked.add_argument("--seconds", type=int, default=180)
    asked.add_argument("--arrive", type=int, default=60, help="seconds to come in")
    asked.add_argument("--interval", type=float, default=INTERVAL)
    asked.add_argument("--customers", type=int, default=1_000_000)
    given = asked.parse_args()
    with Company(HOME / str(given.customers), given.customers) as company:
        port, server, var = company.port, company.server, str(company.home)
        os.environ["CRM_VAR"] = var
        accounts = hire(given.people)
        measure(given, accounts, server.pid, var, port)


def hire(size):
    """Return the accounts; the crowd's own process talks to the database for it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    accounts = import_module("tests.benchmarks.crowd.staff").enlist(size)
    django.db.connections.close_all()
    return accounts


def measure(given, accounts, server, var, port):
    """Let everybody in and print waits, errors, memory and processor time."""
    before = site.processor_seconds(server)
    database = site.processor_seconds(site.postgres(var))
    mine = time.process_time()
    people = crowd(accounts, ("127.0.0.1", port))
    begin = time.monotonic()
    seconds = send(people, given.seconds, given.arrive, given.interval)
    clicks = [click for person in people for click in person.clicks]
    counts = sum((person.browser.counts for person in people), Counter())
    load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    print(
        f"{given.people} people, {seconds:.0f} s, {os.cpu_count()} cores, load {load}"
    )
    everybody = begin + given.arrive + CALM
    report.line("while they came in", [c for c in clicks if c.due < everybody])
    report.show([c for c in clicks if c.due >= everybody], seconds, counts)
    used = (
        site.processor_seconds(server) - before,
        site.processor_seconds(site.postgres(var)) - database,
        time.process_time() - mine,
    )
    names = ("program", "PostgreSQL", "crowd itself")
    shares = (f"{n} {t / seconds:.2f}" for n, t in zip(names, used, strict=True))
    print(f"cores: {', '.join(shares)}")
    for worker in site.children(server):
        print(
            "worker {}: RSS {:.0f} MB, PSS {:.0f} MB".format(
                worker, *site.memory(worker)
            )
        )


def crowd(accounts, where):
    """Return a person for each account, each at an address of their own."""
    return [
        Person(account, where, source=f"127.1.{n // 250}.{n % 250 + 1}")
        for n, account in enumerate(accounts)
    ]


def send(people, seconds, arrive, interval=INTERVAL):
    """Let people come in one after the other and work; return how long it took."""
    begin = time.monotonic() + 0.5
    ends = begin + seconds
    threads = [
        threading.Thread(
            target=person.work, args=(begin + arrive * n / len(people), ends, interval)
        )
        for n, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - begin


if __name__ == "__main__":
    main()
