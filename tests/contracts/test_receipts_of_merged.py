"""Receipts of customers that are merged, and come apart again."""

import pytest
from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import translation

from contracts import receiving
from crm.models import Role
from tests.contracts.test_receipts import confirmed, owing, pays
from tests.factories import a_customer, a_receipt
from tests.people import hire
from tests.system.test_merging import merge, take_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def he(head_office):
    """何敏 of finance."""
    return hire("finance", "何敏", "finance", department=head_office)


@pytest.fixture
def twice(zhang):
    """One customer, entered twice by 张伟."""
    return a_customer(zhang), a_customer(zhang)


def test_money_of_one_pays_for_no_contract_of_the_other_once_they_part(
    twice, zhang, zhao, he, lina
):
    one, two = twice
    contract, (first, second) = owing(zhang, zhao, two)
    own = confirmed(two, 100, zhang, he)
    pays(own, he, (second, 50))
    receipt = confirmed(one, 100, zhang, he)
    done = merge(one, two, by=lina)
    pays(receipt, he, (first, 60))
    words = "其中一个客户的回款已核销到另一个客户的合同"
    zh = translation.override("zh-hans")
    with zh, pytest.raises(ValidationError, match=words), atomic():
        take_back(done, lina)
    contract.refresh_from_db()
    assert contract.customer == one
    pays(receipt, he, (first, 0))
    assert take_back(done, lina) == []
    for row, customer in ((contract, two), (own, two), (receipt, one)):
        row.refresh_from_db()
        assert row.customer == customer
    assert own.allocations.get().amount == 50


def test_who_merges_customers_has_not_written_their_receipts(twice, zhang, lina):
    one, two = twice
    lina.role_assignments.create(role=Role.objects.get(code="finance"))
    receipt = a_receipt(two, 100, zhang)
    merge(one, two, by=lina)
    receipt.refresh_from_db()
    assert (receipt.customer, receipt.may_decide(lina)) == (one, True)
    receiving.confirm(receipt, by=lina)
    assert receipt.confirmed_by == lina
