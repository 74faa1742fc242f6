"""What one types to find something, and what is kept to be found."""

import re

from crm.chinese.folding.telephones import (
    dialled,
    telephone,
    without_extension,
    without_notes,
)
from crm.chinese.folding.texts import ALIKE, KEPT, folded, signs
from crm.text import digits, normalise

#: More words in a keyword stand for one: as they were typed, one behind another.
MOST_WORDS = 8
#: Digits that may be a part of a telephone number.
FEWEST_DIGITS = 3
#: As many digits behind 86 may be a number that was typed with its country.
FEWEST_BEHIND = 5

_HAN = r"\u3007\u3400-\u9fff"
#: Where one word is two: at a bracket, and between Chinese and two letters or more.
_SEAM = re.compile(
    f"[{re.escape(ALIKE['（'] + ALIKE['）'])}]+"
    f"|(?<=[{_HAN}])(?=[A-Za-z]{{2}})|(?<=[A-Za-z]{{2}})(?=[{_HAN}])"
)
_NO_TELEPHONE = re.compile(r"[^\d\s+\-().,·/]")
_IS_HAN = re.compile(f"[{_HAN}]")
_MOBILE_START = re.compile(r"^0(?=1[3-9])")


def kept(text, *, as_telephone=False):
    """Return a field's text as it is kept to be searched.

    The signs it holds stand once behind it, so that one finds them too; of a
    telephone the digits, with and without what one may type before them.
    """
    if as_telephone:
        return dialled(text)
    plain = folded(text)
    return f"{plain} {left}" if (left := signs(text)) else plain


def words(text):
    """Return what a keyword asks for: every one of these is to be found somewhere.

    Signs count only where there is nothing else: then each by itself.
    """
    pieces = [part for piece in _blanks_alike(text).split() for part in _parts(piece)]
    pieces[MOST_WORDS - 1 :] = ["".join(pieces[MOST_WORDS - 1 :])]
    read = [plain for piece in pieces if (plain := folded(piece))]
    lettered = [plain for plain in read if not KEPT.issuperset(plain)]
    return list(dict.fromkeys(lettered or read or "".join(map(signs, pieces))))


def unparted(text):
    """Return the words of a keyword as they were typed: they stand so where they do."""
    return [plain for piece in _blanks_alike(text).split() if (plain := folded(piece))]


def _parts(piece):
    """Return the words in a piece without blanks: a brand, a place, a trade.

    dr食品 is 大润食品, 华夏(玉溪) is 玉溪华夏. In a telephone brackets part nothing.
    """
    plain = normalise(piece, "NFKC")
    if not _IS_HAN.search(plain):
        return [piece]
    parts = [part for part in _SEAM.split(plain) if folded(part)]
    return parts or [piece]


def fragments(text):
    """Return the digits by which a telephone is found, in one or two ways, or nothing.

    `+86 10 6234`, `0086106234` and `106234` are parts of 010-62345678.
    """
    plain = without_notes(normalise(text, "NFKC").replace("—", "-"))
    plain, _extension = without_extension(plain)
    number = digits(plain)
    if len(number) < FEWEST_DIGITS or _NO_TELEPHONE.search(plain):
        return []
    ways = [] if plain.startswith(("+", "00")) else [number]
    whole = telephone(plain)
    abroad = number.removeprefix("00") if number.startswith("00") else number
    behind = abroad.removeprefix("86")
    if behind != abroad and len(behind) >= FEWEST_BEHIND:
        ways.append(_MOBILE_START.sub("", behind))
    elif not ways:
        ways.append(abroad)
    if len(whole) >= FEWEST_DIGITS:
        ways.append(whole)
    ways.append(_MOBILE_START.sub("", ways[0]))
    return _without_longer(ways)


def _without_longer(ways):
    """Leave out what a shorter part finds anyway."""
    ways = list(dict.fromkeys(ways))
    return [
        way for way in ways if not any(way != part and part in way for part in ways)
    ]


def sought(text):
    """Return the ways in which a keyword is found: one of them suffices.

    Each way is a list of words, all of which are to be found; each word a tuple of
    writings, of which one suffices.
    """
    apart = [(word, *fragments(word)) for word in words(text)]
    ways = [[tuple(dict.fromkeys(word)) for word in apart]] if apart else []
    if len(apart) > 1 and (whole := fragments(text)):
        ways.insert(0, [tuple(whole)])
    return ways


def _blanks_alike(text):
    """Return the text with plain blanks for all that one cannot see."""
    return "".join(" " if c.isspace() or not c.isprintable() else c for c in text)
