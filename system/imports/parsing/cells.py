"""A cell on its way out: cleaned once, for every door behind.

A cell is a text; a number where Excel has rounded it; {"error": what stands there}
where the file itself has no value to give.
"""

import re

from crm.text import clean

#: Private use, replacements and what is no character at all: signs that only a wrong
#: encoding or a private font brings in. Nobody else would read what was meant.
UNREADABLE = re.compile(
    "[\ue000-\uf8ff\ufffd\ufffe\uffff\U000f0000-\U000ffffd\U00100000-\U0010fffd]"
)
#: Our own CSV puts an apostrophe before what would be a formula, and others put one
#: before digits that are to stay text; see exports.
_MASKED = re.compile(r"'+(?:[=+\-@\t\r＝＋－＠]|\d[\d\s()-]*$)")
#: ="13800138000": how programs keep Excel from taking digits for a number.
_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
#: What a spreadsheet writes into a text file where it has no value.
_ERRORS = frozenset(
    ("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!")
)


def cleaned(text):
    """Return a text without what no column can store, or an error."""
    text = clean(text)
    if text[:1] == "#" and text.upper() in _ERRORS:
        return {"error": text}
    if not text.isascii() and (sign := UNREADABLE.search(text)):
        return {"error": f"U+{ord(sign[0]):04X}"}
    return text


def of_csv(text):
    """Return a cell of a text file, without the means to keep it a text there."""
    if text[:1] == "=" and (formula := _TEXT_FORMULA.fullmatch(text)):
        text = formula[1].replace('""', '"')
    elif text[:1] == "'" and _MASKED.match(text):
        text = text[1:]
    return cleaned(text)
