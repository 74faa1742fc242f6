"""The form of a contract says what comes of it before it is saved."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.browser.actions import choose, follow, sign_in, soon
from tests.factories import a_contract, a_customer, a_price_list, a_product


@pytest.fixture
def catalogue(zhang):
    """Two products with a price."""
    a_product(zhang, name="水泵", price=Decimal("1250.50"))
    a_product(zhang, name="阀门", price=Decimal(800))


def sold(page, number, name):
    """Return the field of a line."""
    return page.locator(f"[name=lines-{number}-{name}]")


def test_a_chosen_product_brings_its_price_and_all_that_follows(page, zhang, catalogue):
    sign_in(page, zhang)
    page.goto("/contracts/add/")
    forecast = page.locator("#forecast")
    expect(forecast).to_contain_text("满 100,000 元需审批")
    choose(page, "lines-0-product", "水泵")
    expect(sold(page, 0, "unit_price")).to_have_value("1250.50")
    sold(page, 0, "quantity").fill("40")
    amounts, total = page.locator(".line-amount output"), page.locator(".line-sum")
    expect(amounts.first).to_have_text("50,020.00")
    expect(total).to_contain_text("50,020.00")
    expect(forecast).to_contain_text("无需审批")
    sold(page, 0, "discount").fill("10")
    expect(amounts.first).to_have_text("45,018.00")
    choose(page, "lines-1-product", "阀门")
    sold(page, 1, "quantity").fill("100")
    expect(total).to_contain_text("125,018.00")
    expect(forecast).to_contain_text("提交后需审批：负责人所在部门主管")
    told = forecast.locator("dd")
    expect(told).to_have_text(["5,002.00", "人民币壹拾贰万伍仟零壹拾捌元整"])
    sold(page, 0, "quantity").fill("33333.335")
    sold(page, 0, "unit_price").fill("1000000.01")
    sold(page, 0, "discount").fill("12.34")
    expect(amounts.first).to_have_text("29,220,001,753.20")
    page.locator("[name=amount]").fill("99999")
    expect(forecast).to_contain_text("无需审批")


def test_the_lines_come_before_the_terms(page, zhang, catalogue):
    sign_in(page, zhang)
    page.goto("/contracts/add/")
    lines, terms = (page.locator(f"[name={n}]") for n in ("lines-0-quantity", "terms"))
    expect(terms).to_have_count(1)
    soon(page, lambda: lines.bounding_box()["y"] < terms.bounding_box()["y"], True)


def test_a_number_is_taken_as_it_is_written_by_hand(page, zhang):
    """A browser's own field of numbers made 15 of it, and said nothing."""
    sign_in(page, zhang)
    page.goto("/contracts/add/")
    page.locator("[name=amount]").press_sequentially("15万")
    expect(page.locator("#forecast")).to_contain_text("人民币壹拾伍万元整")
    expect(page.locator("#forecast")).to_contain_text("提交后需审批")


def test_a_price_that_was_typed_stays(page, zhang, catalogue):
    sign_in(page, zhang)
    page.goto("/contracts/add/")
    clear = page.locator(".line .clear-button").first
    choose(page, "lines-0-product", "水泵")
    clear.click()
    choose(page, "lines-0-product", "阀门")
    expect(sold(page, 0, "unit_price")).to_have_value("800.00")
    sold(page, 0, "unit_price").fill("790")
    clear.click()
    choose(page, "lines-0-product", "水泵")
    expect(sold(page, 0, "unit_price")).to_have_value("790")


def test_a_stored_line_is_added_up_as_it_was(page, zhang):
    contract = a_contract(zhang, amount=1000, customer=a_customer(zhang))
    pump = a_product(zhang, name="水泵", price=Decimal(9))
    contract.lines.create(product=pump, quantity=10, unit_price=100)
    sign_in(page, zhang)
    page.goto(contract.get_absolute_url())
    follow(page, "编辑")
    expect(sold(page, 0, "unit_price")).to_have_value("100.00")
    expect(page.locator(".line-amount output").first).to_have_text("1,000.00")
    page.goto(contract.get_absolute_url())
    follow(page, "复制")
    expect(page.locator("[name=title]")).to_have_value(contract.title)
    expect(sold(page, 0, "unit_price")).to_have_value("100.00")
    expect(page.locator(".line-sum")).to_contain_text("1,000.00")


def test_a_price_list_says_the_price_of_so_many_for_this_customer(page, zhang, lina):
    pump = a_product(lina, name="水泵", price=Decimal(100))
    a_price_list(lina, (pump, 0, 90), (pump, 10, 80, 70), name="标准价")
    partner = a_customer(zhang, name="华夏合作公司", kind="partner")
    fixed = {"holds_for": "group", "customer_kind": "partner", "forced": True}
    a_price_list(lina, (pump, 0, 60), name="合作价", **fixed)
    sign_in(page, zhang)
    page.goto("/contracts/add/")
    choose(page, "lines-0-product", "水泵")
    price = sold(page, 0, "unit_price")
    expect(price).to_have_value("90.00")
    sold(page, 0, "quantity").fill("4")
    choose(page, "lines-1-product", "水泵")
    sold(page, 1, "quantity").fill("6")
    sold(page, 1, "quantity").press("Tab")
    expect(price).to_have_value("80.00")
    expect(page.locator(".line-listed").first).to_contain_text("70.00")
    sold(page, 1, "unit_price").fill("85")
    choose(page, "customer", partner.name)
    expect(price).to_have_value("60.00")
    expect(price).not_to_be_editable()
    expect(sold(page, 1, "unit_price")).to_have_value("60.00")
    page.locator("[name=lines-0-product]").evaluate("one => one.tomselect.clear()")
    expect(price).to_have_value("")
    expect(price).to_be_editable()


def test_a_stored_line_keeps_its_price_until_another_product_is_chosen(
    page, zhang, lina
):
    pump = a_product(lina, name="水泵", price=Decimal(100))
    valve = a_product(lina, name="阀门", price=Decimal(8))
    contract = a_contract(zhang, amount=Decimal(500))
    contract.lines.create(product=pump, quantity=5, unit_price=100)
    a_price_list(lina, (pump, 0, 90), (valve, 0, 7), name="标准价")
    sign_in(page, zhang)
    page.goto(f"/contracts/{contract.pk}/edit/")
    sold(page, 0, "quantity").fill("6")
    sold(page, 0, "quantity").press("Tab")
    expect(page.locator(".line-listed").first).to_contain_text("90.00")
    expect(sold(page, 0, "unit_price")).to_have_value("100.00")
    field = page.locator("[name=lines-0-product]")
    field.evaluate("(one, pk) => one.tomselect.setValue(pk)", str(valve.pk))
    expect(sold(page, 0, "unit_price")).to_have_value("7.00")
