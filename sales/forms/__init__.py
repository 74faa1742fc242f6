"""The forms of leads, opportunities and quotations, and of their verbs."""

from sales.forms.conversion import ConversionForm
from sales.forms.leads import (
    AssignmentForm,
    InvalidityForm,
    LeadEntryForm,
    LeadForm,
    TouchForm,
)
from sales.forms.opportunities import (
    ClosingForm,
    MoveForm,
    OpportunityForm,
    ReopeningForm,
    StageField,
    TaskForm,
    contracts_of,
)
from sales.forms.quotations import (
    AnswerForm,
    DeclineForm,
    QuotationForm,
    QuotationLines,
)

__all__ = [
    "AnswerForm",
    "AssignmentForm",
    "ClosingForm",
    "ConversionForm",
    "DeclineForm",
    "InvalidityForm",
    "LeadEntryForm",
    "LeadForm",
    "MoveForm",
    "OpportunityForm",
    "QuotationForm",
    "QuotationLines",
    "ReopeningForm",
    "StageField",
    "TaskForm",
    "TouchForm",
    "contracts_of",
]
