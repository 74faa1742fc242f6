"""From the text of a cell to one of the options of a field."""

import re
from collections import defaultdict
from types import MappingProxyType

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from crm import dictionaries
from crm.chinese.folding import folded

YES = frozenset(("是", "有", "对", "√", "有效", "true", "yes", "y", "1"))
NO = frozenset(("否", "无效", "错", "×", "x", "false", "no", "n", "0"))
LANGUAGES = ("zh-hans", "en")
#: A section of the classification of industries before its name: C 制造业, C制造业.
_SECTION = re.compile(r"([A-Z])[\s.、-]*(?=[^A-Za-z\s.、-]|\b)(.*)")
#: Signs of names of industries that say nothing of which.
_EMPTY_WORDS = frozenset("业和及与的等其他")


def in_both_languages(label):
    """Return the texts of a lazily translated label."""
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found.append(str(label))
    return found


def yes_no(text):
    """Return what a person says with 是 or 否."""
    word = folded(str(text)) or str(text)
    if word in YES or word in NO:
        return word in YES
    raise ValidationError(_("Write yes or no."))


def choices(field, words):
    """Return the reader of a field with fixed choices, in either language."""
    known = {folded(word): value for word, value in words.items()}
    for value, label in field.flatchoices:
        known |= {folded(text): value for text in in_both_languages(label)}
        known[folded(value)] = value
    return _looked_up(known)


def items(dictionary, words=MappingProxyType({})):
    """Return the reader of a dictionary field: label, English label or code.

    Args:
        dictionary: as its app declares it.
        words: {word: code} of what somebody takes for one of them.
    """
    known, offered = {}, dictionaries.items_of(dictionary.kind)
    for item in reversed(offered):
        names = (item.label_en, item.code, item.label.split(" ")[0], item.label)
        names = (*dictionary.other_names.get(item.code, "").split(), *names)
        known |= {folded(name): item for name in names if name}
    by_code = {item.code: item for item in offered}
    known |= {folded(w): by_code[c] for w, c in words.items() if c in by_code}
    look_up = _looked_up(known)

    def read(text):
        """Return the item; a letter counts only with a word that agrees."""
        try:
            return look_up(_without_remark(str(text)))
        except ValidationError:
            section = _SECTION.fullmatch(str(text).strip())
            item = known.get(section[1].casefold()) if section else None
            if section and item is not None and _agrees(section[2], item):
                return item
            raise

    return read


def _agrees(words, item):
    """Say whether what stands behind a letter speaks of the item that it names."""
    label, asked = folded(item.label), set(folded(words)) - _EMPTY_WORDS
    if words.isascii():
        return any(
            word in item.label_en.casefold() for word in words.casefold().split()
        )
    shared = asked & set(label)
    return len(shared) >= max(2, len(asked) / 2)


def _without_remark(text):
    """Return A of A（重点客户）, but the whole of a text that is only brackets."""
    return re.sub(r"[(（].*[)）]$", "", text) or text


def _looked_up(known):
    def read(text):
        """Return what the text names."""
        try:
            return known[folded(str(text))]
        except KeyError:
            raise ValidationError(
                _("“%(value)s” is not one of the options."),
                code="unknown_option",
                params={"value": str(text)[:50]},
            ) from None

    return read


def people(form_field, user):
    """Return the reader of a person, by username, number or name.

    Who may not be named and who does not exist are answered alike.
    """
    allowed = [user]
    if form_field is not None:
        allowed = list(form_field.queryset.order_by())
    found = defaultdict(set)
    for person in allowed:
        for name in (person.username, person.employee_number, person.name):
            if name:
                found[folded(name)].add(person)

    def read(text):
        """Return the one person of this name."""
        same = found.get(folded(str(text)), ())
        if len(same) != 1:
            raise ValidationError(
                _("Several people are called “%(value)s”: write the username.")
                if same
                else _("There is no “%(value)s” whom you may name here."),
                params={"value": str(text)[:50]},
            )
        return next(iter(same))

    return read


def named(form_field):
    """Return the reader of a row that a field offers, by its name."""
    found = {}
    for row in form_field.queryset:
        for name in (row.name, getattr(row, "name_en", "")):
            found.setdefault(folded(name), []).append(row)

    def read(text):
        """Return the one row of this name."""
        same = found.get(folded(str(text)), [])
        if len(same) != 1 or not folded(str(text)):
            raise ValidationError(
                _("“%(value)s” is not one of the options."),
                code="unknown_option",
                params={"value": str(text)[:50]},
            )
        return same[0]

    return read
