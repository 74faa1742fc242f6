"""Where in a text stands what was looked for, however either is written."""

from functools import cached_property, lru_cache

from crm.chinese.folding.searching import sought, unparted, words
from crm.chinese.folding.spoken import lettered, other_readings
from crm.chinese.folding.telephones import dialled
from crm.chinese.folding.texts import folded, signs
from crm.chinese.pinyin import SURNAMES, Syllable, syllables
from crm.text import normalise

#: Texts whose sounds are remembered: the names on the pages that people turn.
UNITS_KEPT = 2048


class Keyword:
    """What somebody looks for, ready to be found in many texts."""

    def __init__(self, text):
        """Take a keyword as it was typed."""
        self._text = text

    def __bool__(self):
        """Say whether there is anything to look for."""
        return bool(self._ways)

    @cached_property
    def _ways(self):
        return sought(self._text)

    @cached_property
    def writings(self):
        """All that may be found of it: words, and telephone numbers in their ways."""
        return {one for way in self._ways for alike in way for one in alike}

    @cached_property
    def _marked(self):
        """What is marked where it stands: the words as they were typed, too."""
        return self.writings.union(unparted(self._text))

    @cached_property
    def _signs(self):
        return {word for word in words(self._text) if not folded(word)}

    def is_found(self, writings):
        """Say whether some of the writings are all that one of the ways asks for."""
        return any(
            all(not writings.isdisjoint(alike) for alike in way) for way in self._ways
        )

    def places(self, text, *, read=False, dial=False):
        """Return {writing: the places in the text where it stands}.

        Args:
            text: as a reader sees it.
            read: whether it is found by its readings and their initials, too.
            dial: whether it is a telephone number, found however it is dialled.
        """
        found, plain = {}, folded(text)
        for word in self._marked:
            if word in plain:
                found[word] = _everywhere(word, *_traced(text))
            elif word in self._signs:
                found[word] = {i for i, char in enumerate(text) if signs(char) == word}
            elif read and word.isascii():
                found[word] = _read(text, word)
            elif dial and word in dialled(text):
                found[word] = set(range(len(text)))
        return {word: places for word, places in found.items() if places}

    def marked(self, text, **options):
        """Return [(piece, whether it was looked for)] of a text; options of `places`.

        The text is split where that changes, and nowhere else.
        """
        found = self.places(text, **options).values()
        return pieces(text, set().union(*found))


def pieces(text, places):
    """Return [(piece, whether it stands at the places)] of a text."""
    parted, start = [], 0
    for place in range(1, len(text) + 1):
        if place == len(text) or (place in places) != (start in places):
            parted.append((text[start:place], start in places))
            start = place
    return parted


def _traced(text):
    """Return the folded text, and of each of its letters the place in the text."""
    letters, places = [], []
    for place, part in enumerate(map(folded, text)):
        letters.append(part)
        places += [place] * len(part)
    return "".join(letters), places


def _everywhere(word, plain, places):
    """Return the places of all that is the word in a text whose places are traced."""
    found, start = set(), plain.find(word)
    while start >= 0:
        found.update(range(places[start], places[start + len(word) - 1] + 1))
        start = plain.find(word, start + 1)
    return found


def _read(text, word):
    """Return the places of the signs that are read so, whole or by first letters."""
    units, found = _units(text), set()
    places = [place for place, _sounds, _letters in units]
    for column in (1, 2):
        sounds = [unit[column] for unit in units]
        for start in range(len(units)):
            if end := _spelled(sounds, start, word):
                found.update(range(places[start], places[end - 1] + 1))
    return found


def _spelled(sounds, start, word):
    """Return behind which sign a word ends that begins in one; None if it does not."""
    for sound in sounds[start]:
        for cut in range(len(sound)):
            tail = sound[cut:]
            if tail.startswith(word):
                return start + 1
            if word.startswith(tail):
                end = _goes_on(sounds, start + 1, word[len(tail) :])
                if end is not None:
                    return end
    return None


def _goes_on(sounds, start, rest):
    """Return behind which sign the rest of a word ends that begins with one."""
    if not rest:
        return start
    for sound in sounds[start] if start < len(sounds) else ():
        if sound.startswith(rest):
            return start + 1
        if rest.startswith(sound):
            end = _goes_on(sounds, start + 1, rest[len(sound) :])
            if end is not None:
                return end
    return None


@lru_cache(UNITS_KEPT)
def _units(text):
    """Return (place in the text, its sounds, its first letters) of all that is read.

    A sign has the sounds of all its readings, a letter itself without accents.
    """
    source = [
        (place, sign)
        for place, char in enumerate(text)
        for sign in normalise(char, "NFKC").lower()
    ]
    units, at = [], 0
    for sound in syllables(text):
        is_sign = isinstance(sound, Syllable)
        for sign in sound.sign if is_sign else sound:
            while at < len(source) and source[at][1] != sign:
                at += 1
            if at == len(source):
                return units
            sounds = (lettered(sign),)
            if is_sign:
                sounds = (sound, *other_readings(sign), *_surname(text, len(units)))
            letters = {one[0] for one in sounds} if is_sign else sounds
            units.append((source[at][0], sounds, letters))
            at += 1
    return units


def _surname(text, place):
    """Return how a sign is read that stands in a surname at the start of a text."""
    known = (SURNAMES.get(text[:length], "").split() for length in (2, 1))
    return [sounds[place] for sounds in known if place < len(sounds)]
