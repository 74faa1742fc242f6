"""The flow of a round as a drawing: what was done, what is waited for, what comes.

From above to below, so that it fits the narrowest screen. The parts of the SVG are
drawn by Python: a desk has fifty, which take a template as long as the rest of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.display import moment_text
from crm.text import columns_of, shortened

#: Height of what is told of one knot, and where the first one stands.
STEP, TOP = 46, 14
#: Columns of a terminal that fit beside a knot: a Chinese sign takes two.
WIDTH = 42
LINE = (
    '<line class="flow-line flow-line-{tone}" x1="12" y1="{above}" x2="12" y2="{y}" />'
)
KNOT = (
    '<circle class="flow-knot flow-knot-{tone}" cx="12" cy="{y}" r="7" />'
    '<text x="30" y="{text}"><tspan class="flow-word">{word}</tspan> {who}</text>'
    '<text class="flow-when" x="30" y="{below}">{note}</text>'
)


@dataclass(frozen=True)
class Knot:
    """One thing of a flow: `tone` is done, open, stopped or coming.

    `step` is what was asked.
    """

    tone: str
    word: str
    who: str
    when: str = ""
    step: str = ""

    @property
    def said(self) -> str:
        """What it tells, in one line."""
        return " ".join(filter(None, (self.word, self.who, self.when, self.step)))

    @property
    def below(self) -> str:
        """When it was, and what was asked: the line below."""
        return " · ".join(filter(None, (self.when, self.step)))


@dataclass(frozen=True)
class Drawing:
    """The knots of a flow; heights are texts of SVG."""

    knots: Sequence[Knot]

    @property
    def height(self) -> str:
        """The height of all of it."""
        return str(len(self.knots) * STEP)

    @property
    def said(self) -> str:
        """What all of it tells, in one line."""
        return " → ".join(knot.said for knot in self.knots)

    @cached_property
    def parts(self) -> SafeString:
        """The parts of the SVG: the lines lie below the knots that they lead to."""
        places = [(TOP + place * STEP, one) for place, one in enumerate(self.knots)]
        lines = [
            LINE.format(tone=knot.tone, above=y - STEP, y=y) for y, knot in places[1:]
        ]
        return SafeString("".join((*lines, *(_drawn(y, knot) for y, knot in places))))


def _drawn(y: int, knot: Knot) -> str:
    """Return a knot at a height, and what is told of it, as SVG."""
    return KNOT.format(
        tone=knot.tone,
        y=y,
        word=escape(knot.word),
        who=escape(shortened(knot.who, WIDTH - columns_of(knot.word))),
        note=escape(shortened(knot.below, WIDTH)),
        text=y + 5,
        below=y + 23,
    )


def drawing_of(round_: Any, rows: Sequence[dict[str, Any]]) -> Drawing:
    """Return the drawing of a round.

    Args:
        round_: the round, with who submitted it.
        rows: [{asked, decision, waits_for}] in the order of its steps; of whom it
            waits for, the names.
    """
    return Drawing([*_knots(round_, rows)])


def _knots(round_: Any, rows: Sequence[dict[str, Any]]) -> Iterator[Knot]:
    yield Knot(
        "done",
        _("submitted"),
        str(round_.submitted_by),
        moment_text(round_.submitted_at),
    )
    for row in rows:
        yield _knot(round_, row)
    if round_.state == round_.State.RECALLED:
        yield Knot("stopped", _("recalled"), "", moment_text(round_.closed_at))
    if round_.state == round_.State.APPROVED:
        yield Knot("done", _("took effect"), "", moment_text(round_.closed_at))


def _knot(round_: Any, row: dict[str, Any]) -> Knot:
    """Return the knot of a verdict, or of what is waited for, or was not reached."""
    verdict = row["decision"]
    if verdict is not None:
        who = str(verdict.by)
        if verdict.on_behalf_of is not None:
            behalf = _("(on behalf of %(person)s)") % {"person": verdict.on_behalf_of}
            who = f"{who} {behalf}"
        tone, word = (
            ("done", _("approved")) if verdict.approved else ("stopped", _("rejected"))
        )
        when = moment_text(verdict.at)
        if verdict.taken_back_at:
            tone, word = "stopped", _("approval taken back")
            when = moment_text(verdict.taken_back_at)
        return Knot(tone, word, who, when, str(row["asked"]))
    if row["waits_for"]:
        people = "、".join(row["waits_for"])
        return Knot("open", _("waiting"), people, step=str(row["asked"]))
    is_open = round_.state == round_.State.OPEN
    word = _("to come") if is_open else _("not reached")
    return Knot("coming", word, str(row["asked"]))
