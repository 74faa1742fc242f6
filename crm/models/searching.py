"""How rows are found: what is kept of them for it, and how a keyword asks for it.

Two columns hold what is written in a row, folded (`crm.chinese.folding`), field by
field: `search_text` the texts, `search_pinyin` all that is typed in letters and digits
– the readings of the names, codes, telephones, addresses. A word in letters is looked
for in the second one, any other word in the first, so that one index answers each.
"""

import re
from functools import reduce
from operator import and_, or_

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat

from crm.chinese.folding import folded, fragments, kept, sought, spoken, words
from crm.chinese.folding.telephones import dialled
from crm.fields import DerivedTextField
from crm.queries.search import BETWEEN, TRIGRAM, HasPart, Part, holds

_LETTERS = re.compile(r"[!-~]+")
NEVER = Q(pk__in=())
#: Readings of all names, and of the first one.
READINGS = Part("search_pinyin", 1)
FIRST_READINGS = Part(READINGS, 1, "\n")


def text_of(row, worded):
    """Return the folded texts of some columns of a row, field by field."""
    return BETWEEN.join("\n".join(map(kept, _texts(row, name))) for name in worded)


def letters_of(
    row, worded, lettered, named, *, dialled_ones=(), person=False, people=()
):
    """Return what of a row is found by letters and digits, field by field.

    Args:
        row: anything with such attributes.
        worded: the columns of `text_of`, whose letters come last.
        lettered: columns that are typed in letters and digits.
        named: columns whose readings come first.
        dialled_ones: those of `lettered` that hold telephones.
        person: whether the names are those of a person.
        people: those of `named` that are a person's, whatever the others are.
    """
    readings = "\n".join(
        spoken(text, person=person or name in people)
        for name in named
        for text in _texts(row, name)
        if text
    )
    fields = [
        (dialled if name in dialled_ones else folded)(_texts(row, name)[0])
        for name in lettered
    ]
    letters = " ".join(_LETTERS.findall(text_of(row, worded)))
    return BETWEEN.join((readings, *fields, letters))


def _texts(row, name):
    """Return the text of a column, or the texts of a list."""
    value = getattr(row, name)
    # A number that PostgreSQL gives is no text yet: see `triggers.number_kept`.
    return value if isinstance(value, list) else [value if type(value) is str else ""]


