"""Contracts and price lists: what a line costs, and what it may not cost."""

from datetime import date
from decimal import Decimal

import pytest

from contracts import approval
from contracts.models import Contract
from crm.bulk.forms import editable
from tests.contracts.test_approval import in_state
from tests.contracts.test_contract_pages import address, fields_of, with_line
from tests.factories import a_contract, a_customer, a_price_list, a_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def pump(lina):
    """A product that costs 100."""
    return a_product(lina, name="水泵", price=Decimal(100))


@pytest.fixture
def customer(zhang):
    """A customer of 张伟."""
    return a_customer(zhang)


def write(browser, customer, *lines, at="/contracts/add/", **fields):
    """Send a contract with lines of (product, quantity, price, discount)."""
    typed = fields_of(browser, at)
    if customer is not None:
        typed |= {"title": "水泵", "customer": customer.pk}
    typed |= fields
    for number, (product, quantity, *more) in enumerate(lines):
        price, discount = (*more, "", "")[:2]
        typed = with_line(typed, number, product, quantity, price=price)
        typed[f"lines-{number}-discount"] = discount
    return browser.post(at, typed)


def errors(answer):
    """Return {field: [words]} of the first line with any."""
    assert answer.status_code == 422
    return next(filter(None, answer.context["formset"].errors))


def test_a_price_left_open_is_the_listed_one_else_the_product_s_own(
    zhang, lina, pump, customer, sign_in
):
    a_price_list(lina, (pump, 0, 90), (pump, 10, 80))
    other = a_product(lina, price=Decimal(7))
    answer = write(sign_in(zhang), customer, (pump, 9), (other, 1))
    assert answer.status_code == 302
    found = Contract.objects.get().lines.order_by("pk")
    assert [line.unit_price for line in found] == [90, 7]


def test_the_quantity_counts_over_split_lines(zhang, lina, pump, customer, sign_in):
    a_price_list(lina, (pump, 0, 90), (pump, 10, 80))
    assert write(sign_in(zhang), customer, (pump, 4), (pump, 6)).status_code == 302
    assert {line.unit_price for line in Contract.objects.get().lines.all()} == {80}


def test_the_day_of_the_contract_says_which_list_holds(
    zhang, lina, pump, customer, sign_in
):
    a_price_list(lina, (pump, 0, 90), ends_on=date(2026, 6, 30))
    a_price_list(lina, (pump, 0, 80), starts_on=date(2026, 7, 1))
    for day, price in (("2026-06-30", 90), ("2026-07-01", 80)):
        write(sign_in(zhang), customer, (pump, 1), signed_on=day)
        assert Contract.objects.latest("pk").lines.get().unit_price == price


def test_nothing_goes_below_the_lowest_price(zhang, lina, pump, customer, sign_in):
    a_price_list(lina, (pump, 0, 90, 80), name="标准价")
    browser = sign_in(zhang)
    (text,) = errors(write(browser, customer, (pump, 1, "79.9999")))["unit_price"]
    assert "标准价" in text
    assert "80.00" in text
    assert "discount" in errors(write(browser, customer, (pump, 1, "90", "11.12")))
    assert "discount" in errors(write(browser, customer, (pump, 1, "", "12")))
    assert "unit_price" in errors(write(browser, customer, (pump, 1, "79", "1")))
    for price, discount in (("80", ""), ("100", "20"), ("200", "")):
        answer = write(browser, customer, (pump, 1, price, discount))
        assert answer.status_code == 302


def test_fixed_prices_are_neither_raised_nor_discounted(
    zhang, lina, pump, customer, sign_in
):
    a_price_list(lina, (pump, 0, 90), name="统一价", forced=True)
    browser = sign_in(zhang)
    for price in ("91", "89.9999"):
        (text,) = errors(write(browser, customer, (pump, 1, price)))["unit_price"]
        assert "统一价" in text
    assert "discount" in errors(write(browser, customer, (pump, 1, "90", "1")))
    assert write(browser, customer, (pump, 1, "90.00", "0")).status_code == 302


@pytest.fixture
def draft(zhang, pump, customer):
    """A draft with 5 pumps for 50 each, from before there was a list."""
    contract = a_contract(
        zhang, customer=customer, amount=Decimal(250), signed_on=date(2026, 3, 1)
    )
    contract.lines.create(product=pump, quantity=5, unit_price=50)
    contract.refresh_from_db()
    return contract


def test_a_later_list_leaves_lines_alone_that_stay(zhang, lina, pump, draft, sign_in):
    a_price_list(lina, (pump, 0, 90, 80), forced=True)
    browser, at = sign_in(zhang), address(draft, "update")
    other = a_product(lina, price=Decimal(7))
    answer = write(browser, None, at=at, title="水泵五台")
    assert answer.status_code == 302
    line = with_line(fields_of(browser, at), 1, other, 1, price="")
    assert browser.post(at, line).status_code == 302
    assert [one.unit_price for one in draft.lines.order_by("pk")] == [50, 7]


