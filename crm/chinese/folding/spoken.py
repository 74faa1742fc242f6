"""Names as they are typed without an input method, by whatever reading."""

from itertools import combinations, islice, product

from crm.chinese.folding.texts import folded
from crm.chinese.pinyin import Syllable, first_letters, syllables
from crm.chinese.polyphones import POLYPHONES

#: Readings that are kept of one name.
MOST_READINGS = 16


def readings(name, *, person=False):
    """Return the full pinyin of a name in every reading of its signs, usual one first.

    Those with few unusual readings come first, and no more than MOST_READINGS.
    """
    return list(dict.fromkeys(map("".join, _ways(name, person))))


def spoken(name, *, person=False):
    """Return what of a name is kept to be found by letters: readings, then initials."""
    ways = [[*map(lettered, way)] for way in _ways(name, person)]
    full = dict.fromkeys(map("".join, ways))
    return " ".join(filter(None, (full | dict.fromkeys(map(first_letters, ways)))))


def lettered(reading):
    """Return a syllable as it is, another word without accents."""
    return reading if isinstance(reading, Syllable) else folded(reading)


def _ways(name, person):
    """Yield lists of syllables: the usual ones, then one of them another, then two."""
    usual = syllables(name, person=person)
    others = {place: found for place, one in enumerate(usual) if (found := _other(one))}
    return islice(_replaced(usual, others), MOST_READINGS)


def _other(syllable):
    """Return the other readings of the sign of a syllable."""
    sign = getattr(syllable, "sign", "")
    known = other_readings(sign)
    return [Syllable(other, sign) for other in known if other != syllable]


def other_readings(sign):
    """Return the readings of a sign that has several, the usual one perhaps too."""
    return POLYPHONES.get(folded(sign), ())


def _replaced(usual, others):
    """Yield the syllables with ever more of them in another reading."""
    for number in range(len(others) + 1):
        for places in combinations(others, number):
            for chosen in product(*(others[place] for place in places)):
                way = list(usual)
                for place, other in zip(places, chosen, strict=True):
                    way[place] = other
                yield way
