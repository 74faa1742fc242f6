"""A pasted text, line by line: first what stands behind a label, then by its shape."""

import re

from crm.chinese.pasting import shapes
from crm.chinese.pasting.labels import alone, labels_in
from crm.chinese.pasting.pasted import EDGES, Pasted

#: Signs that are looked at; a text that goes on after them is not understood.
LONGEST = 20_000
#: Full-width signs and the half-width ones that they stand for; one for one, so that a
#: place in the one text is the same place in the other.
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_PIECES = re.compile(
    r"[,;|、。!·•\t]|\s+/\s*|/\s+|\s{2,}|(?<=[\u3400-\u9fff])/(?=[\u3400-\u9fff])"
)
_BLANKS = re.compile(r"\s+")
#: What ends a name: a blank, or a note in brackets.
_WORDS = re.compile(r"[\s(（]+")


def read(text):
    """Return what a pasted text says, as `Pasted`."""
    made, text, rest = Pasted(), text[:LONGEST], text[LONGEST:]
    lines = [_plain(line) for line in text.splitlines()]
    waiting = None  # a label alone in its line, whose value is the next one
    for line in filter(None, lines):
        half = line.translate(_HALF)
        if waiting is not None:
            _labelled(made, waiting, line, half)
            waiting = None
        elif label := alone(half):
            waiting = label
        else:
            _line(made, line, half)
    if waiting is not None:
        made.leave(waiting.word)
    if shapes.SAME_IN_WECHAT.search(text) and "mobile" in made.facts:
        made.add("wechat", made.facts["mobile"][0])
    if rest.strip():
        made.rest.append(rest)
    return made


def _plain(line):
    """Return a line without what is drawn, and with names as they are written."""
    line = shapes.SAME_IN_WECHAT.sub("", shapes.SIGNS.sub(" ", line))
    return shapes.drawn_together(line.strip())


def _line(made, line, half):
    """Read a line: what is labelled, and what stands before the first label."""
    labels = labels_in(half)
    first = labels[0].start if labels else len(line)
    if line[:first].strip(EDGES):
        _shaped(made, line[:first], half[:first])
    ends = [label.start for label in labels[1:]] + [len(line)][: len(labels)]
    for label, end in zip(labels, ends, strict=True):
        _labelled(made, label, line[label.end : end], half[label.end : end])


def _labelled(made, label, line, half):
    """Keep the value that stands behind a label, if it can be one."""
    if not half.strip(EDGES):
        return
    if label.fact in ("phone", "mobile", "fax"):
        _numbers(made, label, half)
    elif label.fact in BY_PATTERN:
        _by_pattern(made, label, half)
    elif label.fact in NAMES:
        _name(made, label, line, half)
    elif label.fact == "address":
        _address(made, label, _holed(line, half, _taken(made, half)).strip(_ENDS))
    else:
        value = line if shapes.HAN.search(line) else half
        made.unplaced.append((label.word, value.strip(_ENDS)))


#: Facts whose value is a word or two, beside which others may stand in the line.
NAMES = ("company", "person", "title", "department", "wechat", "legal_representative")
_ENDS = " \t,;，；。、|　"
_SENTENCES = re.compile(r"(?<=[\u3400-\u9fff\d])[，。；！](?=[\u3400-\u9fff])")


def _address(made, label, line):
    """Keep a labelled address; a sentence or a person behind it is told apart."""
    address, *others = _SENTENCES.split(line, maxsplit=1)
    place, _blank, last = address.rstrip().rpartition(" ")
    if place and shapes.is_person(last):
        address, others = place, [last, *others]
    if address and not _is_there(made, address.strip()):
        made.unplaced.append((label.word, address.strip()))
    for other in others:
        _shaped(made, other, other.translate(_HALF))


def _is_there(made, address):
    """Keep an address, its postcode apart, and say so."""
    before = shapes.SENT_TO.match(address)
    place, postcode = shapes.without_postcode(address[before.end() if before else 0 :])
    if not made.add("address", place):
        return False
    if before:
        made.leave(before[0])
    if postcode:
        made.unplaced.append(("邮编", postcode))
    return True


def _name(made, label, line, half):
    """Keep a labelled name; what has a shape of its own beside it is told apart."""
    line = _holed(line, half, _taken(made, half)).strip(_ENDS)
    both = shapes.person_and_title(line) if label.fact == "person" else None
    if both:
        made.add("person", both[0])
        made.add("title", both[1])
        return
    first, *others = _PIECES.split(line, maxsplit=1)
    if label.fact == "person" and shapes.HAN.search(first):
        first, *words = _WORDS.split(first.strip(), maxsplit=1)
        others = words + others
    value = first.strip(_ENDS)
    if value and not made.add(label.fact, value):
        made.unplaced.append((label.word, value))
    for other in others:
        _shaped(made, other, other.translate(_HALF))


#: What is taken out of a labelled value by its shape; the rest is not understood.
BY_PATTERN = {"email": shapes.EMAIL, "website": shapes.WEBSITE}
BY_PATTERN["credit_code"] = re.compile(r"[0-9A-Z][0-9A-Z\s-]{13,40}", re.IGNORECASE)


