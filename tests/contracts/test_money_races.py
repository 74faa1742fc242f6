"""Many at once, on real connections: money that comes in adds up to the cent."""

from decimal import Decimal

import pytest

from contracts import invoicing, receiving
from contracts.differences import differences
from contracts.models import Contract, Invoice, Receipt
from tests.contracts.money import DEEDS, Writer, at_once
from tests.contracts.test_receipts import confirmed, owing
from tests.factories import a_customer, a_receipt, an_invoice
from tests.people import hire
from tests.races import ROUNDS, together, won

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, EACH = 4, 90


@pytest.fixture
def he(head_office):
    """何敏 of finance."""
    return hire("finance", "何敏", "finance", department=head_office)


def test_whatever_four_writers_do_the_sums_stay_right(zhang, zhao, he):
    customers = [a_customer(zhang) for _each in range(2)]
    parts = (Decimal("33333.33"), Decimal("33333.33"), Decimal("33333.34"))
    for customer in customers:
        owing(zhang, zhao, customer, amounts=parts)
    writers = [Writer(n, customers, zhang, he) for n in range(WRITERS)]
    done = at_once(writers, EACH)
    assert differences() == []
    assert sum(done.values()) == WRITERS * EACH
    assert all(done[deed] for deed in DEEDS), done


def test_money_is_confirmed_once_and_not_spent_twice(zhang, zhao, he):
    customer = a_customer(zhang)
    for _round in ROUNDS:
        _contract, (first, second) = owing(zhang, zhao, customer)
        receipt = a_receipt(customer, 100, zhang)

        def confirm(_number, pk=receipt.pk):
            receiving.confirm(Receipt.objects.get(pk=pk), by=he)

        assert len(won(together(4, confirm))) == 1
        others = [confirmed(customer, 80, zhang, he) for _each in range(2)]
        keys = [receipt.pk, *(row.pk for row in others)]

        def spend(number, keys=keys, rows=(first, second)):
            row = Receipt.objects.get(pk=keys[number % 3])
            amounts = {rows[number % 2].pk: Decimal(60)}
            receiving.allocate(row, amounts, by=he)

        together(6, spend)
        assert differences() == []


def test_two_who_ask_at_once_never_ask_for_more_than_the_contract(zhang, zhao, he):
    customer = a_customer(zhang)
    for place, _round in enumerate(ROUNDS):
        contract = owing(zhang, zhao, customer)[0]
        part = contract.amount / 2 + 1

        def ask(_number, contract=contract, part=part):
            an_invoice(contract, part, zhang)

        assert len(won(together(2, ask))) == 1
        paper = {"paper_number": f"{place + 1:08}"}
        invoicing.issue(contract.invoices.get(), paper, by=he)
        assert Contract.objects.get(pk=contract.pk).invoiced == part
        assert differences() == []


def test_an_invoice_is_voided_or_taken_from_and_never_both(zhang, zhao, he):
    customer = a_customer(zhang)
    for place, _round in enumerate(ROUNDS):
        contract = owing(zhang, zhao, customer)[0]
        first = an_invoice(contract, 100, zhang)
        start = place * 10 + 1
        invoicing.issue(first, {"paper_number": f"{start:08}"}, by=he)
        red = an_invoice(contract, -40, zhang, red_of=first)

        def end(number, pk=first.pk, red=red.pk, start=start):
            if number:
                invoicing.void(Invoice.objects.get(pk=pk), by=he, reason="重复")
            else:
                paper = {"paper_number": f"{start + 1:08}"}
                invoicing.issue(Invoice.objects.get(pk=red), paper, by=he)

        assert len(won(together(2, end))) == 1
        assert Contract.objects.get(pk=contract.pk).invoiced in (0, 60)
        assert differences() == []
