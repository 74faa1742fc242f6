"""Numbers as a sheet shows them: 12 with the format 00000 is 00012.

Formats that are no plain numbers (fractions, powers, conditions) are left to
`general`.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

from system.imports.parsing.notes import MOST_FORMATS

#: The formats that have a number and no text in the file.
BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: "#,##0;-#,##0",
    6: "#,##0;-#,##0",
    7: "#,##0.00;-#,##0.00",
    8: "#,##0.00;-#,##0.00",
    9: "0%",
    10: "0.00%",
    37: "#,##0;(#,##0)",
    38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)",
    41: "#,##0;-#,##0",
    42: "#,##0;-#,##0",
    43: "#,##0.00;-#,##0.00",
    44: "#,##0.00;-#,##0.00",
}
#: Formats of dates that Chinese, Japanese and Korean programs number.
EASTERN_DATES = {*range(27, 37), *range(50, 59)}
DATE = "\0date"
#: Excel writes no longer ones; each cell that has one reads all of it.
LONGEST_CODE = 255
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]'
    r"|\[(?P<bracket>[^\]]*)\]|(?P<place>[0#?])|(?P<sign>[.,%])|(?P<other>.)",
    re.DOTALL,
)
_SECTION = re.compile(r'((?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[]|["\\\[])*)(?:;|$)')
_COLOURS = re.compile(
    r"(black|blue|cyan|green|magenta|red|white|yellow|color ?\d+|黑色|蓝色|绿色|红色)",
    re.IGNORECASE,
)
#: Letters that make a format one of dates, powers, texts or of nothing we know.
_STRANGE = re.compile(r"[A-Za-z@/年月日时分秒]")


def of_styles(numbers, texts):
    """Return (formats, [place of its format or None]) of the kinds of cells.

    Args:
        numbers: the number of the format of each kind.
        texts: {number: format} of those that the file itself tells.
    """
    codes, places, styles = [], {}, []
    for number in numbers:
        code = texts.get(number) or BUILT_IN.get(number)
        if number in EASTERN_DATES and number not in texts:
            code = DATE
        if not code or code in ("General", "@") or len(code) > LONGEST_CODE:
            styles.append(None)
            continue
        if code not in places and len(codes) < MOST_FORMATS:
            places[code] = len(codes)
            codes.append(code)
        styles.append(places.get(code))
    return codes, styles


def general(value):
    """Return a number as a cell without a format shows it, with all its digits."""
    text = f"{Decimal(f'{value:.15g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(value, code):
    """Return the text of a finite number in the format of its cell."""
    section, negative = _section_for(value, code)
    parts = _parts(section)
    if parts is None:
        return general(value)
    text = _filled(abs(Decimal(f"{value:.15g}")), parts)
    if not any(char.isdigit() for char in text):
        return general(value)
    return f"-{text}" if negative and any(c in "123456789" for c in text) else text


def _section_for(value, code):
    """Return the part of a format for a number, and whether a minus is to be put."""
    sections = _SECTION.findall(code)
    sections = sections[: code.count(";") + 1] or [""]
    if value < 0 and len(sections) > 1 and sections[1]:
        return sections[1], False
    if value == 0 and len(sections) > 2 and sections[2]:
        return sections[2], False
    return sections[0], value < 0


def _parts(section):
    """Return [(kind, text)] of a plain number format, None of any other."""
    parts = []
    for token in _TOKEN.finditer(section):
        kind = token.lastgroup
        if kind is None:  # a blank as wide as a sign, or a filling
            continue
        text = token[kind]
        strange = kind == "other" and _STRANGE.match(text)
        if strange or (kind == "bracket" and not _COLOURS.fullmatch(text)):
            return None
        if kind in ("quoted", "escaped", "currency", "other"):
            parts.append(("text", text))
        elif kind != "bracket":
            parts.append(("place" if kind == "place" else text, text))
    places = [kind for kind, _text in parts if kind == "place"]
    points = [kind for kind, _text in parts if kind == "."]
    return parts if places and len(points) < 2 else None


def _filled(number, parts):
    """Put the digits of a number into the places of a format."""
    kinds = [kind for kind, _text in parts]
    places = [place for place, kind in enumerate(kinds) if kind == "place"]
    point = kinds.index(".") if "." in kinds else len(kinds)
    ends = {places[-1], max((p for p in places if p < point), default=places[-1])}
    number *= Decimal(100) ** kinds.count("%")
    number /= Decimal(1000) ** sum(_commas_behind(kinds, end) for end in ends)
    decimals = kinds[point:].count("place")
    rounded = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    whole, _point, fraction = f"{rounded:f}".partition(".")
    grouped = "," in kinds[places[0] : min(ends)]
    front = _whole(whole.lstrip("0"), parts[:point], grouped=grouped)
    return (front + _fraction(fraction, parts[point:])).strip()


def _commas_behind(kinds, place):
    """Count the commas behind a digit: each of them hides three digits."""
    behind = "".join("," if kind == "," else "." for kind in kinds[place + 1 :])
    return len(behind) - len(behind.lstrip(","))


def _whole(digits, parts, *, grouped):
    """Fill the places before the point from the right."""
    places = sum(kind == "place" for kind, _text in parts)
    found, used = [], 0
    for kind, text in reversed(parts):
        if kind == "place":
            places -= 1
            taken = digits if not places else digits[-1:]
            digits = digits[: len(digits) - len(taken)]
            for digit in reversed(taken or ("0" if text == "0" else "")):
                if grouped and used and used % 3 == 0:
                    found.append(",")
                found.append(digit)
                used += 1
        elif kind in ("text", "%"):
            found.append(text)
    return "".join(reversed(found))


def _fraction(digits, parts):
    """Write what stands behind the point; places of # hold no needless 0."""
    needed = max(
        (
            number
            for number, text in enumerate(
                (text for kind, text in parts if kind == "place"), start=1
            )
            if text == "0"
        ),
        default=0,
    )
    while len(digits) > needed and digits.endswith("0"):
        digits = digits[:-1]
    found, left = [], digits
    for kind, text in parts:
        if kind == "place":
            found.append(left[:1])
            left = left[1:]
        elif kind in ("text", "%") or (kind == "." and digits):
            found.append(text)
    return "".join(found)
