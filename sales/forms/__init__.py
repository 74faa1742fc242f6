"""The forms of leads and opportunities, and of their verbs."""

from sales.forms.conversion import ConversionForm
from sales.forms.leads import AssignmentForm, InvalidityForm, LeadForm, TouchForm
from sales.forms.opportunities import (
    ClosingForm,
    MoveForm,
    OpportunityForm,
    ReopeningForm,
    StageField,
    contracts_of,
)

__all__ = [
    "AssignmentForm",
    "ClosingForm",
    "ConversionForm",
    "InvalidityForm",
    "LeadForm",
    "MoveForm",
    "OpportunityForm",
    "ReopeningForm",
    "StageField",
    "TouchForm",
    "contracts_of",
]
