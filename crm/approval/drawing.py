"""The flow of a round as a drawing: what was done, what is waited for, what comes.

From above to below, so that it fits the narrowest screen; a template puts it into SVG.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

from django.utils.translation import gettext as _

from crm.display import moment_text

#: Height of what is told of one knot, and where the first one stands.
STEP, TOP = 46, 14
#: Columns of a terminal that fit beside a knot: a Chinese sign takes two.
WIDTH = 42


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
    """The knots of a flow, each with its place; heights are texts of SVG."""

    knots: Sequence[Knot]

    @property
    def height(self) -> str:
        """The height of all of it."""
        return str(len(self.knots) * STEP)

    @property
    def places(self) -> list[dict[str, Any]]:
        """[{knot, who, note, y, above, text, below}] from above to below."""
        return [
            {
                "knot": knot,
                "who": _shortened(knot.who, WIDTH - _columns(knot.word)),
                "note": _shortened(knot.below, WIDTH),
                "y": str(TOP + place * STEP),
                "above": str(TOP + (place - 1) * STEP) if place else "",
                "text": str(TOP + 5 + place * STEP),
                "below": str(TOP + 23 + place * STEP),
            }
            for place, knot in enumerate(self.knots)
        ]


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
        return Knot(tone, word, who, moment_text(verdict.at), str(row["asked"]))
    if row["waits_for"]:
        people = "、".join(row["waits_for"])
        return Knot("open", _("waiting"), people, step=str(row["asked"]))
    is_open = round_.state == round_.State.OPEN
    word = _("to come") if is_open else _("not reached")
    return Knot("coming", word, str(row["asked"]))


def _columns(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _shortened(text: str, columns: int) -> str:
    """Return as much of a text as fits into so many columns."""
    if _columns(text) <= columns:
        return text
    short = text
    while short and _columns(short) > columns - 1:
        short = short[:-1]
    return f"{short}…"
