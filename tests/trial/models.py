"""The models of quotations, where Django looks for them."""

from tests.crm.quotations import (
    Condition,
    Decision,
    Quotation,
    Round,
    Rule,
    RuleStep,
    Step,
)

__all__ = ["Condition", "Decision", "Quotation", "Round", "Rule", "RuleStep", "Step"]
