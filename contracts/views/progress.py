"""How far an approval has come, as pages show it."""

import json
from functools import cached_property
from itertools import pairwise

from contracts.approvers import barred_from, verdicts_on
from contracts.models import Round
from contracts.snapshots import differences
from crm.approval.approvers import waiting_for
from crm.approval.drawing import drawing_of
from crm.approval.waiting import Turn


class Progress:
    """The rounds of a contract, newest first, and whose turn it is.

    Each round has `shown_steps` (list of {asked, decision, waits_for}), `content` (what
    it says) and `changes` (how it differs from the round before).
    """

    def __init__(self, contract, rounds, turn, user):
        """Take whose turn it is (crm.approval.waiting.Turn), or None."""
        self.contract, self.all, self.rounds = contract, rounds, rounds
        self.turn = turn
        self.open = next((r for r in rounds if r.state == Round.State.OPEN), None)
        self.is_turn_of_user = bool(turn) and user in turn.deciders
        #: Whom the reader would stand in for, and how a form names the step to them.
        self.behalf = turn.deciders.get(user) if turn else None
        self.step_seen = turn.seen_by(user) if turn else ""

    @cached_property
    def held(self):
        """The content in force as it was registered, None before there is one."""
        rounds = (one for one in self.all if hasattr(one, "registered_as"))
        return next((one.content for one in rounds), None)

    @property
    def proposal(self):
        """How the change that is decided upon differs from what holds."""
        change = self.open.amendment if self.open else None
        if change is None:
            return []
        found = differences(self.held, self.open.content)
        # A change that names no owner leaves the contract whose it is by then.
        stays = change.owner_id is None
        return [one for one in found if not (stays and one["name"] == "owner")]

    def of_change(self, change):
        """Keep only the rounds of a change; return it itself."""
        self.rounds = [one for one in self.rounds if one.amendment_id == change.pk]
        return self


def progress_of(contract, user, approvers):
    """Return the Progress of a contract for a reader; prefetch `rounds_shown`.

    Args:
        contract: the contract.
        user: the reader.
        approvers: the Approvers of this moment, one for all contracts of a page.
    """
    rounds = list(contract.rounds.all())
    turn = None
    for number, round_ in enumerate(rounds):
        steps = list(round_.steps.all())
        made = {one.pk: verdicts_on(one) for one in steps}
        if round_.state == Round.State.OPEN:
            turn = _turn_in(round_, steps, made, approvers)
        round_.shown_steps = [
            row for one in steps for row in _rows(one, made[one.pk], turn)
        ]
        round_.drawing = drawing_of(round_, round_.shown_steps)
        round_.content = json.loads(round_.snapshot)
        before = held_before(rounds, number)
        round_.changes = (
            differences(json.loads(before.snapshot), round_.content) if before else []
        )
    return Progress(contract, rounds, turn, user)


def _turn_in(round_, steps, verdicts, approvers):
    """Return whose turn it is in an open round; None if it has no step."""
    contract = round_.contract
    made = {
        pk: [(one.by_id, one.on_behalf_of_id) for one in on_step]
        for pk, on_step in verdicts.items()
    }
    step, deciders = waiting_for(
        steps,
        made,
        contract.owner.department,
        barred_from(contract, round_),
        approvers,
    )
    return Turn(step, made, deciders) if step else None


def _rows(step, verdicts, turn):
    """Return what is shown of a step: its verdicts, and who has still to decide."""
    rows = [{"asked": step, "decision": one, "waits_for": []} for one in verdicts]
    if turn and step == turn.step and turn.people:
        rows.append({"asked": turn.asked, "decision": None, "waits_for": turn.people})
    return rows or [{"asked": step, "decision": None, "waits_for": []}]


def held_before(rounds, number):
    """Return the round whose content a round of `rounds` (newest first) is set beside.

    That is the one before it; of a change the first one is beside what held.
    """
    older = rounds[number + 1 :]
    same = [r for r in older if r.amendment_id == rounds[number].amendment_id]
    held = [r for r in older if hasattr(r, "registered_as")]
    return next(iter(same or held or older), None)


def editions_of(progress):
    """Return [{edition, round, changes}] of what was registered, newest first."""
    rounds = [round_ for round_ in progress.rounds if hasattr(round_, "registered_as")]
    return [
        {
            "edition": round_.registered_as,
            "round": round_,
            "changes": differences(before.content, round_.content) if before else [],
        }
        for round_, before in pairwise([*rounds, None])
    ]
