"""What files call the columns of 合同信息."""

from contracts.imports.contracts import ContractImport
from contracts.imports.invoices import InvoiceImport
from contracts.imports.price_lists import PriceListImport
from contracts.imports.products import ProductImport

__all__ = ["ContractImport", "InvoiceImport", "PriceListImport", "ProductImport"]
