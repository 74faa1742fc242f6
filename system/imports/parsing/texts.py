"""Texts with separators: their encoding, their separator, their rows."""

import codecs
import csv
import io
import itertools
import re

from system.imports.parsing.cells import UNREADABLE, of_csv
from system.imports.parsing.refusal import Refused

SEPARATORS = ",;\t|"
SNIFFED, SAMPLED, LONGEST_SAMPLE = 50, 4, 60
#: Quotation marks are signs like others, each line is a row.
PLAIN, LONGEST_QUOTED = "plain", 200
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
#: What a file may be that is no Unicode. Which one, its bytes alone seldom tell.
GUESSES = ("gb18030", "cp950", "cp1252")
#: No file has so many bytes of one kind by chance.
LOOKED_AT = 1024 * 1024
_PAIR = re.compile(rb"[\x81-\xfe][\x30-\xfe]")
_COMMON = re.compile(rb"[\xb0-\xd7\xa1-\xa3][\xa1-\xfe]")
_KNOWN = re.compile(rb"[\xb0-\xf7\xa1-\xa3][\xa1-\xfe]")
_CONTROLS = re.compile("[\x80-\x9f]")
#: Stands behind the last line; who swallows it has not closed a quotation.
_END = "\x1eend of the file\x1e"


def table(content, chosen):
    """Return (what there is to say, rows) of a text.

    Args:
        content: the bytes of the file.
        chosen: {"encoding", "delimiter", "quotes"} as a person has chosen them, or
            empty.
    """
    about, text = decoded(content, chosen.get("encoding"))
    if text.lstrip().startswith("<"):
        raise Refused("web_page")
    delimiter, width = _delimiter(text, chosen.get("delimiter"))
    about |= {"format": "text", "delimiter": delimiter}
    if chosen.get("quotes") == PLAIN:
        return about, _lines(text, delimiter)
    return about, _rows(text, delimiter, width, about)


def decoded(content, chosen):
    """Return ({encoding, certain, encodings}, text)."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _unicode(content, encoding)
    if b"\0" in content:
        raise Refused("binary")
    try:
        return _unicode(content, "utf-8")
    except Refused:
        return _guessed(content, chosen)


def _unicode(content, encoding):
    try:
        text = content.decode(encoding)
    except UnicodeError as error:
        raise Refused("encoding") from error
    return {"encoding": encoding, "certain": True}, text.removeprefix("\ufeff")


def _guessed(content, chosen):
    """Return the text in the chosen encoding, or in the likeliest."""
    possible = {}
    for encoding in GUESSES:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if not UNREADABLE.search(text) and not _CONTROLS.search(text):
            possible[encoding] = text
    if not possible or (chosen and chosen not in possible):
        raise Refused("encoding")
    certain = "gb18030" in possible and _surely_chinese(content)
    encoding = chosen or next(iter(possible))
    about = {"encoding": encoding, "certain": certain}
    if not certain:
        about["encodings"] = {name: _sample(text) for name, text in possible.items()}
    return about, possible[encoding]


def _surely_chinese(content):
    """Say whether nearly all pairs of bytes are common signs of GB 2312.

    Big5 and Western texts, read as GB 18030, give rare signs and half of them with
    a second byte that GB 2312 does not have.
    """
    pairs = _PAIR.findall(content[:LOOKED_AT])
    common = sum(bool(_COMMON.match(pair)) for pair in pairs)
    known = sum(bool(_KNOWN.match(pair)) for pair in pairs)
    return common >= 0.75 * len(pairs) and known >= 0.95 * len(pairs)


def _sample(text):
    """Return the first lines in which anything stands."""
    lines = filter(None, map(str.strip, io.StringIO(text)))
    return [line[:LONGEST_SAMPLE] for line in itertools.islice(lines, SAMPLED)]


def _delimiter(text, chosen):
    """Return the separator that parts most rows into the same number of cells.

    With it comes that number.
    """
    found = {}
    for delimiter in chosen or SEPARATORS:
        rows = itertools.islice(_csv(io.StringIO(text, newline=""), delimiter), SNIFFED)
        widths = [len(row) for row in rows if len(row) > 1]
        usual = max(set(widths), key=widths.count, default=0)
        found[delimiter] = (widths.count(usual), usual)
    best = max(found, key=found.__getitem__)
    return best, found[best][1]


def _rows(text, delimiter, width, about):
    """Yield (number, cells); a quotation that swallows other rows is refused.

    Where it may be meant or not, `about` tells of the first one.
    """
    lines, seen = io.StringIO(text, newline=""), []
    source = csv.reader(
        _noted(itertools.chain(lines, ("\n", _END)), seen), delimiter=delimiter
    )
    line = 1
    try:
        for number, row in enumerate(source, start=1):
            if row == [_END]:
                return
            if len(seen) > 1 and any("\n" in cell for cell in row):
                _check_quotation(row, seen, delimiter, width, line)
                if _looks_like_rows(seen, delimiter, width):
                    about.setdefault("quotes", _asked(line, seen))
            yield number, [of_csv(cell) for cell in row]
            line += len(seen)
            seen.clear()
    except csv.Error as error:
        raise Refused("broken", line) from error
    raise Refused("open_quote", line)


def _noted(lines, seen):
    """Yield lines, and note those that one row was read from."""
    for line in lines:
        seen.append(line)
        yield line


def _asked(line, seen):
    """Return what a person is asked: from which line on, and what stands there."""
    return {"line": line, "text": "".join(seen).strip()[:LONGEST_QUOTED]}


def _check_quotation(row, seen, delimiter, width, line):
    """Refuse a cell that surely holds whole rows of the table."""
    if _END in row[-1] or not _closes(seen, delimiter):
        raise Refused("open_quote", line)
    for cell in row:
        lines = _csv(cell.splitlines()[1:], delimiter)
        whole = sum(len(cells) == width for cells in lines)
        if width > 1 and whole >= (1 if width > 3 else 2):
            raise Refused("open_quote", line)


def _closes(seen, delimiter):
    """Say whether each mark that closes stands at the end of its cell."""
    try:
        list(csv.reader(seen, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def _looks_like_rows(seen, delimiter, width):
    """Say whether the lines of one row would be rows too, were the marks plain signs.

    As many cells as usual stand then in the first line, and in one behind it.
    """
    first, *others = (_plain(line, delimiter) for line in seen)
    if width <= 1:
        return any(others)
    return len(first) == width and any(len(cells) == width for cells in others)


def _plain(line, delimiter):
    """Return the cells of a line in which quotation marks are signs like others."""
    text = line.rstrip("\r\n")
    return text.split(delimiter) if text.strip() else []


def _lines(text, delimiter):
    """Yield (number, cells) of a text whose rows are its lines, whatever is quoted.

    A mark encloses a cell only if it is closed in its line.
    """
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        try:
            row = next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error:
            row = _plain(line, delimiter)
        yield number, [of_csv(cell) for cell in row]


def _csv(lines, delimiter):
    try:
        yield from csv.reader(lines, delimiter=delimiter)
    except csv.Error as error:
        raise Refused("broken") from error
