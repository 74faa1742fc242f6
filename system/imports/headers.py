"""Which column of a file is which field: found by what people call them."""

import re
import unicodedata
from dataclasses import dataclass

from crm.text import clean

_DROPPED = re.compile(r"[\s_*＊:：./\-]+")
_BRACKETS = re.compile(r"[(\[【<].*?[)\]】>]")
#: 年收入（万元）: the figures are in another unit than ours.
_OTHER_UNIT = re.compile(r"[(（\[【].*?[千万亿].*?[)）\]】]")
#: A heading may stand above the columns' names.
LOOKED_AT = 20


@dataclass(frozen=True)
class Target:
    """A field that a column can fill.

    `several` says that more than one column may fill it together, `number` that
    its unit matters.
    """

    name: str
    label: str
    names: tuple[str, ...] = ()
    required: bool = False
    several: bool = False
    number: bool = False


def plain(header):
    """Return a header as it is compared: no blanks, signs, brackets or capitals."""
    text = unicodedata.normalize("NFKC", clean(str(header))[:200]).casefold()
    return _DROPPED.sub("", _BRACKETS.sub("", text))


def matched(headers, targets, prefixes=()):
    """Return {column: name of its target} for the columns that can be told.

    Args:
        headers: the texts of the header row.
        targets: what there is to fill, the more important ones first.
        prefixes: words before a field's name that say nothing (客户电话).
    """
    names = [_forms(header, prefixes) for header in headers]
    found = {}
    for target in targets:
        hits = _hits(target, names, headers, taken=found)
        for column in hits if target.several else hits[:1]:
            found[column] = target.name
    return dict(sorted(found.items()))


def _hits(target, names, headers, taken):
    """Return the free columns of a target, the one with the best name first."""
    known = {
        plain(name): rank for rank, name in reversed(list(enumerate(target.names)))
    }
    ranked = []
    for column, forms in enumerate(names):
        ranks = [known[form] for form in forms if form in known]
        other_unit = target.number and _OTHER_UNIT.search(str(headers[column]))
        if ranks and column not in taken and not other_unit:
            ranked.append((min(ranks), column))
    return [column for _rank, column in sorted(ranked)]


def _forms(header, prefixes):
    """Return the ways to read a header: whole, and without what says nothing."""
    whole = plain(header)
    rest = {whole.removeprefix(plain(prefix)) for prefix in prefixes}
    return [whole, *(rest - {whole, ""})] if whole else []


def header_row(rows, targets, prefixes=()):
    """Return (number, cells) of the row that names the columns.

    It is the one with most names that we know; where none is known, the first.
    """
    best = None
    for number, cells in rows[:LOOKED_AT]:
        known = len(matched(cells, targets, prefixes))
        if best is None or known > best[0]:
            best = (known, number, cells)
    return best[1], best[2]
