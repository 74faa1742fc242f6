"""What was quoted before a contract: the prices that it may have, for contracts.

They were approved, or needed no approval, with the quotation that the customer took:
a price list says nothing about them any more.
"""

from collections import Counter
from typing import Any

from contracts.models import Contract
from crm.models import User
from sales.models import Quotation, QuotationLine


def agreed_for(contract: Contract) -> Counter[tuple[Any, ...]]:
    """Return {(product, quantity, unit price, discount): lines} that were agreed."""
    if not contract.pk:
        return Counter()
    rows = QuotationLine.objects.filter(quotation__contract=contract)
    names = ("product", "quantity", "unit_price", "total_discount")
    return Counter(rows.order_by().values_list(*names))


def quotations_taken(contract: Contract, user: User) -> list[dict[str, Any]]:
    """Return [{record, amount, is_open}] of the quotations a contract was made of.

    What one may not open is told of all the same: it is part of what is decided.
    """
    rows = list(Quotation.objects.filter(contract=contract).order_by("pk"))
    visible = Quotation.objects.visible_to(user).filter(contract=contract)
    seen = set(visible.order_by().values_list("pk", flat=True)) if rows else set()
    return [
        {"record": row, "amount": row.amount, "is_open": row.pk in seen} for row in rows
    ]
