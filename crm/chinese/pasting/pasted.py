"""What a pasted text was split into, and the rules of what is kept of it."""

import re
from dataclasses import dataclass, field

from crm.chinese.pasting import shapes

#: Facts of which there may be several.
SEVERAL = ("phone", "mobile")
#: Facts that a card tells in Chinese and in English.
IN_BOTH = ("company", "person", "title", "department")
#: Signs that stand around a value and are none of it.
EDGES = " \t,;。、:|/*•·—-_()[]【】<>《》\"'“”，；：！!"
_BLANKS = re.compile(r"\s+")


@dataclass
class Pasted:
    """What a text was split into.

    Attributes:
        facts: {fact: its values}, in the order of the text; see `labels.WORDS`.
        unplaced: (word, value) of what a label names for which no form has a field.
        rest: the lines, or what is left of them, that nothing was made of.
    """

    facts: dict[str, list[str]] = field(default_factory=dict)
    unplaced: list[tuple[str, str]] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)

    def add(self, fact, value):
        """Keep a value and say so; of most facts there is only one."""
        values = self.facts.setdefault(fact, [])
        if value in values:
            return True
        if values and fact not in SEVERAL:
            return self._is_better(fact, value)
        values.append(value)
        return True

    def _is_better(self, fact, value):
        """Take a Chinese name in the place of an English one, and say so."""
        (old,) = self.facts[fact]
        is_better = shapes.HAN.search(value) and not shapes.HAN.search(old)
        if fact not in IN_BOTH or not is_better:
            return False
        self.leave(old)
        self.facts[fact] = [value]
        return True

    def leave(self, text):
        """Keep what was not understood."""
        if text.strip(f"{EDGES}.~"):
            self.rest.append(_BLANKS.sub(" ", text.strip(" \t,;，；、/|")))
