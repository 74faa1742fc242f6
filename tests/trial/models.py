"""The models of quotations, where Django looks for them."""

from tests.crm.quotations import Decision, Quotation, Round, Rule, RuleStep, Step

__all__ = ["Decision", "Quotation", "Round", "Rule", "RuleStep", "Step"]
