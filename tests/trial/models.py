"""The models of concessions, where Django looks for them."""

from tests.crm.concessions import (
    Concession,
    Condition,
    Decision,
    Round,
    Rule,
    RuleStep,
    Step,
)

__all__ = ["Concession", "Condition", "Decision", "Round", "Rule", "RuleStep", "Step"]