class Searched(models.Model):
    """A row that is found by what is written in it.

    `worded` names the columns whose texts are looked for, `lettered` those that are
    typed in letters and digits, `dialled` which of these hold telephones; the readings
    of those `named` are kept too. A kind that names none has no `search_pinyin`, and
    its letters among its texts.
    """

    worded: tuple[str, ...] = ()
    lettered: tuple[str, ...] = ()
    dialled: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    #: Those of them that are a person's, in rows that are none: read by the surname.
    named_people: tuple[str, ...] = ()
    #: What the numbers that PostgreSQL gives begin with.
    number_prefix = ""
    #: Other columns on which what is kept depends.
    depends_on: tuple[str, ...] = ()
    #: Relations to rows by which this one is found, too.
    found_through: tuple[str, ...] = ()
    #: Whether a sample of the rows has indexes of its own (`indexes.sample_indexes`).
    is_sampled = False
    #: The relation from rows by which this one is found: a customer by its contacts.
    found_in = ""
    #: The column that is all its rows are called by: lists that name them read no more.
    name_field = ""

    class Meta:
        abstract = True

    def save(self, *args, update_fields=None, **options):
        """Save; what is derived from the columns is written along with them."""
        sources = {*self.worded, *self.lettered, *self.named, *self.depends_on}
        if update_fields is not None and not sources.isdisjoint(update_fields):
            derived = (
                field.attname
                for field in self._meta.concrete_fields
                if isinstance(field, DerivedTextField)
            )
            update_fields = {*update_fields, *derived}
        super().save(*args, update_fields=update_fields, **options)

    def is_person(self):
        """Say whether the names are those of a person, read by the surname."""
        return False

    def text_to_search(self):
        """Return the folded texts."""
        return text_of(self, self.worded)

    def pinyin_to_search(self):
        """Return readings, codes and telephones, then the letters in the texts."""
        return letters_of(
            self,
            self.worded,
            self.lettered,
            self.named,
            dialled_ones=self.dialled,
            person=self.is_person(),
            people=self.named_people,
        )

    @classmethod
    def holds(cls, word, *, others=()):
        """Return the condition that a row has a folded word in it.

        Args:
            word: what is looked for.
            others: other words that have an index to find the rows by: then two letters
                may stand anywhere.
        """
        if not cls.named or not word.isascii():
            return Q(search_text__has_part=word)
        if len(word) < TRIGRAM and not word.isalnum():  # signs have no reading
            return Q(search_text__has_part=word)
        if others and len(word) < TRIGRAM:
            return holds("search_pinyin", word) | holds("search_text", word)
        spelled = Q(search_pinyin__spells=word)
        if word == cls.number_prefix.lower():
            spelled |= _starts("number", word.upper())
        return spelled

    @classmethod
    def matching(cls, text):
        """Return the condition that a row itself is found by a keyword."""
        return asked(text, cls.holds)

    @classmethod
    def names_hold(cls, word):
        """Return the condition that what everybody may know of a row holds a word.

        That is its first name with its readings and, of its letters, its number.
        """
        known = holds(Part("search_text", 1), word)
        if cls.named and word.isascii():
            known |= holds(FIRST_READINGS, word)
            known |= holds(Part("search_pinyin", 2), word)
        return cls.holds(word) & known

    @classmethod
    def field_holds(cls, name, text):
        """Return the condition that one column holds a text; None if it is not kept.

        Every word of the text; of a telephone the digits.
        """
        if name in cls.lettered:
            part = Part("search_pinyin", cls.lettered.index(name) + 2)
            ways = fragments(text) if name in cls.dialled else []
            if ways:
                return reduce(or_, (_spelled(part, way) for way in ways))
            return _all_of(_spelled(part, word) for word in words(text))
        if name in cls.worded:
            part = Part("search_text", cls.worded.index(name) + 1)
            if isinstance(cls._meta.get_field(name), ArrayField):
                return _has_line(part, text)
            return _all_of(
                Q(search_text__has_part=word) & holds(part, word)
                for word in words(text)
            )
        return None


def _starts(column, text):
    """Return the condition that a number starts so, as its index can answer it."""
    beyond = text[:-1] + chr(ord(text[-1]) + 1)
    return Q(**{f"{column}__gte": text, f"{column}__lt": beyond})


def _spelled(part, word):
    """Return the condition on one field of the letters, after their index."""
    indexed = word.isascii() and len(word) >= TRIGRAM
    held = holds(part, word)
    return Q(search_pinyin__contains=word) & held if indexed else held


def _has_line(part, text):
    """Return the condition that one of the texts of a list is the same as a text."""
    lines = Concat(Value("\n"), part, Value("\n"), output_field=models.TextField())
    held = holds(lines, f"\n{kept(text)}\n")
    return Q(search_text__has_part=word) & held if (word := folded(text)) else held


def _all_of(conditions):
    conditions = list(conditions)
    return reduce(and_, conditions) if conditions else NEVER


def asked(text, condition):
    """Return the condition that every word of a keyword is found somewhere.

    Args:
        text: the keyword.
        condition: a function from a folded word, and those others that have
            an index, to the condition that it is found.
    """
    ways = sought(text)
    if not ways:
        return NEVER if text.strip() else Q()
    return reduce(or_, (_way(way, condition) for way in ways))


def _way(way, condition):
    indexed = [word for word in way if _has_index(word[0])]
    found = []
    for word in way:
        others = tuple(one for other in indexed if other is not word for one in other)
        found.append(reduce(or_, (condition(one, others=others) for one in word)))
    return reduce(and_, found)


def names_have(word):
    """Return the condition that the first name has a word, by an index of its own."""
    return Q(HasPart(Part("search_text", 1), word))


def _has_index(word):
    return len(word) >= TRIGRAM or not word.isascii()
