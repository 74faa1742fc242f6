"""How alike two texts are: two names of one thing share most pairs of signs."""

from itertools import pairwise

#: Share of common pairs of signs from which two names are near-equal (Dice).
SIMILAR = 0.72


def likeness(one, other):
    """Return how alike two keys are, 0 to 1: Dice's share of common 2-grams."""
    mine, theirs = set(grams_of(one)), set(grams_of(other))
    if not mine or not theirs:
        return float(one == other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def share_within(one, other):
    """Return how much of the shorter of two keys is in the longer one, 0 to 1."""
    mine, theirs = set(grams_of(one)), set(grams_of(other))
    if not mine or not theirs:
        return float(one == other)
    return len(mine & theirs) / min(len(mine), len(theirs))


def grams_of(text):
    """Return the pairs of neighbouring signs; of one Chinese sign itself."""
    if len(text) == 1:
        return [] if text.isascii() else [text]
    return [one + other for one, other in pairwise(text)]


def ends_of(text):
    """Return what near-equal texts mostly share: how they begin together with how
    they end."""
    return (f"{text[:2]}…{text[-2:]}",) if len(text) > 2 else (text,)
