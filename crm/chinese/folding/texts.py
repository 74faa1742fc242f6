"""Texts without what people write in two ways: width, case, accents, scripts, signs.

Each sign is folded by itself, whatever stands beside it. So the folded text of a part
is a part of the folded text, and a place in it can be traced back.
"""

import functools
import importlib
import unicodedata

#: Signs of which people type one for another; each class by the one that stands for
#: it, none of them ASCII: the index of single signs has no others.
ALIKE = {
    "（": "([{（［｛【〔〖〘〚〈《‹«<＜⟨﹙﹝﹛﹤❨",
    "）": ")]}）］｝】〕〗〙〛〉》›»>＞⟩﹚﹞﹜﹥❩",
    "・": "·•‧・∙⋅.．。․｡﹒˙●",
    "＂": "\"'＂＇“”„‟‘’‚‛「」『』﹁﹂﹃﹄`´′″〝〞ʼ",
    "－": "-－‐‑‒–—―−﹣~～〜∼_＿ー",
    "，": ",，、､;；﹐﹑﹔:：﹕/／\\＼|｜",
}
_CLASS = {sign: name for name, alike in ALIKE.items() for sign in alike}

#: Signs that tell one name from another: C++, C#, AT&T, 100%.
KEPT = frozenset("+#&@%*")

#: What Unicode does not take apart.
_LETTERS = {
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "ı": "i",
    "ł": "l",
    "þ": "th",
    "ŧ": "t",
    "著": "着",
    "○": "〇",
    "◯": "〇",
}
#: Accents of alphabets; other scripts' marks are letters of their own.
_ACCENTS = range(0x300, 0x370)
_SCRIPT = range(0x2E80, 0x40000)


def folded(text):
    """Return letters and digits alone, lower case, simplified; lines stay lines.

    Blanks and signs are gone, but those that tell names apart (KEPT).
    """
    return text.translate(_FOLDED)


def signs(text):
    """Return the signs that `folded` leaves out: each class once, in a fixed order."""
    found = {sign for char in set(text) if (sign := _sign(char))}
    return "".join(sorted(found))


class _Folded(dict):
    """{code point: what it becomes}, found out when a sign is first met."""

    def __missing__(self, point):
        """Fold a sign until nothing changes, and remember it."""
        text, before = chr(point), None
        while text != before:
            before, text = text, "".join(map(_fold, text))
        self[point] = text
        return text


_FOLDED = _Folded({ord("\n"): "\n"})


def _fold(char):
    """Return one step of folding one sign."""
    if char in _CLASS or ord(char) in _ACCENTS:
        return ""
    if char in _LETTERS:
        return _LETTERS[char]
    parts = unicodedata.normalize("NFKD", char).casefold()
    if parts != char:
        return parts
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if ord(char) in _SCRIPT:
        char = _simplified(char)
    return char if char in KEPT or _is_letter(char) else ""


def _is_letter(char):
    """Say whether a sign is read: punctuation, blanks and controls are not."""
    return unicodedata.category(char[0])[0] in "LNSM"


@functools.lru_cache(4096)
def _sign(char):
    """Return the class of a sign that is left out; nothing for blanks and letters."""
    if char.isspace() or char in KEPT or char.translate(_FOLDED):
        return ""
    if char in _CLASS:
        return _CLASS[char]
    plain = unicodedata.normalize("NFKC", char)[:1]
    if not plain.isprintable() or plain.isspace() or ord(plain) in _ACCENTS:
        return ""
    # ASCII as its wide twin: "!" as "！".
    return _CLASS.get(plain) or (chr(ord(plain) + 0xFEE0) if plain < "\x7f" else plain)


def _simplified(char):
    return _scripts().convert(char)


@functools.cache
def _scripts():
    """Load the signs of both scripts when the first Chinese one is met."""
    return importlib.import_module("opencc").OpenCC("t2s")
