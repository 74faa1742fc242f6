"""Watermarks of whatever decides whose turn it is, beside people and their absences."""

import pgtrigger

from crm.guards.watermarks import becomes_another, watermarked

#: The rounds under way, their verdicts, and whose own doing they decide on.
ROUNDS = "rounds"


def turns_of_rounds():
    """Return the triggers of rounds: a round is opened or closed.

    Its steps come with it.
    """
    return (
        watermarked(
            ROUNDS,
            pgtrigger.Insert,
            name="watermarked_open",
            condition=pgtrigger.Condition("NEW.\"state\" = 'open'"),
        ),
        watermarked(
            ROUNDS,
            pgtrigger.Update,
            name="watermarked_closed",
            condition=becomes_another("state"),
        ),
    )


def turns_of_verdicts():
    """Return the trigger of verdicts: each is followed by another step."""
    return (watermarked(ROUNDS, pgtrigger.Insert),)


def turns_of_contracts():
    """Return the trigger of contracts: another's it is while it is decided upon."""
    people = ("owner_id", "entered_by_id", "edited_by_id")
    pending = '\'pending\' IN (NEW."status", NEW."amendment_state")'
    changed = becomes_another(*people, where=pending)
    return (watermarked(ROUNDS, pgtrigger.Update, condition=changed),)


def turns_of_changes():
    """Return the trigger of changes to contracts, as of contracts."""
    people = ("owner_id", "entered_by_id", "edited_by_id")
    changed = becomes_another(*people, where="NEW.\"state\" = 'pending'")
    return (watermarked(ROUNDS, pgtrigger.Update, condition=changed),)
