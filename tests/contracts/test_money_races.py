"""Many at once, on real connections: money that comes in adds up to the cent."""

from decimal import Decimal

import pytest

from contracts import receiving
from contracts.differences import differences
from contracts.models import Receipt
from tests.contracts.money import DEEDS, Writer, at_once
from tests.contracts.test_receipts import confirmed, owing
from tests.factories import a_customer, a_receipt
from tests.people import hire
from tests.races import ROUNDS, together, won

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, EACH = 4, 60


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
