"""What files call the columns of 销售过程."""

from sales.imports.leads import LeadImport
from sales.imports.quotations import QuotationImport

__all__ = ["LeadImport", "QuotationImport"]
