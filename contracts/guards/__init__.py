"""What PostgreSQL refuses about contracts, whoever asks: checks and triggers.

Every refusal carries the name of a constraint; `contracts.refusals` has the words.
The function `contracts_refuse(name, message)` is made by the first migration.
"""

from contracts.guards.acts import AMENDMENT_ACTS, CONTRACT_ACTS, DECISION_ACTS
from contracts.guards.amendments import amendment_triggers, proposed_part_triggers
from contracts.guards.checks import amendment_checks, contract_checks, line_checks
from contracts.guards.content import contract_triggers, part_triggers
from contracts.guards.insights import insight_gained, insight_told
from contracts.guards.turns import (
    ROUNDS,
    turns_of_changes,
    turns_of_contracts,
    turns_of_rounds,
    turns_of_verdicts,
)
from contracts.guards.verdicts import (
    decision_triggers,
    edition_triggers,
    round_triggers,
    step_triggers,
)

__all__ = [
    "AMENDMENT_ACTS",
    "CONTRACT_ACTS",
    "DECISION_ACTS",
    "ROUNDS",
    "amendment_checks",
    "amendment_triggers",
    "contract_checks",
    "contract_triggers",
    "decision_triggers",
    "edition_triggers",
    "insight_gained",
    "insight_told",
    "line_checks",
    "part_triggers",
    "proposed_part_triggers",
    "round_triggers",
    "step_triggers",
    "turns_of_changes",
    "turns_of_contracts",
    "turns_of_rounds",
    "turns_of_verdicts",
]
