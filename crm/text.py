"""One cleaner for every text that comes in: by form, by import, by command.

What it does not touch matters as much: full-width letters, bidirectional
controls and joined emoji stay as the person typed them. The page isolates
the direction of a text when it shows it.
"""

import unicodedata

from django.utils.translation import pgettext

#: Trimmed at both ends besides ASCII blanks: what people cannot see.
INVISIBLE = "\u00a0\u200b\u200c\u200d\u2060\u3000\ufeff"
BLANKS = " \t\n\r\v\f" + INVISIBLE

#: More combining marks in a row than any script needs (UAX #15, stream-safe).
LONGEST_RUN = 30

_UNSTORABLE = {"Cc", "Cs"}
#: Kinds of signs that show nothing where no other sign stands.
_UNSEEN = {"Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp"}
#: Letters and a symbol that fonts draw as a blank.
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
_LINE_ENDS = str.maketrans(dict.fromkeys("\n\t\u2028\u2029", " "))


def clean(text):
    """Return `text` in NFC, without control signs and blanks at the ends.

    Line breaks (as \\n) and tabs inside stay; see `single_line`. A text in which
    nothing can be seen is empty.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if not lines.isprintable():
        lines = "".join(filter(_storable, lines))
    cleaned = normalise(lines).strip(BLANKS)
    return cleaned if cleaned.isascii() or any(map(_is_seen, cleaned)) else ""


def single_line(text):
    """Return the cleaned text with a blank for every line break or tab."""
    return clean(text).translate(_LINE_ENDS)


def about(name, text):
    """Return a text behind the name of what it is about, as the language writes it."""
    return f"{name}{pgettext('after a name', ': ')}{text}"


def digits(text):
    """Return the decimal digits of `text` as ASCII, whatever their script."""
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


def normalise(text, form="NFC"):
    """Return `text` in a normal form, in a time that grows with its length only.

    Python takes quadratic time for a run of combining marks, so the pieces of a
    run that no language writes are normalised one by one.
    """
    if text.isascii():
        return text
    if len(text) <= LONGEST_RUN:
        return unicodedata.normalize(form, text)
    pieces, start, run = [], 0, 0
    for place, char in enumerate(text):
        run = run + 1 if unicodedata.combining(char) else 0
        if run > LONGEST_RUN:
            pieces.append(unicodedata.normalize(form, text[start:place]))
            start, run = place, 1
    pieces.append(unicodedata.normalize(form, text[start:]))
    return "".join(pieces)


def _storable(char):
    return char in "\n\t" or unicodedata.category(char) not in _UNSTORABLE


def _is_seen(char):
    return unicodedata.category(char) not in _UNSEEN and char not in _FILLERS


def has_ideograph(text):
    """Say whether a text holds a Chinese character."""
    return any("\u3400" <= letter <= "\u9fff" for letter in text)


def columns_of(text):
    """Return how many columns of a terminal a text takes: a Chinese sign takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def shortened(text, columns):
    """Return as much of a text as fits into so many columns."""
    if columns_of(text) <= columns:
        return text
    short = text
    while short and columns_of(short) > columns - 1:
        short = short[:-1]
    return f"{short}…"
