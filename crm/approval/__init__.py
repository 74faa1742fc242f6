"""Approval: rounds, steps, verdicts, deputies and four eyes, for any kind of record.

A kind that needs approval has models of its own, with real keys to its records, that
stand on those of here:

    class Round(approval.Round):
        contract = models.ForeignKey(Contract, models.RESTRICT, related_name="rounds")

It names its tables once (`crm.approval.guards.Tables`); the triggers that hold rounds,
steps and verdicts are made of that. What moves a record through a round, and what a
verdict leads to, is a `crm.approval.flow.Flow` of the kind.
"""

from crm.approval.conditions import Condition, condition_constraints
from crm.approval.rounds import (
    Decision,
    Retraction,
    Round,
    Step,
    StepQuerySet,
    decision_constraints,
    round_constraints,
    step_constraints,
    step_indexes,
)
from crm.approval.rules import (
    AskedPerson,
    Rule,
    RuleQuerySet,
    RuleStep,
    rule_step_constraints,
)

__all__ = [
    "AskedPerson",
    "Condition",
    "Decision",
    "Retraction",
    "Round",
    "Rule",
    "RuleQuerySet",
    "RuleStep",
    "Step",
    "StepQuerySet",
    "condition_constraints",
    "decision_constraints",
    "round_constraints",
    "rule_step_constraints",
    "step_constraints",
    "step_indexes",
]
