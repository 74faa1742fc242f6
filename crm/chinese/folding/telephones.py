"""Telephone numbers as one dials them, however they are written."""

import re

from crm.text import digits, normalise

#: An extension with a word before it; with a hyphen, see `without_extension`.
_WORDED = re.compile(
    r"(?:转|轉|分机号?|分機號?|extension|ext\.?|(?<=\d)\s*x|#)[\s:.]*(\d{1,6})$",
    re.IGNORECASE,
)
_HYPHENED = re.compile(r"-\s*(\d{1,6})$")
#: A slash behind an area code parts nothing: 310/246-1501.
_BETWEEN = re.compile(r"[;,、\n|]|\s或\s|(?<=\d{4})\s*/")
_NOTE = re.compile(
    r"[(\[][^\d()\[\]]*[)\]]|^\s*(?:tel|fax|电话|手机|传真)[:.\s]*", re.IGNORECASE
)
_MOBILE = re.compile(r"1[3-9]\d{9}")
#: An area code without its 0, which spreadsheets and +86 take away.
_BARE_AREA = re.compile(r"(?:10|2\d)[2-8]\d{7}|(?![48]00)[3-9]\d\d[2-8]\d{6,7}")
_ABROAD = re.compile(r"\s*(?:\+|00(?=[1-9]))")
_TWO_NUMBERS = re.compile(r"(?<=\d{4})\s+(?=\+|0\d{2,3}[-\s]|1[3-9]\d{9}(?!\d))")
_KNOWN = re.compile(
    r"1[3-9]\d{9}|0(?:10|2\d|[3-9]\d\d)[2-8]\d{6,7}|[2-8]\d{6,7}|[48]00\d{7}"
)
#: Digits in a row behind 86 that are no longer a number by themselves.
_HOME_DIGITS = (10, 11)


def telephones(text):
    """Return the numbers in a text, each as digits: with 0, without +86 and extension.

    `+86 871 6312 3456`, `0871-63123456转801` and `87163123456` are 087163123456,
    `8613912340001` is 13912340001, `+1 (650) 253-0000` is 16502530000.
    """
    return [number for number, _extension in _parted(text) if number]


def telephone(text):
    """Return the first number in a text as `telephones` has it, or nothing."""
    return next(iter(telephones(text)), "")


def dialled(text):
    """Return numbers and extensions with blanks between: what searches look in."""
    return " ".join(part for pair in _parted(text) for part in pair if part)


def pieces(text):
    """Return the numbers in a text as they are written, without what stands beside."""
    plain = normalise(text, "NFKC").replace("—", "-").replace("–", "-")
    return [
        one.strip()
        for piece in _BETWEEN.split(plain)
        for one in _TWO_NUMBERS.split(without_notes(piece))
    ]


def _parted(text):
    """Yield (number, extension) of each number in a text."""
    return map(_number, pieces(text))


def without_extension(text):
    """Return one number and its extension apart.

    A hyphen parts the groups of a number too: what it parts off is an extension only
    behind a whole number that is none together with it.
    """
    if found := _WORDED.search(text):
        return text[: found.start()], found[1]
    found = None if _ABROAD.match(text) else _HYPHENED.search(text)
    if found and not _is_known(text) and _is_known(text[: found.start()]):
        return text[: found.start()], found[1]
    return text, ""


def without_notes(text):
    """Return the text without what people write beside a number: （王经理）, Tel."""
    return _NOTE.sub(" ", text).strip()


def _number(text):
    """Return one number and its extension."""
    number, extension = without_extension(text.strip())
    return _canonical(digits(number), bool(_ABROAD.match(number))), extension


def _is_known(text):
    return bool(_KNOWN.fullmatch(_canonical(digits(text), False)))


def _canonical(number, with_country):
    if with_country:
        number = number.removeprefix("00")
        if not number.startswith("86"):
            return number
        return _national(number[2:])
    rest = number.removeprefix("86")
    if rest != number and len(rest) in _HOME_DIGITS and _is_national(rest):
        return _national(rest)
    return _national(number)


def _is_national(number):
    return bool(_MOBILE.fullmatch(number) or _BARE_AREA.fullmatch(number))


def _national(number):
    """Return a number of this country with the 0 of its area code, mobiles without."""
    if _MOBILE.fullmatch(number.removeprefix("0")):
        return number.removeprefix("0")
    return f"0{number}" if _BARE_AREA.fullmatch(number) else number
