"""Invoices of customers that are merged, and come apart again."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from contracts import invoicing
from contracts.differences import differences
from contracts.models import Invoice
from crm.guards.actor import acting
from crm.models import Role
from tests.contracts.test_invoices import issued, paper
from tests.contracts.test_receipts import owing
from tests.factories import a_customer, an_invoice
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


def test_invoices_go_with_their_contract_and_come_back_with_it(
    twice, zhang, zhao, he, lina
):
    one, two = twice
    contract = owing(zhang, zhao, two)[0]
    invoice = issued(contract, 100, he)
    done = merge(one, two, by=lina)
    for row in (contract, invoice):
        row.refresh_from_db()
        assert row.customer == one
    assert take_back(done, lina) == []
    for row in (contract, invoice):
        row.refresh_from_db()
        assert row.customer == two
    assert (invoice.status, contract.invoiced, differences()) == ("issued", 100, [])


def test_what_was_invoiced_since_keeps_both_together(twice, zhang, zhao, he, lina):
    one, two = twice
    contract = owing(zhang, zhao, two)[0]
    done = merge(one, two, by=lina)
    contract.refresh_from_db()
    issued(contract, 100, he)
    with (
        translation.override("zh-hans"),
        pytest.raises(ValidationError),
        transaction.atomic(),
    ):
        take_back(done, lina)
    contract.refresh_from_db()
    assert contract.customer == one


def test_an_invoice_comes_to_no_other_customer(twice, zhang, zhao, he):
    one, two = twice
    contract = owing(zhang, zhao, two)[0]
    invoice = an_invoice(contract, 5)
    with pytest.raises(IntegrityError, match="another customer"), acting(zhang):
        Invoice.objects.filter(pk=invoice.pk).update(customer=one)
    invoicing.issue(invoice, paper(1), by=he)
    with pytest.raises(IntegrityError, match=r"another customer|frozen"), acting(zhang):
        Invoice.objects.filter(pk=invoice.pk).update(customer=one)


def test_who_merges_customers_has_not_written_their_invoices(twice, zhang, zhao, lina):
    one, two = twice
    lina.role_assignments.create(role=Role.objects.get(code="finance"))
    invoice = an_invoice(owing(zhang, zhao, two)[0], 5)
    merge(one, two, by=lina)
    invoice.refresh_from_db()
    assert (invoice.customer, invoice.may_decide(lina)) == (one, True)
    invoicing.issue(invoice, paper(1), by=lina)
    assert invoice.issued_by == lina
