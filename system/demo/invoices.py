"""Invoices of the demo: issued, waiting, rejected, voided, taken back in part."""

from decimal import Decimal

from contracts import invoicing
from contracts.models import Contract, Invoice
from system.demo.clock import day


def enter(people):
    """Ask for invoices of the contracts with a plan, by those who own them.

    Of the first one more is invoiced than was received. Of the second one a part is
    taken back by a red invoice; one of the day was void at once, and one is rejected.
    """
    first, second, *others = (
        Contract.objects.filter(
            status=Contract.Status.REGISTERED, instalments__isnull=False
        )
        .distinct()
        .order_by("signed_on", "pk")
    )
    begun, late, *_last = first.instalments.all()
    _issued(people, first, begun.amount, 84, 1, courier="顺丰")
    _issued(people, first, late.amount, 30, 2, courier="顺丰")
    invoice = _issued(people, second, second.instalments.first().amount, 40, 3)
    part = _asked(second, Decimal(-5_000), 33, red_of=invoice)
    invoicing.issue(part, _paper(4, 32), by=people["finance"])
    twice = _issued(people, second, Decimal(1_000), 0, 5)
    reason = "购方名称有误，已按正确名称重新申请。"
    invoicing.void(twice, by=people["finance"], reason=reason)
    for contract, fate in zip(others, ("", "rejected"), strict=False):
        asked = _asked(contract, contract.instalments.first().amount, 1)
        if fate:
            reason = "合同约定验收后开票，请附验收单后重新提交。"
            invoicing.reject(asked, by=people["finance"], reason=reason)


def _asked(contract, amount, ago, **more):
    customer = contract.customer
    kind = Invoice.Kind.SPECIAL if customer.credit_code else Invoice.Kind.ORDINARY
    invoice = Invoice(
        contract=contract,
        customer=customer,
        owner=contract.owner,
        amount=amount,
        kind=kind,
        title=customer.name,
        tax_number=customer.credit_code,
        tax_rate=contract.tax_rate or 0,
        requested_on=day(ago),
        **more,
    )
    invoice.enter(contract.owner)
    return invoice


def _paper(number, ago, **more):
    paper = {"paper_code": "053002600111", "paper_number": f"{number + 26_118:08}"}
    return paper | {"issued_on": day(ago)} | more


def _issued(people, contract, amount, ago, number, **more):
    """Ask for an invoice, and have it issued."""
    invoice = _asked(contract, amount, ago)
    invoicing.issue(invoice, _paper(number, ago, **more), by=people["finance"])
    return invoice
