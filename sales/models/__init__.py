"""销售过程: leads, pipelines with stages, opportunities, their stays in stages."""

from sales.models.day_numbers import DayNumber
from sales.models.leads import Lead, LeadAttachment
from sales.models.opportunities import Opportunity, OpportunityAttachment
from sales.models.pipelines import Pipeline, Stage
from sales.models.stays import Stay

__all__ = [
    "DayNumber",
    "Lead",
    "LeadAttachment",
    "Opportunity",
    "OpportunityAttachment",
    "Pipeline",
    "Stage",
    "Stay",
]
