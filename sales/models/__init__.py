"""销售过程: leads, pipelines with stages, opportunities, their stays, quotations,
work plans, day reports, targets."""

from sales.models.day_numbers import DayNumber
from sales.models.day_reports import DayReport
from sales.models.lead_rules import (
    LeadAssignment,
    LeadRule,
    LeadRuleMember,
    LeadRuleTerm,
)
from sales.models.leads import Lead, LeadAttachment
from sales.models.opportunities import Opportunity, OpportunityAttachment
from sales.models.pipelines import Pipeline, Stage
from sales.models.plans import WorkPlan, WorkPlanLine
from sales.models.quotation_parts import QuotationAttachment, QuotationLine
from sales.models.quotation_rounds import (
    QuotationDecision,
    QuotationRetraction,
    QuotationRound,
    QuotationRoundStep,
)
from sales.models.quotation_rules import (
    QuotationApprovalCondition,
    QuotationApprovalRule,
    QuotationApprovalStep,
)
from sales.models.quotations import Quotation
from sales.models.readings import DayReportReading, WorkPlanReading
from sales.models.stays import Stay
from sales.models.target_changes import TargetChange
from sales.models.target_rules import TargetRule
from sales.models.targets import Target

__all__ = [
    "DayNumber",
    "DayReport",
    "DayReportReading",
    "Lead",
    "LeadAssignment",
    "LeadAttachment",
    "LeadRule",
    "LeadRuleMember",
    "LeadRuleTerm",
    "Opportunity",
    "OpportunityAttachment",
    "Pipeline",
    "Quotation",
    "QuotationApprovalCondition",
    "QuotationApprovalRule",
    "QuotationApprovalStep",
    "QuotationAttachment",
    "QuotationDecision",
    "QuotationLine",
    "QuotationRetraction",
    "QuotationRound",
    "QuotationRoundStep",
    "Stage",
    "Stay",
    "Target",
    "TargetChange",
    "TargetRule",
    "WorkPlan",
    "WorkPlanLine",
    "WorkPlanReading",
]
