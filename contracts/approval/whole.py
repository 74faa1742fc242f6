"""What the approver's desk shows of the one contract that is open on it.

The content is that which was handed in; the customer's exposure and other contracts are
as they stand now, of what the reader may see.
"""

from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils.http import urlencode

from contracts.credit import added_by, credit_said
from contracts.credit_shown import figures_shown, warnings_of
from contracts.models import Contract, Product
from contracts.snapshots import content_lines
from crm.attachments import attachments_of
from crm.kinds import figures_of, quoting_of
from crm.models import User
from crm.rights.permissions import permission
from customers.models import Customer

#: So many of the customer's other contracts are shown, the newest first.
OTHERS = 5


def whole_of(row: dict[str, Any], user: User) -> dict[str, Any]:
    """Return what is shown of a row of the desk, and what was quoted before.

    Args:
        row: as `Shown.tell` has left it, with `customer`.
        user: the reader.
    """
    contract, round_ = row["record"], row["round"]
    lines = content_lines(round_.content)
    return {
        "lines": [{**line, "product": _product(line["product"])} for line in lines],
        "total": sum((line["amount"] for line in lines), Decimal(0)),
        "files": attachments_of(round_.amendment or contract, user),
        "credit": figures_shown(row["credit"], row["grade"]),
        "by_then": _by_then(round_, contract),
        "figures": _figures(row["customer"], user)
        if user.has_perm(permission("view", Contract))
        else [],
        "others": list(_others(contract, row["customer"], user)),
        "others_url": _list_of(row["customer"]),
        "quoted": _quoted(contract, Decimal(round_.content["amount"]), user),
    }


def _by_then(round_: Any, contract: Contract) -> list[str]:
    """Return what was to be known of the customer's credit as it was handed in."""
    if round_.credit is None:
        return []
    amount = Decimal(round_.content["amount"])
    return warnings_of(credit_said(round_.credit, added_by(amount, contract)))


def _quoted(contract: Contract, amount: Decimal, user: User) -> list[dict[str, Any]]:
    """Return the quotations it was made of, and by how much it comes to more."""
    taken = quoting_of(Contract).quotations_taken(contract, user)
    return [{**one, "more": amount - one["amount"]} for one in taken]


def _product(said: dict[str, Any]) -> Product:
    """Return the product of a line as it was called when this was handed in."""
    return Product(pk=said["id"], name=said["name"], code=said["code"])


def _figures(customer: Customer, user: User) -> list[dict[str, Any]]:
    """Return what the customer's own page says of its contracts, in one query.

    But for the exposure: that is told of all contracts beside it.
    """
    found = [
        one
        for one in figures_of(Customer)
        if one[0] is Contract and one[1].key != "exposure"
    ]
    columns = {
        figure.key: figure.number(customer, model, relation, user)
        for model, figure, relation in found
    }
    read = Customer.everything.filter(pk=customer.pk).order_by().values(**columns).get()
    return [
        {
            **figure.shown(customer, read[figure.key]),
            "url": figure.address(customer, model, relation),
        }
        for model, figure, relation in found
    ]


def _others(contract: Contract, customer: Customer, user: User) -> Any:
    """Return the newest of the customer's other contracts that the reader may see."""
    rows = Contract.objects.visible_to(user).filter(customer=customer)
    rows = rows.exclude(pk=contract.pk).order_by(F("signed_on").desc(nulls_last=True))
    columns = ("number", "title", "amount", "status", "edition", "amendment_state")
    return rows.only(*columns)[:OTHERS]


def _list_of(customer: Customer) -> str:
    return f"{Contract.page('list')}?{urlencode({'customer': customer.pk})}"
