"""The forms of contracts and products, and of the verbs."""

from contracts.forms.contracts import AmendmentForm, ContractForm
from contracts.forms.credit import CreditAssessmentForm
from contracts.forms.forecast import ForecastForm, forecast_of
from contracts.forms.invoices import InvoiceForm
from contracts.forms.lines import AmendmentLineFormSet, LineFormSet
from contracts.forms.price_lists import PriceListForm
from contracts.forms.products import ProductForm
from contracts.forms.receipts import AllocationForm, ReceiptForm
from contracts.forms.verbs import TerminationForm

__all__ = [
    "AllocationForm",
    "AmendmentForm",
    "AmendmentLineFormSet",
    "ContractForm",
    "CreditAssessmentForm",
    "ForecastForm",
    "InvoiceForm",
    "LineFormSet",
    "PriceListForm",
    "ProductForm",
    "ReceiptForm",
    "TerminationForm",
    "forecast_of",
]
