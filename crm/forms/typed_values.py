"""From what people write to what a field takes: for forms, lists and imports alike.

What can be read in two ways is refused, unless the caller knows which way is meant.
A text that these do not know is returned as it is: the field says what is wrong.
"""

import re
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.text import normalise, single_line

#: Longer texts are no numbers and no days, and patterns are not for endless ones.
LONGEST = 60
DAY_FIRST, MONTH_FIRST = "dmy", "mdy"

_UNITS = {"": 0, "百": 2, "千": 3, "万": 4, "萬": 4, "亿": 8, "億": 8}
_MONEY = re.compile(
    r"^(?:人民币|RMB|CNY|[¥￥])\s*|\s*(?:元整?|圆整?|RMB|CNY|人民币|[人名])$",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"[$€£]|(?:USD|EUR|HKD|JPY|GBP|美元|港元|港币|欧元|日元|英镑)", re.IGNORECASE
)
_UNIT = re.compile(r"\s*([百千]?)([万萬亿億]?)$")
_PLAIN = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d{1,3}(?:[ ']\d{3})+(?:\.\d*)?")
_WITH_COMMA = re.compile(r"(?:\d+|\d{1,3}(?:[. ']\d{3})+)(?:,\d*)?")
_SCIENTIFIC = re.compile(r"\d+(?:\.\d*)?[eE][+-]?\d{1,2}")
_TWO_WAYS = re.compile(r"[\d., ']*\d[\d., ']*")

_YEAR_FIRST = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+(\S.*))?"
)
_COMPACT = re.compile(r"((?:19|20)\d\d)([01]\d)([0-3]\d)")
_YEAR_LAST = re.compile(
    r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})(?:\s+(\S.*))?"
)
_SHORT_YEAR = re.compile(r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{2}(?:\s.*)?")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905 - reads better
_NAMED = re.compile(
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-]+)?(?P<month>[a-z]{3,9})\.?[\s-]+"
    r"(?:(?P<second>\d{1,2})(?:st|nd|rd|th)?,?[\s-]+)?(?P<year>\d{4})(?:\s+(?P<time>\S.*))?",
    re.IGNORECASE,
)


def number(text, *, comma=False):
    """Return a number in plain digits, without groups, currency and units.

    `1,234.5`, `¥1 234.50元`, `(12)`, `1.2万`, `3亿元` and `1E+5` are understood.

    Args:
        text: what was written.
        comma: whether a comma stands before the decimals: 1.234,56.

    Raises:
        ValidationError: it can be read in two ways, or it is foreign money.
    """
    written = normalise(str(text)[: LONGEST + 1], "NFKC").strip()
    plain = re.sub(r"[\s\u2009\u202f]+", " ", written).replace("’", "'")
    plain = plain.replace("−", "-")
    if len(plain) > LONGEST or not any(char.isdigit() for char in plain):
        return text
    if _FOREIGN.search(plain):
        raise ValidationError(
            _("“%(value)s” is foreign money: write the amount in CNY."),
            code="foreign_money",
            params={"value": written},
        )
    sign, plain = _signed(_MONEY.sub("", _MONEY.sub("", plain)).strip())
    unit = _UNIT.search(plain)
    power = _UNITS[unit[1]] + _UNITS[unit[2]]
    digits = _digits(plain[: unit.start()].strip(), comma, written)
    if digits is None:
        return text
    return f"{sign}{Decimal(digits).scaleb(power):f}" if power else sign + digits


def _signed(text):
    """Return (sign, the rest); (12.50) is how books write a minus."""
    if text.startswith("(") and text.endswith(")"):
        return "-", text[1:-1].strip()
    if text[:1] in "+-":
        return text[:1].replace("+", ""), text[1:].strip()
    return "", text


def _digits(text, comma, written):
    """Return plain digits, None for what is no number."""
    if comma and _WITH_COMMA.fullmatch(text):
        return re.sub(r"[. ']", "", text).replace(",", ".").rstrip(".")
    if not comma and (_PLAIN.fullmatch(text) or _GROUPED.fullmatch(text)):
        return re.sub(r"[, ']", "", text).rstrip(".")
    if _SCIENTIFIC.fullmatch(text):
        return f"{Decimal(text):f}"
    if not _TWO_WAYS.fullmatch(text):
        return None
    raise ValidationError(
        _(
            "“%(value)s” can be read in more than one way. Write 1234.56 or 1,234.56; "
            "commas part groups of three digits only."
        ),
        code="two_ways",
        params={"value": written},
    )


def day(text, *, order=""):
    """Return a day, perhaps with a time, as 2026-11-22 09:30.

    Args:
        text: what was written.
        order: DAY_FIRST or MONTH_FIRST where it is known which is meant.

    Raises:
        ValidationError: it can be read in two ways.
    """
    plain = normalise(str(text)[: LONGEST + 1], "NFKC").strip()
    if match := _COMPACT.fullmatch(plain):
        return "-".join(match.groups())
    if match := _YEAR_FIRST.fullmatch(plain):
        return _day(*match.groups())
    if match := _YEAR_LAST.fullmatch(plain):
        first, second, year, time = match.groups()
        month, date = _month_and_day(int(first), int(second), order, plain)
        return _day(year, month, date, time)
    if match := _NAMED.fullmatch(plain):
        return _named(match) or text
    if _SHORT_YEAR.fullmatch(plain):
        raise ValidationError(
            _("“%(value)s” can be read in more than one way: write 2026-11-26."),
            code="two_ways",
            params={"value": plain},
        )
    return text


def _named(match):
    """Return a day whose month is an English word, None if it is not one."""
    start = match["month"][:3].lower()
    if start not in _MONTHS or bool(match["day"]) == bool(match["second"]):
        return None
    date = match["day"] or match["second"]
    return _day(match["year"], _MONTHS.index(start) + 1, date, match["time"])


def _month_and_day(first, second, order, written):
    """Return (month, day) of 25/12 or 12/25, and of 5/6 if the order is known."""
    if first == second or (second > 12 and order != DAY_FIRST):
        return first, second
    if first > 12 and order != MONTH_FIRST:
        return second, first
    if max(first, second) <= 12 and order:
        return (second, first) if order == DAY_FIRST else (first, second)
    raise ValidationError(
        _(
            "“%(value)s” may be the %(first)s. or the %(second)s. of a month: write "
            "2026-11-26."
        ),
        code="two_ways",
        params={"value": written, "first": first, "second": second},
    )


def _day(year, month, date, time):
    found = f"{year}-{int(month):02}-{int(date):02}"
    return f"{found} {time}" if time else found


def web_address(text):
    """Return www.example.com with the http:// that people leave out."""
    plain = normalise(single_line(str(text)), "NFKC")
    return f"http://{plain}" if plain and "://" not in plain else plain


def email_address(text):
    """Return ａ＠ｂ．ｃｏｍ as a@b.com, without the mailto: of a link."""
    plain = normalise(single_line(str(text)), "NFKC")
    return re.sub(r"^mailto:\s*", "", plain, flags=re.IGNORECASE)


def names(text):
    """Return several short texts, whatever sign parts them, each once."""
    parts = map(single_line, re.split(r"[,，、;；\n]", str(text)))
    return list(dict.fromkeys(filter(None, parts)))