def _by_pattern(made, label, half):
    match = BY_PATTERN[label.fact].search(half)
    value = match and match[0].strip(" -.")
    if match and label.fact == "credit_code":
        value = shapes.credit_code_of(value)
    if not match or not made.add(label.fact, value):
        made.unplaced.append((label.word, half.strip()))
        return
    _shaped(made, half[: match.start()], half[: match.start()])
    _shaped(made, half[match.end() :], half[match.end() :])


def _numbers(made, label, half):
    """Keep the numbers behind a label, each by what it is: a mobile is no telephone."""
    if label.fact == "fax":
        made.unplaced.append((label.word, half.strip(EDGES)))
        return
    left, count = _taken(made, half), len(made.facts.get("phone", ()))
    labelled = shapes.LABELLED_PHONE.search(left)
    if labelled and sum(sign.isdigit() for sign in labelled[0]) >= 7:
        made.add("phone", _BLANKS.sub(" ", labelled[0].strip()))
        left = left[: labelled.start()] + " " + left[labelled.end() :]
    if left.strip(EDGES):
        known = count or made.facts.get("mobile") or labelled
        made.leave(left) if known else made.unplaced.append((label.word, half.strip()))


#: What is known by its shape wherever it stands; the first that fits.
EVERYWHERE = (
    ("email", shapes.EMAIL),
    ("website", shapes.WEBSITE),
    ("mobile", shapes.MOBILE),
    ("phone", shapes.PHONE),
)


def _taken(made, half):
    """Take all that is known by its shape out of a text; return what is left."""
    for match in shapes.CREDIT_CODE.finditer(half):
        if shapes.is_credit_code(match[0]) and made.add(
            "credit_code", match[0].upper()
        ):
            half = half.replace(match[0], " " * len(match[0]))
    for fact, pattern in EVERYWHERE:

        def keep(match, fact=fact):
            value = match[match.lastindex or 0]
            if fact == "mobile":
                value = re.sub(r"[-.\s]", "", value)
            is_kept = made.add(fact, value.strip().rstrip("."))
            return " " * len(match[0]) if is_kept else match[0]

        half = pattern.sub(keep, half)
    return half


def _holed(line, half, left):
    """Return a line without what was taken out, which left blanks as long."""
    if left == half:
        return line
    pairs = zip(line, half, left, strict=True)
    return "".join(was if is_left == had else " " for was, had, is_left in pairs)


def _shaped(made, line, half):
    """Read a text without a label."""
    line = _holed(line, half, _taken(made, half))
    whole = shapes.introduced(line.strip(EDGES))
    for name in shapes.dotted_names(whole):
        if made.add("person", name):
            whole = whole.replace(name, " ").strip(EDGES)
    if not _is_message(whole) and shapes.is_address(whole) and _is_there(made, whole):
        return
    for part in shapes.by_script(whole):
        _part(made, part)


def _is_message(text):
    """Say whether an address is only one of the sentences of a text."""
    parts = re.split("[，。；！]", text)
    return len(parts) > 1 and any(map(shapes.is_address, parts))


def _part(made, whole):
    """Read a text of one script: as a whole, else piece by piece."""
    is_message = _is_message(whole)
    if not is_message and _named(made, whole):
        return
    if not is_message and any(fits(whole) for _fact, fits in KINDS):
        made.leave(whole)  # a second one of its kind
        return
    for piece in _PIECES.split(
        whole.translate(_HALF) if is_message or " " in whole else whole
    ):
        _piece(made, piece.strip(EDGES))


def _piece(made, text):
    """Read a piece of a line; one with blanks in it word by word."""
    text = shapes.introduced(text)
    if not text or _named(made, text):
        return
    words = _BLANKS.split(text) if shapes.HAN.search(text) else [text]
    if len(words) == 1:
        made.leave(text)
        return
    for word in words:
        if not _named(made, word.strip(EDGES)):
            made.leave(word)


def _named(made, text):
    """Keep a text that is a name of something, and say so."""
    if not text:
        return True
    if both := shapes.person_and_title(text):
        return made.add("person", both[0]) and made.add("title", both[1])
    for fact, fits in KINDS:
        if fits(text):
            is_place = fact == "address"
            return _is_there(made, text) if is_place else made.add(fact, text)
    return _joined(made, text)


#: What a text may be by itself; the first that fits.
KINDS = (
    ("company", shapes.is_company),
    ("title", shapes.is_title),
    ("person", shapes.is_person),
    ("department", shapes.is_department),
    ("address", shapes.is_address),
)
_OF_COMPANY = re.compile(
    r"(.{2,40}?(?:公司|集团|大学|医院|学院|银行|厂))的?([\u3400-\u9fff]{2,10})"
)


def _joined(made, text):
    """Keep a company with a department or a person behind it: …公司采购部."""
    match = _OF_COMPANY.fullmatch(text) if len(text) <= shapes.LONGEST_NAME else None
    if not match or not shapes.is_company(match[1]):
        return False
    behind = match[2]
    if not any(fits(behind) for _fact, fits in KINDS[1:4]):
        both = shapes.person_and_title(behind)
        if not both:
            return False
    return made.add("company", match[1]) and _named(made, behind)
