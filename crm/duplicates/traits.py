"""What two rows of one thing have in common, and how much that says.

A kind that can be merged declares its `traits`: what each is called to a reader, what
a row has of it, and how much it says, in hundredths, if two rows share it. Traits of
one family say the same thing twice – an equal name, an alike one –: only the strongest
of them counts. The families together give the score: 60 and 50 are 80, for either may
be chance. What two rows have in different ways speaks against them.

Texts are folded by `crm.chinese` and nowhere else.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from crm.chinese.likeness import SIMILAR, likeness, share_within

#: To be raised whenever rows that are there leave other keys than before: the next scan
#: then looks at all of them.
EDITION = 3
#: From this score on two rows are worth somebody's look.
WORTH = 50


@dataclass(frozen=True, eq=False)
class Trait:
    """Something that two rows of one thing share.

    Attributes:
        name: of the reason, as it is stored.
        label: the reason in words.
        family: of whose traits only the strongest counts.
        weight: how much it says, 0 to 100.
        keys_of: what a row has of it, as keys.
        fields: the columns that `of` reads.
        against: how much it says against, if both have it and share nothing.
        finds: whether rows are looked for by it; else it is only compared.
        rare: whether it finds rows only as long as few share it.
    """

    name: str
    label: Any
    family: str
    weight: int
    keys_of: Callable[[Any], Iterable[str]]
    fields: tuple[str, ...]
    against: int = 0
    finds: bool = True
    rare: bool = False

    def blocks(self, keys):
        """Return the keys by which rows that share it are found."""
        return keys if self.finds else ()

    def degree(self, mine, theirs):
        """Return how much of it two rows share, 0 to 1."""
        return 0.0 if mine.isdisjoint(theirs) else 1.0


@dataclass(frozen=True, eq=False)
class Alike(Trait):
    """Texts that are near-equal: the share of their common pairs of signs.

    Attributes:
        least: the share from which they are alike; there it says 0.8 of its weight.
        blocked_by: keys of a text; texts that are alike have one in common.
    """

    least: float = SIMILAR
    blocked_by: Callable[[str], Iterable[str]] = field(default=lambda text: (text,))

    def blocks(self, keys):
        """Return what texts that are alike have in common."""
        return {block for text in keys for block in self.blocked_by(text)}

    def degree(self, mine, theirs):
        """Return most of it at the least share, the whole for equal texts."""
        share = max(self.share(one, other) for one in mine for other in theirs)
        if share < self.least:
            return 0.0
        return 0.8 + 0.2 * (share - self.least) / (1 - self.least or 1)

    def share(self, one, other):
        """Return how alike two texts are, 0 to 1."""
        return likeness(one, other)


@dataclass(frozen=True, eq=False)
class Within(Alike):
    """Texts of which one says what the other says, and more: a name with its brand."""

    def share(self, one, other):
        """Return how much of the shorter text is in the longer one, 0 to 1."""
        return share_within(one, other)


@dataclass(frozen=True)
class Verdict:
    """How much two rows look like one thing, and by what."""

    score: int
    reasons: tuple[str, ...]


def profile(row, traits):
    """Return {trait: keys} of what a row has."""
    found = {trait: frozenset(filter(None, trait.keys_of(row))) for trait in traits}
    return {trait: keys for trait, keys in found.items() if keys}


def columns(model):
    """Return the columns of a kind that its traits read."""
    own = {field.name for field in model._meta.concrete_fields}
    return sorted(own.intersection(n for t in model.traits for n in t.fields))


def compared(mine, theirs):
    """Return the Verdict on two profiles."""
    best, doubt = {}, 1.0
    for trait in mine.keys() & theirs.keys():
        degree = trait.degree(mine[trait], theirs[trait])
        if degree:
            says = (trait.weight * degree, trait.name)
            if trait.weight:  # else it only speaks against
                best[trait.family] = max(best.get(trait.family, says), says)
        else:
            doubt *= 1 - trait.against / 100
    score = combined(weight for weight, _name in best.values()) * doubt
    reasons = sorted(best.values(), reverse=True)
    return Verdict(round(score), tuple(name for _weight, name in reasons))


def combined(weights):
    """Return how much some independent signs say together, 0 to 100."""
    chance = 1.0
    for weight in weights:
        chance *= 1 - weight / 100
    return 100 * (1 - chance)


def labels_of(model, names):
    """Return what some traits of a kind are called, in the reader's language.

    Of a name that the kind has no more there is none.
    """
    known = {trait.name: trait.label for trait in model.traits}
    return [str(known[name]) for name in names if name in known]
