"""Business cards of an address book: vCard 2.1, 3.0 and 4.0, each card one row."""

import quopri
import re

from system.imports.parsing.cells import cleaned
from system.imports.parsing.refusal import Refused
from system.imports.parsing.texts import decoded

COLUMNS = (
    "name",
    "organization",
    "department",
    "title",
    "gender",
    "mobile",
    "phone",
    "email",
    "wechat",
    "birthday",
    "external_number",
    "remarks",
)
BEGIN = "BEGIN:VCARD"
#: How the lines that open and close a card change how deep one is.
STEPS = {BEGIN: 1, "END:VCARD": -1}
#: Cards that lie within another one, as 2.1 knew them.
DEEPEST = 20
_LINE = re.compile(r"(?:[\w-]+\.)?([\w-]+)((?:;[^:;\"]*(?:\"[^\"]*\")?)*):(.*)", re.S)
_ESCAPED = re.compile(r"\\([\\,;:\"nN])")
_PARTED = re.compile(r"(?<!\\);")
_MOBILE = re.compile(r"(?:\+?86)?[ -]?1[3-9]\d[ -]?\d{4}[ -]?\d{4}")
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:T.*)?")
GENDERS = {"M": "male", "F": "female"}
#: What of a card has no field of its own is a remark.
NOTED = {"ADR": "地址", "URL": "网址", "NICKNAME": "昵称", "ROLE": "职责"}


def is_card(content):
    """Say whether bytes begin as an address book does."""
    start = content[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe\r\n\t ")
    return start[: len(BEGIN)].upper() == BEGIN.encode()


def table(content, chosen):
    """Return (what there is to say, rows) of an address book.

    Args:
        content: the bytes of the file.
        chosen: {"encoding"} as a person has chosen it, or empty.
    """
    about, text = decoded(content, chosen.get("encoding"))
    return about | {"format": "cards"}, _rows(text)


def _rows(text):
    yield 1, list(COLUMNS)
    number = 1
    for card in _cards(text):
        number += 1
        yield number, [cleaned(card.get(column, "")) for column in COLUMNS]


def _cards(text):
    """Yield {column: text} of each card; one within another is a part of that."""
    depth, found = 0, {}
    for line in _unfolded(text):
        step = STEPS.get(line.strip().upper(), 0)
        depth += step
        if not 0 <= depth <= DEEPEST:
            raise Refused("broken")
        if (step, depth) == (1, 1):
            found = {}
        elif (step, depth) == (-1, 0):
            yield _row(found)
        elif depth == 1 and (typed := _LINE.fullmatch(line)):
            name, given, value = typed[1].upper(), _given(typed[2]), typed[3]
            found.setdefault(name, []).append((given, _value(value, given)))
    if depth:
        raise Refused("broken")


def _unfolded(text):
    """Yield the lines of a text, those that were folded put together again."""
    parts: list = []
    is_printable = False  # quoted: a line that ends with = goes on in the next one
    for line in text.splitlines():
        if is_printable and parts[-1].endswith("="):
            parts[-1] = parts[-1][:-1]
            parts.append(line)
        elif line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
        else:
            yield "".join(parts)
            parts, is_printable = [line], False
        is_printable = is_printable or "QUOTED-PRINTABLE" in line.upper()
    yield "".join(parts)


def _given(text):
    """Return the parameters of a line as words; CHARSET=GBK stays together."""
    words = set()
    for part in filter(None, text.split(";")):
        name, sign, values = part.strip().upper().partition("=")
        if sign and name != "TYPE":
            words.add(f"{name}={values}")
            values = values if name == "ENCODING" else ""
        words.update(values.replace('"', "").split(",") if sign else [name])
    return words


def _value(text, given):
    """Return what a line says, still with the signs that part it."""
    if "QUOTED-PRINTABLE" in given:
        charset = next((w[8:] for w in given if w.startswith("CHARSET=")), "utf-8")
        try:
            return quopri.decodestring(text.encode()).decode(charset, "replace")
        except LookupError:
            return quopri.decodestring(text.encode()).decode("utf-8", "replace")
    return "" if given & {"BASE64", "B"} else text


def _plain(text):
    return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], text).strip()


def _parts(text):
    return [_plain(part) for part in _PARTED.split(text)]


def _row(card):
    """Return {column: text} of a card."""
    all_of = {name: [(g, v) for g, v in lines if v] for name, lines in card.items()}

    def first(name):
        return next((value for _given, value in all_of.get(name, ())), "")

    organisation = [*_parts(first("ORG")), ""]
    mobiles, phones, faxes = _telephones(all_of.get("TEL", ()))
    row = {
        "name": _plain(first("FN")) or _name(_parts(first("N"))),
        "organization": organisation[0],
        "department": " ".join(filter(None, organisation[1:])),
        "title": _plain(first("TITLE")),
        "gender": GENDERS.get(_parts(first("GENDER"))[0][:1].upper(), ""),
        "mobile": "; ".join(mobiles),
        "phone": "; ".join(phones),
        "email": "; ".join(_plain(v) for _g, v in all_of.get("EMAIL", ())),
        "wechat": _plain(first("X-WECHAT") or first("X-WEIXIN")),
        "external_number": _plain(first("UID")).removeprefix("urn:uuid:")[:100],
    }
    notes = [_plain(value) for _g, value in all_of.get("NOTE", ())]
    born = _DAY.fullmatch(_plain(first("BDAY")))
    row["birthday"] = "-".join(born.groups()) if born else ""
    if not born and (day := _plain(first("BDAY"))):
        notes.append(f"生日: {day}")
    notes += [f"传真: {fax}" for fax in faxes]
    for name, label in NOTED.items():
        for _g, value in all_of.get(name, ()):
            notes.append(f"{label}: {' '.join(filter(None, _parts(value)))}")
    return row | {"remarks": "\n".join(notes)}


def _telephones(lines):
    """Return (mobiles, telephones, faxes), each number once."""
    mobiles: dict = {}
    phones: dict = {}
    faxes: dict = {}
    for given, value in lines:
        number = _plain(value).removeprefix("tel:")
        is_mobile = "CELL" in given or _MOBILE.fullmatch(number)
        kind = faxes if "FAX" in given else mobiles if is_mobile else phones
        if number:
            kind[number] = True
    return mobiles, phones, faxes


def _name(parts):
    """Return a name of family, given and middle name in the order of its language."""
    family, given, middle = [*parts, "", "", ""][:3]
    if any("\u4e00" <= sign <= "\u9fff" for sign in family + given):
        return f"{family}{given}"
    return " ".join(filter(None, (given, middle, family)))
