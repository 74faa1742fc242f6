"""The words for what approval refuses, by the program and by PostgreSQL."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_noop as _

from crm.guards.refusals import BY_TRIGGER

#: {constraint: (code of the ValidationError, words)}.
Refusals = Mapping[str, tuple[str, Any]]

APPROVED = ngettext_lazy("%d record approved.", "%d records approved.")
REJECTED = ngettext_lazy("%d record rejected.", "%d records rejected.")


@dataclass(frozen=True)
class Words:
    """What is said of records of a kind; a kind may call them by their name.

    `nobody` has places for `rule` and `step`, `no_steps` one for the rule, `decided`
    one for the people.
    """

    moved_on: str = _("The record has moved on since you opened it. Look at it again.")
    forbidden: str = _("You cannot do this to this record.")
    four_eyes: str = _(
        "Nobody decides on a record they own, entered, edited or submitted."
    )
    not_asked: str = _("This record does not wait for your decision.")
    decided: str = _("It was decided by %s already. Look at it again.")
    one_voice: str = _(
        "Where all have to agree, who is asked themselves decides for nobody else."
    )
    too_late_back: str = _(
        "It cannot be taken back any more: it took effect, somebody went on from it, or"
        " it is more than five minutes ago."
    )
    agreed: str = _(
        "All have agreed to it already: it can only take effect, or be recalled."
    )
    not_theirs: str = _("Only who submitted or owns a record can recall it.")
    no_reason: str = _("Say why it is rejected.")
    nobody: str = _(
        "Nobody can approve this record: “%(rule)s” asks %(step)s, and no head above"
        " and no last resort can stand in. Ask the system administrator to name a last"
        " resort in the approval rules."
    )
    no_steps: str = _("The approval rule “%s” has no steps.")
    #: Of the desk.
    waiting: str = _("What waits for your decision, the longest waiting first.")
    tick: str = _("Tick rows, then approve or reject.")
    sure: str = _("Approve what is ticked? What takes effect cannot be taken back.")
    #: Of the one that is open; has a place for its number.
    sure_of_one: str = _("Approve %s? What takes effect cannot be taken back.")
    not_open: str = _("Some of what was ticked is not open to you.")
    approved: Any = APPROVED
    rejected: Any = REJECTED
    #: Of rules and of what they will ask.
    who_meets: str = _("Records that meet all of this")
    first_rule: str = _(
        "The first rule that a record meets says who must approve it. A record that"
        " meets none needs no approval."
    )
    rule_goes: str = _(
        "Records that met this rule need no approval by it any more. Rounds under way"
        " go on."
    )
    not_able: str = _("%s holds no role with the right to approve such records.")
    role_not_able: str = _(
        "“%s” has no right to approve such records: others would be asked."
    )
    frozen: str = _("What it says is frozen in its present state.")

    def late(self, people: Iterable[str] = ()) -> ValidationError:
        """Return the error of who comes too late; `people` have decided before."""
        names = "、".join(dict.fromkeys(people))
        said = gettext(self.decided) % names if names else gettext(self.moved_on)
        return ValidationError(said, code="conflict")

    def not_back(self) -> ValidationError:
        """Return the error of who would take a verdict back too late."""
        return ValidationError(gettext(self.too_late_back), code="conflict")

    def refusals(self, rounds: str, decisions: str) -> dict[str, tuple[str, Any]]:
        """Return the words for what PostgreSQL refuses about rounds and verdicts.

        Args:
            rounds, decisions: start the names of the constraints of the kind's own.
        """
        late = ("conflict", self.moved_on)
        return {
            **{key: ("conflict", words) for key, words in BY_TRIGGER.items()},
            f"{rounds}_one_open": late,
            "round_frozen": late,
            "round_verdict": late,
            "round_rule": late,
            "round_snapshot": late,
            "decision_in_turn": late,
            "decision_once": late,
            "retraction_late": ("conflict", self.too_late_back),
            "retraction_own": ("forbidden", self.not_asked),
            "governed_by_rounds": late,
            "round_right": ("forbidden", self.forbidden),
            "decision_right": ("forbidden", self.not_asked),
            "decision_four_eyes": ("forbidden", self.four_eyes),
            "decision_one_voice": ("forbidden", self.one_voice),
            f"{decisions}_rejection_has_reason": ("invalid", self.no_reason),
        }


@contextmanager
def refused_in_words(known: Refusals) -> Iterator[None]:
    """Turn the refusals of PostgreSQL that are known into ValidationErrors.

    Stands outside the transaction that it may have to give up.
    """
    try:
        yield
    except IntegrityError as error:
        cause = error.__cause__
        name = getattr(getattr(cause, "diag", None), "constraint_name", None)
        if name is None or name not in known:
            raise
        code, words = known[name]
        raise ValidationError(gettext(words), code=code) from error


def forbidden(words: str) -> ValidationError:
    """Return the error of who may not do this to a record."""
    return ValidationError(words, code="forbidden")
