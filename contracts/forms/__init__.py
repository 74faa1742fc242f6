"""The forms of contracts, products and approval rules, and of the verbs."""

from contracts.forms.contracts import (
    AmendmentForm,
    AmendmentLineFormSet,
    ContractForm,
    LineFormSet,
)
from contracts.forms.forecast import ForecastForm
from contracts.forms.products import ProductForm
from contracts.forms.rules import ApprovalRuleForm, StepFormSet
from contracts.forms.verbs import (
    STEP_SEEN,
    DecisionForm,
    SeenForm,
    TerminationForm,
    whole_step,
    wrong_with,
)

__all__ = [
    "STEP_SEEN",
    "AmendmentForm",
    "AmendmentLineFormSet",
    "ApprovalRuleForm",
    "ContractForm",
    "DecisionForm",
    "ForecastForm",
    "LineFormSet",
    "ProductForm",
    "SeenForm",
    "StepFormSet",
    "TerminationForm",
    "whole_step",
    "wrong_with",
]
