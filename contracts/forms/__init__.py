"""The forms of contracts and products, and of the verbs."""

from contracts.forms.contracts import (
    AmendmentForm,
    AmendmentLineFormSet,
    ContractForm,
    LineFormSet,
)
from contracts.forms.forecast import ForecastForm, forecast_of
from contracts.forms.products import ProductForm
from contracts.forms.receipts import AllocationForm, ReceiptForm
from contracts.forms.verbs import TerminationForm

__all__ = [
    "AllocationForm",
    "AmendmentForm",
    "AmendmentLineFormSet",
    "ContractForm",
    "ForecastForm",
    "LineFormSet",
    "ProductForm",
    "ReceiptForm",
    "TerminationForm",
    "forecast_of",
]
