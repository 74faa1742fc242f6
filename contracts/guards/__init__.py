"""What PostgreSQL refuses about contracts, whoever asks: checks and triggers.

Every refusal carries the name of a constraint; `contracts.refusals` has the words.
The function `contracts_refuse(name, message)` is made by the first migration.
"""

from contracts.guards.acts import (
    AMENDMENT_ACTS,
    ASSESSMENT_ACTS,
    CONTRACT_ACTS,
    INVOICE_ACTS,
    RECEIPT_ACTS,
)
from contracts.guards.allocations import allocation_triggers, money_stays
from contracts.guards.amendments import amendment_triggers, proposed_part_triggers
from contracts.guards.checks import (
    amendment_checks,
    contract_checks,
    invoice_checks,
    line_checks,
)
from contracts.guards.content import contract_triggers, part_triggers
from contracts.guards.credit import REFUSED as ASSESSMENT_REFUSED
from contracts.guards.credit import (
    assessment_checks,
    assessment_triggers,
    credit_kept,
    wrote_assessment,
)
from contracts.guards.insights import insight_gained, insight_told
from contracts.guards.instalments import instalment_checks, instalment_triggers
from contracts.guards.invoices import REFUSED as INVOICE_REFUSED
from contracts.guards.invoices import invoice_triggers, wrote_invoice
from contracts.guards.owing import OF_CONTRACT, OF_INSTALMENT, OWING, instalment_paid
from contracts.guards.price_lists import (
    TIED,
    price_list_checks,
    tied_as_customer,
    tied_as_list,
    tied_as_price,
)
from contracts.guards.receipts import receipt_checks, receipt_triggers, wrote
from contracts.guards.verdicts import (
    TABLES,
    edition_triggers,
    turns_of_changes,
    turns_of_contracts,
)

__all__ = [
    "AMENDMENT_ACTS",
    "ASSESSMENT_ACTS",
    "ASSESSMENT_REFUSED",
    "CONTRACT_ACTS",
    "INVOICE_ACTS",
    "INVOICE_REFUSED",
    "OF_CONTRACT",
    "OF_INSTALMENT",
    "OWING",
    "RECEIPT_ACTS",
    "TABLES",
    "TIED",
    "allocation_triggers",
    "amendment_checks",
    "amendment_triggers",
    "assessment_checks",
    "assessment_triggers",
    "contract_checks",
    "contract_triggers",
    "credit_kept",
    "edition_triggers",
    "insight_gained",
    "insight_told",
    "instalment_checks",
    "instalment_paid",
    "instalment_triggers",
    "invoice_checks",
    "invoice_triggers",
    "line_checks",
    "money_stays",
    "part_triggers",
    "price_list_checks",
    "proposed_part_triggers",
    "receipt_checks",
    "receipt_triggers",
    "tied_as_customer",
    "tied_as_list",
    "tied_as_price",
    "turns_of_changes",
    "turns_of_contracts",
    "wrote",
    "wrote_assessment",
    "wrote_invoice",
]