@pytest.mark.parametrize(
    "change",
    [
        {"lines-0-quantity": "4"},
        {"lines-0-unit_price": "51"},
        {"lines-0-discount": "1"},
        {"signed_on": "2026-03-02"},
    ],
)
def test_what_changes_is_asked_anew(change, zhang, lina, pump, draft, sign_in):
    a_price_list(lina, (pump, 0, 90, 80))
    browser, at = sign_in(zhang), address(draft, "update")
    answer = browser.post(at, fields_of(browser, at) | {"amount": ""} | change)
    assert {"unit_price", "discount"} & errors(answer).keys()


def test_another_customer_or_more_of_a_product_asks_all_its_lines_anew(
    zhang, lina, pump, draft, sign_in
):
    browser, at = sign_in(zhang), address(draft, "update")
    a_price_list(lina, (pump, 0, 90, 80))
    typed = fields_of(browser, at) | {"customer": a_customer(zhang).pk}
    assert "unit_price" in errors(browser.post(at, typed))
    typed = with_line(fields_of(browser, at), 1, pump, 1, price="90") | {"amount": ""}
    assert "unit_price" in errors(browser.post(at, typed))


def test_a_change_of_a_contract_goes_by_the_same_rule(zhang, zhao, lina, pump, sign_in):
    contract = in_state("registered", zhang, zhao)
    approval.amend(contract, by=zhang)
    a_price_list(lina, (pump, 0, 90, 80))
    browser, at = sign_in(zhang), f"/contracts/{contract.pk}/amendment/edit/"
    typed = with_line(fields_of(browser, at), 0, pump, 1, price="79") | {"amount": ""}
    assert "unit_price" in errors(browser.post(at, typed))
    typed = with_line(typed, 0, pump, 1, price="")
    assert browser.post(at, typed).status_code == 302
    assert contract.amendments.get().lines.get().unit_price == 90


def test_what_is_off_sale_has_its_own_price(zhang, lina, pump, customer, sign_in):
    a_price_list(lina, (pump, 0, 90), forced=True)
    pump.on_sale = False
    pump.save()
    assert write(sign_in(zhang), customer, (pump, 1)).status_code == 302
    assert Contract.objects.get().lines.get().unit_price == 100


def test_the_form_asks_for_listed_prices_as_it_is_typed(
    zhang, wang, lina, pump, customer, sign_in
):
    theirs = a_customer(wang)
    a_price_list(lina, (pump, 0, 90), (pump, 10, 80, 70), name="标准价")
    a_price_list(lina, (pump, 0, 1), holds_for="named", customers=[theirs], forced=True)
    other = a_product(lina, price=Decimal(7))
    browser = sign_in(zhang)

    def told(query):
        return browser.get(f"/contracts/prices/?{query}").json()["prices"]

    lines = f"product={pump.pk}&quantity=4&product={other.pk}&quantity=1"
    found = told(f"{lines}&customer={customer.pk}&signed_on=2026-11-01")
    assert found[str(pump.pk)]["price"] == "90.00"
    assert found[str(other.pk)] == {"price": "7.00", "forced": False, "said": ""}
    split = f"{lines}&product={pump.pk}&quantity=6"
    assert told(split)[str(pump.pk)]["price"] == "80.00"
    assert "70.00" in told(split)[str(pump.pk)]["said"]
    assert told(f"{lines}&customer={theirs.pk}")[str(pump.pk)]["price"] == "90.00"
    assert told(f"{lines}&signed_on=1999-01-01")[str(pump.pk)]["price"] == "100.00"
    for wrong in (
        "",
        "product=x&quantity=1",
        "product=-1&quantity=1",
        f"product={2**70}&quantity=1",
        f"product={pump.pk}&quantity=NaN",
        f"product={pump.pk}&quantity=-1&customer=x&signed_on=x",
        f"product={pump.pk}",
        "&".join([f"product={pump.pk}&quantity=1"] * 900),
    ):
        assert browser.get(f"/contracts/prices/?{wrong}").status_code == 200


def test_only_who_writes_contracts_asks_for_them(nobody, sign_in):
    assert sign_in(nobody).get("/contracts/prices/").status_code == 403


def test_a_form_tells_of_every_line_once(zhang, lina, pump, draft, sign_in):
    """What it left out would stay as it is; what it told twice would count twice."""
    browser, at = sign_in(zhang), address(draft, "update")
    whole = fields_of(browser, at)
    line = {name: text for name, text in whole.items() if name.startswith("lines-0-")}
    count = {"lines-TOTAL_FORMS": 0, "lines-INITIAL_FORMS": 0, "amount": 250}
    left_out = {n: text for n, text in whole.items() if n not in line} | count
    again = {name.replace("-0-", "-1-"): text for name, text in line.items()}
    count = {"lines-TOTAL_FORMS": 2, "lines-INITIAL_FORMS": 2, "amount": 500}
    twice = whole | again | count
    a_price_list(lina, (pump, 0, 90, 80), starts_on=date(2026, 10, 1))
    for data in (left_out | {"signed_on": "2026-11-01"}, twice):
        answer = browser.post(at, data)
        assert (answer.status_code, "内容不完整" in answer.text) == (422, True)
    draft.refresh_from_db()
    assert (draft.amount, draft.signed_on) == (250, date(2026, 3, 1))


def test_days_of_signing_are_not_written_to_many_contracts_at_once(
    zhang, draft, sign_in
):
    offered = editable(Contract, zhang)
    assert "signed_on" not in offered
    assert "ends_on" in offered
