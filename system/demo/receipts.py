"""Receipts of the demo: paid, paid in part, overdue, prepaid, reversed, waiting."""

from decimal import Decimal

from contracts import receiving
from contracts.models import Contract, Receipt
from crm.dictionaries import items_of
from crm.fields import CENT
from system.demo.clock import day


def enter(people):
    """Enter what came in for the contracts with a plan, by those who own them.

    Of the first one an instalment is paid, the next one overdue, one paid in part
    before it is due, and one coming. What of the second one's money is left is a
    prepayment.
    """
    first, second, *others = (
        Contract.objects.filter(
            status=Contract.Status.REGISTERED, instalments__isnull=False
        )
        .distinct()
        .order_by("signed_on", "pk")
    )
    begun, _late, coming, *_last = first.instalments.all()
    _pay(people, first, begun.amount, 89, "transfer", {begun: begun.amount})
    part = (coming.amount / 2).quantize(CENT)
    _pay(people, first, part, 12, "draft", {coming: part}, reference="承兑 0088231")
    rows = list(second.instalments.all()[:2])
    paid = {row: row.amount for row in rows}
    _pay(
        people,
        second,
        sum(paid.values()) + 20_000,
        20,
        "transfer",
        paid,
        payer="昆明滇池投资控股集团有限公司",
    )
    _reversed(people, second)
    for contract, (ago, fate) in zip(others, ((3, ""), (2, "rejected")), strict=False):
        amount = contract.instalments.first().amount
        receipt = _enter(contract, amount, ago, "online")
        if fate:
            reason = "银行流水中没有这笔款项，请核对到账日期和付款人。"
            receiving.reject(receipt, by=people["finance"], reason=reason)


def _enter(contract, amount, ago, method, **more):
    methods = {item.code: item for item in items_of("payment_method")}
    receipt = Receipt(
        customer=contract.customer,
        owner=contract.owner,
        amount=amount,
        received_on=day(ago),
        method=methods[method],
        **more,
    )
    receipt.enter(contract.owner)
    return receipt


def _pay(people, contract, amount, ago, method, paid, *, payer="", reference=""):
    """Enter what came in, have it confirmed, and let it pay for instalments."""
    texts = {"payer": payer, "bank_reference": reference}
    receipt = _enter(contract, amount, ago, method, **texts)
    receiving.confirm(receipt, by=people["finance"])
    amounts = {row.pk: part for row, part in paid.items()}
    receiving.allocate(receipt, amounts, by=people["finance"])


def _reversed(people, contract):
    """Let the bank take a transfer back."""
    came = _enter(contract, Decimal(8_000), 9, "transfer")
    receiving.confirm(came, by=people["finance"])
    back = _enter(contract, -came.amount, 8, "transfer", refund_of=came)
    receiving.confirm(back, by=people["finance"])
