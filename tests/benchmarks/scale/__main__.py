"""Measure and print: `python -m tests.benchmarks.scale`.

Two installations are filled at the first run (a million customers take some minutes)
and kept below `var/benchmarks` for the next one. Both are served by `manage.py serve`
and asked in turn over HTTP.
"""

import argparse
import os
import statistics
from urllib.parse import quote

from tests.benchmarks.scale.company import HOME, Company
from tests.benchmarks.words import BRANDS, TRADES, WORDS

ROUNDS = 9
#: Ever smaller circles of people; all by `manage.py populate`.
PEOPLE = {
    "director": "sees everything",
    "saleshead": "head of sales, sees 80 %",
    "head11": "head of a department, sees 4 %",
    "seller001": "seller, sees 0.2 %",
    "infoadmin": "information administrator, sees everything",
}
#: What is compared with the small company: (name, address).
PAGES = (
    ("list", "/customers/"),
    ("one condition", "/customers/?status=won"),
    ("three conditions", "/customers/?status=won&effective=true&kind=distributor"),
    ("exact count", "/customers/?status=won&total=exact"),
    ("sorted by name", "/customers/?sort=name"),
    ("sorted by revenue", "/customers/?sort=-annual_revenue"),
    ("a customer", "first /customers/"),
    ("contacts", "/contacts/"),
    ("interactions", "/interactions/"),
    ("contracts", "/contracts/"),
    ("contracts by amount", "/contracts/?sort=-amount"),
    ("form of an interaction", "/interactions/add/"),
    ("workbench", "/"),
    ("desk", "/approvals/"),
    ("inbox", "/system/inbox/"),
)
#: What is searched for in everything.
EVERYWHERE = {"everything, frequent": TRADES, "everything, usual": BRANDS}
#: Charts, of a period that begins on each of some days: what was counted is kept.
CHARTS = {
    f"charts of {kind}": f"/statistics/{kind}/?last=2026-11-20&first=2026-01-"
    for kind in ("customers", "interactions", "contracts")
}
DAYS = tuple(f"{day:02}" for day in range(1, 21))
#: What is compared with the first page of the same list.
DEEP = (
    ("page 100", "/customers/?page=100"),
    ("page 20,000, jumped to", "/customers/?page=20000"),
    ("page 20,000, turned to", "next /customers/?page=19999"),
    ("page 20,000 by name", "/customers/?sort=name&page=20000"),
    ("last page", "/customers/?page=last"),
)


def main():
    """Fill what is missing, measure in turn, print."""
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale")
    asked.add_argument("--customers", type=int, default=1_000_000)
    asked.add_argument("--few", type=int, default=10_000)
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    asked.add_argument("--people", nargs="+", default=list(PEOPLE))
    given = asked.parse_args()
    few, many = (
        Company(HOME / str(size), size) for size in (given.few, given.customers)
    )
    with few, many:
        print(f"{given.customers:,} customers : {given.few:,}, {given.rounds} rounds;")
        print("waiting | processor as ratios, median (least–most); load", end=" ")
        print(", ".join(f"{n:.1f}" for n in os.getloadavg()))
        for person in given.people:
            print(f"\n{person} ({PEOPLE[person]})")
            for name, words in WORDS.items():
                looks(few, many, person, name, "/customers/?q=", words)
            for name, words in EVERYWHERE.items():
                looks(few, many, person, name, "/search/?q=", words)
            for name, address in CHARTS.items():
                looks(few, many, person, name, address, DAYS)
            compare(few, many, person, given.rounds)


def looks(few, many, person, name, address, words):
    """Print what the first look at each of some words costs, and then another one."""
    for look in ("first", "again"):
        pairs = [
            in_turn(few, many, person, f"{address}{quote(word)}", place % 2)
            for place, word in enumerate(words)
        ]
        show(f"{name}, {look}", pairs, sums=True)


def compare(few, many, person, rounds):
    """Print the pages of one person in both companies, then deep pages."""
    for name, page in PAGES:
        pairs = [in_turn(few, many, person, page, n % 2) for n in range(rounds)]
        show(name, pairs)
    for name, page in DEEP:
        pairs = [
            (many.ask(person, "/customers/"), many.ask(person, page))
            for _ in range(rounds)
        ]
        if all(deep["status"] == 200 for _first, deep in pairs):
            show(f"{name} : first", pairs)


def in_turn(few, many, person, page, turned):
    """Return what a page cost in the small company and in the large one."""
    if turned:
        large = many.ask(person, page)
        return few.ask(person, page), large
    return few.ask(person, page), many.ask(person, page)


def show(name, pairs, *, sums=False):
    """Print the ratios of some pairs; of unlike ones, that of their sums."""
    if any(one["status"] == 403 for pair in pairs for one in pair):
        return
    wall, processor = (ratio(pairs, key, sums) for key in ("wall", "processor"))
    waits = sorted(large["wall"] * 1000 for _small, large in pairs)
    faults = sum(large["status"] != 200 for _small, large in pairs)
    print(
        f"  {name:32} {wall} | {processor}"
        f"  {statistics.median(waits):6.0f} ms, worst {waits[-1]:.0f}"
        f"{f', {faults} errors' if faults else ''}"
    )


def ratio(pairs, key, sums):
    """Return the ratio of large to small in words."""
    if sums:
        small, large = (
            sum(one[key] for one in side) for side in zip(*pairs, strict=True)
        )
        return f"{large / small:5.2f} ×"
    ratios = sorted(large[key] / small[key] for small, large in pairs)
    return f"{statistics.median(ratios):5.2f} × ({ratios[0]:.2f}–{ratios[-1]:.2f})"


if __name__ == "__main__":
    main()
