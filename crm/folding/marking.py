"""Where in a text stands what was looked for, however either is written."""

from functools import cached_property

from crm.folding.searching import sought, words
from crm.folding.spoken import lettered, ways_to_read
from crm.folding.telephones import dialled
from crm.folding.texts import folded, signs
from crm.pinyin import Syllable, first_letters, syllables
from crm.text import normalise


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
        for word in self.writings:
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
    return _spread(enumerate(map(folded, text)))


def _spread(parts):
    """Return the texts of pairs (place, text) as one, and each letter's place."""
    letters, places = [], []
    for place, part in parts:
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
    source = [
        (place, sign)
        for place, char in enumerate(text)
        for sign in normalise(char, "NFKC").lower()
    ]
    kinds = (
        (False, True) if syllables(text) != syllables(text, person=True) else (True,)
    )
    for way in (way for kind in kinds for way in ways_to_read(text, person=kind)):
        sounds = _placed(source, way)
        first = [(place, first_letters([sound])) for place, sound in sounds]
        for spelled in (sounds, first):
            if found := _everywhere(word, *_spread(spelled)):
                return found
    return set()


def _placed(source, way):
    """Return pairs (place in the text, sound) of one way to read it."""
    sounds, at = [], 0
    for sound in way:
        is_sign = isinstance(sound, Syllable)
        for sign in sound.sign if is_sign else sound:
            while at < len(source) and source[at][1] != sign:
                at += 1
            if at == len(source):
                return sounds
            sounds.append((source[at][0], sound if is_sign else lettered(sign)))
            at += 1
    return sounds
