"""Passwords that are guessed first, here: they are refused, whoever chooses them."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.chinese import regions
from crm.chinese.pinyin import initials, pinyin
from crm.models import Department

LONGEST = 128
#: Written for letters, by people who are asked for digits and signs.
DISGUISES = str.maketrans("@4$5013!|7", "aassoieilt")
#: What is tried first. Words of letters are refused with digits and signs around them,
#: everything else as it stands.
COMMON = frozenset(Path(__file__).with_suffix(".txt").read_text().split())
KIND_OF_PLACE = re.compile(r"(省|市|地区|盟|特别行政区|..?族.*|自治.+)$")
CITIES = 2
SHORT = 2
EDGES = re.compile(r"^[^a-z]+|[^a-z]+$")


class LengthValidator:
    """Refuse a password longer than anybody types: it only costs time to hash."""

    def validate(self, password, user=None):
        """Raise a ValidationError if it is too long."""
        if len(password) > LONGEST:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self):
        """Return the rule in words."""
        return (
            ngettext(
                "The password has at most %d character.",
                "The password has at most %d characters.",
                LONGEST,
            )
            % LONGEST
        )


class FamiliarValidator:
    """Refuse what is tried first in China, and what is known of person and company."""

    def validate(self, password, user=None):
        """Raise a ValidationError if it is a familiar word, with or without digits."""
        typed = unicodedata.normalize("NFKC", password).casefold()
        if typed in COMMON or any(
            form and form in familiar(user) for form in _cores(typed)
        ):
            raise ValidationError(self.get_help_text(), code="password_familiar")

    def get_help_text(self):
        """Return the rule in words."""
        return _(
            "No common password, no name of a person, the company or a place with a "
            "number behind it."
        )


def _cores(typed):
    """Return the words that may be hidden in a password, without digits and signs."""
    undisguised = typed.translate(DISGUISES)
    plain = EDGES.sub("", typed)
    return {
        plain,
        EDGES.sub("", undisguised),
        EDGES.sub("", plain.translate(DISGUISES)),
        re.sub(r"[^a-z]", "", plain),
        re.sub(r"[\W\d_]", "", typed),
    }


def familiar(user):
    """Return the words that a person's password must not come down to."""
    names = set(Department.objects.filter(parent=None).values_list("name", flat=True))
    if user is not None:
        names |= {user.username, user.name}
    spelled = {word for name in names for word in (name.casefold(), *_spelled(name))}
    return COMMON | _of_places() | {word for word in spelled if len(word) > SHORT}


@cache
def _of_places():
    """Return the names of provinces and cities in letters."""
    names = (
        KIND_OF_PLACE.sub("", row.name)
        for row in regions.listed()
        if row.level <= CITIES
    )
    return frozenset(_letters(pinyin(name)) for name in names)


def _spelled(name):
    """Return a name in letters: whole, and by its initials if they are a word."""
    whole, short = _letters(pinyin(name)), _letters(initials(name))
    return [whole, short] if len(short) > 2 else [whole]


def _letters(text):
    return re.sub(r"[^a-z]", "", text.casefold())
