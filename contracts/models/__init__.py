"""The records of 合同信息: products, contracts, changes, rules, rounds of approval."""

from contracts.models.allocations import Allocation
from contracts.models.amendments import (
    Amendment,
    AmendmentAttachment,
    AmendmentLine,
)
from contracts.models.contracts import Contract
from contracts.models.credit import CreditAssessment, CreditAssessmentAttachment
from contracts.models.day_numbers import DayNumber, InvoiceDayNumber
from contracts.models.insights import Insight
from contracts.models.instalments import Instalment
from contracts.models.invoices import Invoice, InvoiceAttachment
from contracts.models.parts import ContractAttachment, ContractLine
from contracts.models.price_lists import Price, PriceList, PriceListCustomer
from contracts.models.products import Product
from contracts.models.receipts import Receipt, ReceiptAttachment
from contracts.models.rounds import Decision, Edition, Retraction, Round, RoundStep
from contracts.models.rules import ApprovalCondition, ApprovalRule, ApprovalStep

__all__ = [
    "Allocation",
    "Amendment",
    "AmendmentAttachment",
    "AmendmentLine",
    "ApprovalCondition",
    "ApprovalRule",
    "ApprovalStep",
    "Contract",
    "ContractAttachment",
    "ContractLine",
    "CreditAssessment",
    "CreditAssessmentAttachment",
    "DayNumber",
    "Decision",
    "Edition",
    "Insight",
    "Instalment",
    "Invoice",
    "InvoiceAttachment",
    "InvoiceDayNumber",
    "Price",
    "PriceList",
    "PriceListCustomer",
    "Product",
    "Receipt",
    "ReceiptAttachment",
    "Retraction",
    "Round",
    "RoundStep",
]
