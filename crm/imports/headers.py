"""Which column of a file is which field: found by what people call them."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import zip_longest

from crm.chinese import regions
from crm.chinese.folding import folded
from crm.text import clean, has_ideograph

_DROPPED = re.compile(r"[\s_*＊:：./\-]+")
_BRACKETS = re.compile(r"[(\[【<].*?[)\]】>]")
#: 年收入（万元）: the figures are in another unit than ours.
_OTHER_UNIT = re.compile(r"[(（\[【][^)）\]】]*?([百千]?[万亿]|千)[^(（]*?[)）\]】]")
#: What stands in no header: figures, addresses of the web, names of firms, sentences.
_VALUE = re.compile(
    r"^[\d\s.,:/+-]+$|\d{6}|@|https?:|有限公司|有限责任|.{4}(公司|厂|集团)$|[。！？；]"
)
#: Nor texts as long, unless names that we know stand beside them.
_LONG = re.compile(".{60}")
FEW_KNOWN = 2
#: A heading may stand above the columns' names.
LOOKED_AT = 20
#: Rows of headings above the name of the only column of a list.
TITLES = 3


@dataclass(frozen=True)
class Target:
    """A field that a column can fill.

    `several` says that more than one column may fill it together, `number` that
    its unit matters; `fills` names the field of which it is a part.
    """

    name: str
    label: str
    names: tuple[str, ...] = ()
    required: bool = False
    several: bool = False
    number: bool = False
    fills: str = ""


def covered(names, targets):
    """Return the fields that some targets fill, wholly or by a part."""
    parts = {target.name: target.fills for target in targets if target.fills}
    return {*names, *(parts[name] for name in names if name in parts)}


def plain(header):
    """Return a header as it is compared: no blanks, signs, brackets, one script."""
    text = unicodedata.normalize("NFKC", clean(str(header))[:200]).casefold()
    return folded(_DROPPED.sub("", _BRACKETS.sub("", text)))


def unit_of(header):
    """Return the unit in which the figures of a column stand, an empty text for one."""
    unit = _OTHER_UNIT.search(str(header))
    return unit[1] if unit else ""


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
        other_unit = target.number and unit_of(headers[column])
        if ranks and column not in taken and not other_unit:
            ranked.append((min(ranks), column))
    return [column for _rank, column in sorted(ranked)]


def _forms(header, prefixes):
    """Return the ways to read a header: whole, and without what says nothing."""
    whole = plain(header)
    rest = {whole.removeprefix(plain(prefix)) for prefix in prefixes}
    return [whole, *(rest - {whole, ""})] if whole else []


def header_row(rows, targets, prefixes=()):
    """Return (number, cells) of the row that names the columns; (0, []) if none does.

    It is the first that names what a record cannot do without, or the last row of a
    header of several; else the one with most names that we know; where none is known,
    the fullest, unless values stand in it.
    """
    required = {target.name for target in targets if target.required}
    best, fullest, complete = (0, 0, []), (0, 0, []), False
    for place, (number, cells) in enumerate(rows[:LOOKED_AT]):
        texts = [cell if isinstance(cell, str) else "0" for cell in cells]
        known = matched(texts, targets, prefixes)
        filled = len(list(filter(None, texts)))
        fullest = max(fullest, (filled, number, cells), key=lambda one: one[0])
        alone = filled == 1 and place >= TITLES
        count = 0 if alone or _holds_values(texts, known) else len(known)
        needed = filled > 1 and required & covered(known.values(), targets)
        if complete and not (needed and count > best[0]):
            break
        if count > best[0] or (count and needed):
            best, complete = (count, number, cells), bool(needed)
    if not best[0] and fullest[0] > 1 and not _holds_values(fullest[2], {}):
        best = fullest
    return best[1:]


def _holds_values(cells, known):
    """Say whether a row holds what only a record can: figures, firms, places."""
    others = [c for place, c in enumerate(cells) if place not in known]
    if len(known) < FEW_KNOWN and any(_LONG.search(str(cell)) for cell in others):
        return True
    return any(
        not isinstance(cell, str) or _VALUE.search(cell) or _names_a_place(cell)
        for cell in others
    )


def _names_a_place(text):
    return 1 < len(text) < 20 and has_ideograph(text) and regions.find(text) is not None


def by_content(rows, targets):
    """Return {column: name of its target} for a table without a header.

    Args:
        rows: the first (number, cells).
        targets: what there is to fill.
    """
    names = {target.name for target in targets}
    columns = [
        [cell for cell in column if cell]
        for column in zip_longest(*(cells for _number, cells in rows), fillvalue="")
    ]
    found = {}
    for name, fits in (*_CONTENT, ("name", _is_text)):
        for column, cells in enumerate(columns):
            fitting = sum(isinstance(c, str) and bool(fits(c)) for c in cells)
            free = column not in found and name not in found.values()
            if name in names and free and fitting > 0.6 * len(cells):
                found[column] = name
    return dict(sorted(found.items()))


def _is_text(cell):
    return not _VALUE.fullmatch(cell) and not cell.isdigit()


#: What the cells of a column look like if it fills this field.
_CONTENT = (
    ("name", re.compile(r".(公司|厂|集团|商店|商行|银行|医院|学校|大学|中心)$").search),
    ("credit_code", re.compile(r"[0-9A-Z]{18}").fullmatch),
    ("email", re.compile(r"\S+@\S+\.\w+").fullmatch),
    ("website", re.compile(r"(https?://|www\.)\S+").fullmatch),
    ("mobile", re.compile(r"1[3-9][\d -]{9,11}").fullmatch),
    ("phone", re.compile(r"[+(]?\d[\d ()+-]{6,18}").fullmatch),
    ("region", _names_a_place),
)
