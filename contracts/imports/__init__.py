"""What files call the columns of 合同信息."""

from contracts.imports.contracts import ContractImport
from contracts.imports.products import ProductImport

__all__ = ["ContractImport", "ProductImport"]
