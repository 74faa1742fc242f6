"""A piece may cost 0.0125 CNY: prices have four places, and show those they have."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from contracts import approval
from contracts.models import Contract, Product
from contracts.snapshots import content_of
from crm.models import HistoryEntry
from tests.contracts.test_contract_pages import fields_of, with_line
from tests.crm.test_past import history_of
from tests.factories import a_contract, a_customer, a_product
from tests.pages import form_of

pytestmark = pytest.mark.django_db

SHOWN = (("0.0125", "0.0125"), ("12.5", "12.50"), ("12.500", "12.50"), ("7", "7.00"))


@pytest.fixture
def screw(zhang):
    """A product whose price is a part of a cent more than one."""
    return a_product(zhang, name="螺钉", price=Decimal("0.0125"))


@pytest.mark.parametrize(("price", "shown"), SHOWN)
def test_a_price_shows_the_places_it_has(zhang, lina, sign_in, price, shown):
    product = a_product(zhang, price=Decimal(price))
    assert str(Product.objects.get(pk=product.pk).price) == shown
    browser = sign_in(lina)
    assert f">{shown}<" in browser.get(product.get_absolute_url()).text
    assert f'value="{shown}"' in browser.get(f"/products/{product.pk}/edit/").text
    assert f">{shown}<" in browser.get("/products/").text


def test_a_contract_of_screws_is_written_and_approved(zhang, zhao, screw, sign_in):
    browser = sign_in(zhang)
    typed = fields_of(browser, "/contracts/add/") | {
        "title": "螺钉一千万只",
        "customer": a_customer(zhang).pk,
    }
    answer = browser.post("/contracts/add/", with_line(typed, 0, screw, "10000000"))
    assert answer.status_code == 302
    contract = Contract.objects.get()
    assert contract.amount == Decimal("125000.00")
    assert "0.0125" in browser.get(contract.get_absolute_url()).text
    approval.submit(contract, by=zhang)
    assert '"unit_price":"0.0125"' in contract.rounds.get().snapshot


def test_five_places_are_refused_at_the_field(zhang, screw, sign_in):
    browser = sign_in(zhang)
    typed = fields_of(browser, "/contracts/add/") | {
        "title": "螺钉",
        "customer": a_customer(zhang).pk,
    }
    sent = with_line(typed, 0, screw, "10", price="0.01255")
    answer = browser.post("/contracts/add/", sent)
    assert answer.status_code == 422
    assert "最多 4 位小数" in answer.text
    assert not Contract.objects.exists()


@pytest.mark.parametrize("price", ["1e400", "NaN", "Infinity", "1" + "0" * 40])
def test_what_no_price_can_be_is_refused_and_not_rounded(zhang, price):
    with pytest.raises(ValidationError) as refused:
        Product(name="螺钉", code="L1", price=Decimal(price)).clean_fields()
    assert "price" in refused.value.message_dict


def test_a_snapshot_keeps_a_price_as_those_of_before_do(zhang):
    """They have 12.50, where the table has 12.5000."""
    contract = a_contract(zhang, customer=a_customer(zhang), amount=Decimal("125000"))
    contract.lines.create(
        product=a_product(zhang), quantity=10_000, unit_price=Decimal("12.5")
    )
    assert content_of(contract)["lines"][0]["unit_price"] == "12.50"


@pytest.mark.parametrize(("old", "shown"), [("0.0125", "0.0125"), ("220.1", "220.10")])
def test_an_old_price_is_put_back_as_it_was(lina, sign_in, old, shown):
    product = a_product(lina, price=Decimal(old))
    product.price = Decimal("0.0333")
    product.save()
    changed = HistoryEntry.objects.filter(
        label="contracts.product", changes__has_key="price"
    )
    url = f"/products/{product.pk}/edit/?restore={changed.latest('pk').pk}&field=price"
    browser = sign_in(lina)
    form = browser.get(url).context["form"]
    assert str(form["price"].value()) == shown
    assert browser.post(url, form_of(browser, url)).status_code == 302
    product.refresh_from_db()
    assert product.price == Decimal(old)


@pytest.mark.parametrize("price", ["0.01250", "12.500000", "0.00000", "1.2500万"])
def test_zeros_behind_the_places_are_no_mistake(lina, sign_in, price):
    product, browser = a_product(lina), sign_in(lina)
    url = f"/products/{product.pk}/edit/"
    answer = browser.post(url, form_of(browser, url) | {"price": price})
    assert answer.status_code == 302


def test_lines_that_come_to_nothing_are_followed_too(zhang, screw, sign_in):
    contract = a_contract(zhang, customer=a_customer(zhang), amount=0)
    contract.lines.create(product=screw, quantity=Decimal("0.001"), unit_price=1)
    assert contract.lines.get().amount == 0
    browser, url = sign_in(zhang), f"{contract.get_absolute_url()}edit/"
    sent = fields_of(browser, url) | {"lines-0-quantity": "10"}
    assert browser.post(url, sent).status_code == 302
    contract.refresh_from_db()
    assert contract.amount == 10


def test_the_history_tells_a_price_with_its_places(lina, sign_in):
    product = a_product(lina, price=Decimal("1.5"))
    product.price = Decimal("0.0375")
    product.save()
    page = sign_in(lina).get(history_of(product)).text
    assert "1.50" in page
    assert "0.0375" in page
