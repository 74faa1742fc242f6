"""A contract like an earlier one is begun by copying that, and is one of its own."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from contracts.models import Contract
from crm.models import Role
from tests.contracts.test_contract_pages import fields_of, queries
from tests.factories import a_contact, a_contract, a_customer, a_product, an_item
from tests.pages import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def earlier(zhang):
    """A contract of last year with two lines, in the books."""
    customer = a_customer(zhang)
    contract = a_contract(
        zhang,
        customer=customer,
        contact=a_contact(customer),
        kind=an_item("contract_kind", "service"),
        title="年度维保",
        amount=Decimal("2712.34"),
        tax_rate=Decimal(6),
        terms="到货后 30 天付款",
        signed_on=date(2025, 11, 1),
        starts_on=date(2025, 11, 1),
        ends_on=date(2026, 10, 31),
        external_number="ERP-0017",
    )
    pump, tap = a_product(zhang, name="水泵"), a_product(zhang, name="阀门")
    contract.lines.create(product=pump, quantity=3, unit_price=1000, discount=10)
    contract.lines.create(product=tap, quantity=1, unit_price=Decimal("12.34"))
    return contract


def copy_of(contract):
    """Return the address at which a copy is begun."""
    return f"/contracts/add/?copy={contract.pk}"


def lines_of(contract):
    """Return what the lines of a contract say."""
    names = ("product", "quantity", "unit_price", "discount", "amount")
    return list(contract.lines.values_list(*names))


def test_a_copy_says_the_same_and_is_another_contract(zhang, earlier, sign_in):
    browser = sign_in(zhang)
    answer = browser.post(copy_of(earlier), fields_of(browser, copy_of(earlier)))
    assert answer.status_code == 302
    made = Contract.objects.exclude(pk=earlier.pk).get()
    for name in ("title", "customer", "contact", "kind", "tax_rate", "terms", "amount"):
        assert getattr(made, name) == getattr(earlier, name), name
    assert lines_of(made) == lines_of(earlier)
    assert made.number != earlier.number
    assert (made.status, made.external_number) == ("draft", "")
    assert (made.signed_on, made.signatory) == (timezone.localdate(), zhang)
    assert (made.starts_on, made.ends_on) == (None, None)
    assert made.owner == made.entered_by == zhang


def test_without_lines_the_amount_comes_along(zhang, sign_in):
    contract = a_contract(zhang, amount=Decimal(800))
    form = form_of(sign_in(zhang), copy_of(contract))
    assert form["amount"] == Decimal(800)


def test_what_is_typed_is_kept_when_it_is_refused(zhang, earlier, sign_in):
    browser = sign_in(zhang)
    data = fields_of(browser, copy_of(earlier)) | {"title": "", "lines-0-quantity": "7"}
    answer = browser.post(copy_of(earlier), data)
    assert answer.status_code == 422
    assert answer.context["formset"].forms[0]["quantity"].value() == "7"
    assert not Contract.objects.exclude(pk=earlier.pk).exists()


def test_what_one_may_not_see_cannot_be_copied(wang, zhou, earlier, sign_in):
    assert sign_in(wang).get(copy_of(earlier)).status_code == 404
    assert sign_in(zhou).get(copy_of(earlier)).status_code == 403


@pytest.mark.parametrize("bad", ["", "x", "-1", "0", "9" * 30, "٣", "1.5"])
def test_an_address_that_names_none_leads_nowhere(zhang, sign_in, bad):
    answer = sign_in(zhang).get("/contracts/add/", {"copy": bad})
    assert answer.status_code == 404


def test_it_is_offered_to_whoever_may_add_one(zhang, earlier, sign_in):
    browser = sign_in(zhang)
    role = Role.objects.get(code="salesperson")
    for offered in (True, False):
        page = browser.get(earlier.get_absolute_url())
        keys = [action["key"] for action in page.context["actions"]]
        assert ("copy" in keys) is offered
        role.grants.pop("contracts.add_contract", None)
        role.save()


def test_a_copy_takes_no_more_queries_for_more_lines(zhang, earlier, sign_in):
    browser = sign_in(zhang)
    few = queries(browser, copy_of(earlier))
    for number in range(20):
        product = a_product(zhang, name=f"备件{number}")
        earlier.lines.create(product=product, quantity=1, unit_price=1)
    assert queries(browser, copy_of(earlier)) == few <= 12
