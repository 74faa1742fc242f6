"""What PostgreSQL refuses about contracts, whoever asks: checks and triggers.

Every refusal carries the name of a constraint; `contracts.refusals` has the words.
The function `contracts_refuse(name, message)` is made by the first migration.
"""

from contracts.guards.checks import contract_checks, line_checks
from contracts.guards.content import contract_triggers, part_triggers
from contracts.guards.verdicts import decision_triggers, round_triggers

__all__ = [
    "contract_checks",
    "contract_triggers",
    "decision_triggers",
    "line_checks",
    "part_triggers",
    "round_triggers",
]
