"""The charts of contracts."""

from django.utils.translation import gettext_lazy as _

from contracts.models import Contract
from crm.charts.chart import Chart
from crm.charts.dimensions import Choices, People, Steps

#: What somebody has sold: what holds, and what was done.
SOLD = {"status": (Contract.Status.REGISTERED, Contract.Status.COMPLETED)}
BY_MONTH = {
    "rows": Steps("signed_on", "month"),
    "series": Choices("status"),
    "dated": "signed_on",
}
BY_PERSON = {
    "rows": People(),
    "dated": "signed_on",
    "only": SOLD,
    "compared": True,
    "look": "bars",
    "is_first": True,
}
OF_CONTRACTS = (
    Chart("number", _("Contracts by month of signing and status"), **BY_MONTH),
    Chart(
        "amount",
        _("Contract amounts by month of signing and status"),
        amount="amount",
        on_workbench=True,
        **BY_MONTH,
    ),
    Chart(
        "people_amount",
        _("Contract amounts in force or completed by person"),
        amount="amount",
        **BY_PERSON,
    ),
    Chart("people", _("Contracts in force or completed by person"), **BY_PERSON),
)
