"""Print precision, recall and F1 of each labelled set of a directory.

`python -m tests.benchmarks dedupe DIRECTORY`: pairs with a label (COL … VAL …, tabs
between) are judged one by one; of a table whose `rec_id` carries the answer all pairs
are looked for, by the keys of the traits and never all by all.
"""

import csv
import re
import sys
from collections import defaultdict
from itertools import combinations
from pathlib import Path

from crm.duplicates.traits import WORTH, compared, profile
from tests.benchmarks.dedupe.sets import traits_of

COLUMN = re.compile(r"COL (\S+) VAL (.*?)(?=\s*COL \S+ VAL|\s*$)")
#: A key that more rows have finds none of them.
MOST = 40


def main():
    """Measure every set."""
    print(f"{'set':34}{'pairs':>7}{'precision':>11}{'recall':>9}{'F1':>8}")
    for path in sorted(Path(sys.argv[1]).iterdir()):
        measured = by_labels(path) if path.suffix == ".txt" else by_numbers(path)
        if measured:
            right, found, true = measured
            precision, recall = right / (found or 1), right / (true or 1)
            f1 = 2 * precision * recall / (precision + recall or 1)
            line = f"{path.stem:34}{true:7}{precision:11.3f}{recall:9.3f}{f1:8.3f}"
            print(line, flush=True)


def by_labels(path):
    """Return (rightly found, found, true) pairs of a file of labelled ones."""
    right = found = true = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.count("\t") != 2:
            return None
        one, other, label = line.split("\t")
        rows = [dict(COLUMN.findall(text)) for text in (one, other)]
        traits = traits_of(list(rows[0]))
        verdict = compared(*(profile(row, traits) for row in rows))
        is_found, is_true = verdict.score >= WORTH, label.strip() == "1"
        right += is_found and is_true
        found += is_found
        true += is_true
    return right, found, true


def by_numbers(path):
    """Return the same of a table whose `rec_id` tells who is the same."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, skipinitialspace=True)
        columns = [name.strip() for name in reader.fieldnames or ()]
        if "rec_id" not in columns:
            return None
        rows = [
            {k.strip(): (v or "").strip() for k, v in row.items() if k}
            for row in reader
        ]
    traits = traits_of([name for name in columns if name != "rec_id"])
    persons = [row["rec_id"].split("-")[1] for row in rows]
    profiles = [profile(row, traits) for row in rows]
    found = {
        pair
        for pair in sharing(profiles)
        if compared(*(profiles[place] for place in pair)).score >= WORTH
    }
    true = sum(n * (n - 1) // 2 for n in counted(persons))
    right = sum(persons[one] == persons[other] for one, other in found)
    return right, len(found), true


def sharing(profiles):
    """Return {(place, place)} of the rows that share a key."""
    places = defaultdict(list)
    for place, traits in enumerate(profiles):
        for trait, keys in traits.items():
            for key in trait.blocks(keys):
                places[trait.name, key].append(place)
    groups = (group for group in places.values() if len(group) <= MOST)
    return {pair for group in groups for pair in combinations(group, 2)}


def counted(names):
    """Return how often each of some names occurs."""
    numbers = defaultdict(int)
    for name in names:
        numbers[name] += 1
    return numbers.values()


if __name__ == "__main__":
    main()
