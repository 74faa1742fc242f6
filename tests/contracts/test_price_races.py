"""Two price lists at once, on real connections: of two that tie one stays out."""

from decimal import Decimal

import pytest
from django.db import connection, transaction

from contracts.models import PriceList
from crm.duplicates.merging import locked, merge
from crm.models import User
from customers.models import Customer
from tests.factories import a_customer, a_price_list, a_product, stamps
from tests.races import ROUNDS, together, won

pytestmark = pytest.mark.django_db(transaction=True)


def ties():
    """Return how many lists say a price that another one says with the same right."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM contracts_pricelist l,"
            " contracts_tied_lists(l.id, NULL)"
        )
        return cursor.fetchone()[0]


def test_of_two_tied_lists_that_are_saved_at_once_one_is_refused(lina):
    product = a_product(lina)
    for number in ROUNDS:
        fields = {**stamps(lina), "priority": number, "starts_on": "2026-01-01"}

        def save(writer, fields=fields):
            with transaction.atomic():
                found = PriceList.objects.create(name=f"表{writer}", **fields)
                found.prices.create(product=product, price=Decimal(writer + 1))

        assert len(won(together(3, save))) == 1
        assert ties() == 0


def test_lists_that_come_to_tie_in_different_ways_at_once_do_not(zhang, lina):
    product = a_product(lina)
    for number in ROUNDS:
        one, two = a_customer(zhang), a_customer(zhang)
        named = {"holds_for": "named", "priority": number}
        a_price_list(lina, (product, 0, 9), customers=[one], **named)
        other = a_price_list(lina, (product, 0, 8), customers=[two], **named)

        def act(writer, one=one, two=two, other=other):
            with transaction.atomic():
                if writer == 0:
                    other.customers.add(one)
                    return
                rows = locked(Customer, [one.pk, two.pk])
                by = User.objects.get(pk=lina.pk)
                merge(rows[one.pk], [rows[two.pk]], by=by)

        together(2, act)
        assert ties() == 0
