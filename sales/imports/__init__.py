"""What files call the columns of 销售过程."""

from sales.imports.day_reports import DayReportImport
from sales.imports.leads import LeadImport
from sales.imports.plans import WorkPlanImport
from sales.imports.quotations import QuotationImport
from sales.imports.targets import TargetImport

__all__ = [
    "DayReportImport",
    "LeadImport",
    "QuotationImport",
    "TargetImport",
    "WorkPlanImport",
]
