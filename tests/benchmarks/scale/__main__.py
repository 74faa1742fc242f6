"""Measure and print: `python -m tests.benchmarks.scale`.

Two installations are filled at the first run (a million customers take some minutes)
and kept below `var/benchmarks` for the next one.
"""

import argparse
import os
import statistics
from pathlib import Path

from tests.benchmarks.scale.company import Company

ROOT = Path(__file__).resolve().parents[3]
ROUNDS = 9
#: Heads of ever smaller circles, and somebody who sells; all by `manage.py populate`.
PEOPLE = {
    "saleshead": "head of sales, sees 80 %",
    "head11": "head of a department, sees 4 %",
    "seller001": "seller",
}
#: What is compared with the small company: (name, address).
PAGES = (
    ("list", "/customers/"),
    ("one condition", "/customers/?status=won"),
    ("three conditions", "/customers/?status=won&effective=true&kind=distributor"),
    ("two characters, frequent", "/customers/?q=科技"),
    ("two characters", "/customers/?q=华夏"),
    ("two characters, absent", "/customers/?q=鲲鹏"),
    ("one character", "/customers/?q=虎"),
    ("four characters", "/customers/?q=华夏科技"),
    ("initials", "/customers/?q=hxkj"),
    ("pinyin", "/customers/?q=huaxia"),
    ("part of a telephone", "/customers/?q=1380013"),
    ("sorted by name", "/customers/?sort=name"),
    ("sorted by revenue", "/customers/?sort=-annual_revenue"),
    ("a customer", "customers.customer"),
    ("contacts", "/contacts/"),
    ("interactions", "/interactions/"),
    ("contracts", "/contracts/"),
    ("contracts by amount", "/contracts/?sort=-amount"),
    ("workbench", "/"),
)
#: What is compared with the first page of the same list.
DEEP = (
    ("page 100", "/customers/?page=100"),
    ("page 20,000, jumped to", "/customers/?page=20000"),
    ("page 20,000, turned to", "next /customers/?page=19999"),
    ("last page", "/customers/?page=last"),
)


def main():
    """Fill what is missing, measure in turn, print."""
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale")
    asked.add_argument("--customers", type=int, default=1_000_000)
    asked.add_argument("--few", type=int, default=10_000)
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    given = asked.parse_args()
    home = ROOT / "var" / "benchmarks"
    few, many = (
        Company(home / str(size), size) for size in (given.few, given.customers)
    )
    with few, many:
        print(f"{given.customers:,} customers : {given.few:,}, {given.rounds} rounds;")
        print("waiting for the page as a ratio, median (least–most); load", end=" ")
        print(", ".join(f"{n:.1f}" for n in os.getloadavg()))
        for person, told in PEOPLE.items():
            print(f"\n{person} ({told})")
            compare(few, many, person, given.rounds)


def compare(few, many, person, rounds):
    """Print the pages of one person in both companies, then deep pages."""
    for name, page in PAGES:
        pairs = [(few.ask(person, page), many.ask(person, page)) for _ in range(rounds)]
        ratios = sorted(large["wall"] / small["wall"] for small, large in pairs)
        last = pairs[-1][1]
        database = statistics.median(large["database"] for _small, large in pairs)
        print(
            f"  {name:26} {spread(ratios)}  {last['queries']:2} queries,"
            f" {database * 1000:5.1f} ms in PostgreSQL, {last['total'] or '–':>8}"
        )
    for name, page in DEEP:
        pairs = [
            (many.ask(person, "/customers/"), many.ask(person, page))
            for _ in range(rounds)
        ]
        if any(deep["status"] != 200 for _first, deep in pairs):
            continue
        ratios = sorted(deep["wall"] / first["wall"] for first, deep in pairs)
        print(f"  {name:26} {spread(ratios)}  of the first page")


def spread(ratios):
    """Return the median of some sorted ratios, and their least and most."""
    return f"{statistics.median(ratios):5.2f} × ({ratios[0]:.2f}–{ratios[-1]:.2f})"


if __name__ == "__main__":
    main()
