"""What PostgreSQL refuses about rounds and verdicts, made of the names of a kind.

Rounds are true to rule and content and close once, as their verdicts say; verdicts
come in turn, from whom a step asks, and never from those whose own doing is decided
on. What a round says of itself is compared with the rules and the content as they
are; its steps are copied from the rule here.
"""

from dataclasses import dataclass

import pgtrigger

from crm.approval.statements import (
    ASKS,
    BEGINS,
    CLOSES,
    COMES_WITH_ROUND,
    FOUR_EYES,
    GOVERNED,
    STANDING,
    TAKES_BACK,
    UNDONE,
    WITHIN,
)
from crm.guards.watermarks import becomes_another, watermarked

#: What entries of the history about a verdict may be called (`crm.guards.acts`).
DECISION_ACTS = {
    "approved": "op = 'INSERT' AND (new ->> 'approved')::boolean",
    "rejected": "op = 'INSERT' AND NOT (new ->> 'approved')::boolean",
}
#: The same of what takes one back.
RETRACTION_ACTS = {"taken_back": "op = 'INSERT'"}


@dataclass(frozen=True)
class Tables:
    """How the tables of one kind's approval are called in PostgreSQL, and what it is.

    Args:
        prefix: of the tables `…round`, `…roundstep`, `…decision`, `…retraction`,
            `…approvalrule` and `…approvalstep`: "contracts_".
        record: what the key of the record is called without `_id`; SQL of here calls
            the row so.
        table: the table of the record.
        joins: further tables that `doers` name, joined to the round `r`.
        owner: whose the record is: the head of their department decides.
        doers: whose own doing a round decides on, beside who submitted it: columns of
            `record` and `joins`.
        rule: SQL of the id of the rule that asks for approval of a round `NEW`.
        written: SQL of what the tables say of the content of a round `NEW`, as jsonb.
        claimed: SQL of the same as its snapshot says it.
        submit, register, approve: the rights to hand in what needs approval, to let
            hold what needs none, and to decide.
        topic: of the watermarks that tell whose turn it is.
    """

    prefix: str
    record: str
    table: str
    owner: str
    doers: tuple[str, ...]
    rule: str
    written: str
    submit: str
    register: str
    approve: str
    topic: str
    claimed: str = "NEW.snapshot::jsonb"
    joins: str = ""

    def filled(self, text: str) -> str:
        """Return SQL with the names of this kind in it."""
        names = {**vars(self), "doers": ", ".join(self.doers)}
        names["standing"] = STANDING.format(**names)
        names["within"] = f"{WITHIN.total_seconds():.0f}"
        return text.format(**names, undone=UNDONE.format(**names))


def _on_insert(
    name: str, func: str, declare: list[tuple[str, str]] | None = None
) -> pgtrigger.Trigger:
    """Return a trigger that is asked before a row comes in."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=func,
        declare=declare,
    )


def round_triggers(tables: Tables) -> tuple[pgtrigger.Trigger, ...]:
    """Return the triggers of a kind's rounds: true, closed once, by their verdicts."""
    return (
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        _on_insert(
            "begins",
            tables.filled(BEGINS),
            declare=[("rule", f"{tables.prefix}approvalrule")],
        ),
        pgtrigger.Trigger(
            name="asks",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            func=tables.filled(ASKS),
        ),
        pgtrigger.Trigger(
            name="closes",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            declare=[("barred", "bigint[]"), ("open", "int"), ("no", "int")],
            func=tables.filled(CLOSES),
        ),
        *_turns_of_rounds(tables),
    )


def step_triggers() -> tuple[pgtrigger.Trigger, ...]:
    """Return the triggers of steps: they come with their round, none later."""
    return (_on_insert("comes_with_round", COMES_WITH_ROUND),)


def decision_triggers(tables: Tables) -> tuple[pgtrigger.Trigger, ...]:
    """Return the triggers of a kind's verdicts: four eyes, the right, in turn."""
    return (
        _on_insert(
            "four_eyes",
            tables.filled(FOUR_EYES),
            declare=[("asked", "record"), ("barred", "bigint[]")],
        ),
        watermarked(tables.topic, pgtrigger.Insert),  # each is followed by another step
    )


def retraction_triggers(tables: Tables) -> tuple[pgtrigger.Trigger, ...]:
    """Return the triggers of what takes verdicts back: one's own, soon, the last."""
    return (
        _on_insert("takes_back", tables.filled(TAKES_BACK), [("given", "record")]),
        watermarked(tables.topic, pgtrigger.Insert),
    )


def _turns_of_rounds(tables: Tables) -> tuple[pgtrigger.Trigger, ...]:
    """Return the watermarks of rounds opened and closed; their steps come with them."""
    return (
        watermarked(
            tables.topic,
            pgtrigger.Insert,
            name="watermarked_open",
            condition=pgtrigger.Condition("NEW.\"state\" = 'open'"),
        ),
        watermarked(
            tables.topic,
            pgtrigger.Update,
            name="watermarked_closed",
            condition=becomes_another("state"),
        ),
    )


def turns_of_record(
    topic: str, columns: tuple[str, ...], pending: str
) -> pgtrigger.Trigger:
    """Return the watermark of a record that becomes another's while it is decided on.

    Args:
        topic: of the kind's `Tables`.
        columns: of those whose own doing a round decides on.
        pending: a condition on `NEW` that says "it is decided upon".
    """
    changed = becomes_another(*columns, where=pending)
    return watermarked(topic, pgtrigger.Update, condition=changed)


def governed(
    tables: Tables,
    *,
    content: tuple[str, ...],
    state: str = "status",
    pending: str = "pending",
    approved: str = "approved",
) -> pgtrigger.Trigger:
    """Return the trigger of a record that waits and holds only as its rounds say.

    What was submitted does not change while it waits, nor once it holds. A kind whose
    records also hold otherwise has a trigger of its own, as contracts do.

    Args:
        tables: of the kind.
        content: the columns that are approved, and whose it is.
        state: the column that says how it stands.
        pending, approved: its values while a round is open, and once one is approved.
    """
    return pgtrigger.Trigger(
        name="governed",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("last", "record"), ("before", "text := ''")],
        func=GOVERNED.format(
            prefix=tables.prefix,
            record=tables.record,
            state=state,
            pending=pending,
            approved=approved,
            old=", ".join(f"OLD.{name}" for name in content),
            new=", ".join(f"NEW.{name}" for name in content),
        ),
    )
