"""Combined search: conditions, chips, order, pages; all of it in the address."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from tests.browser.actions import (
    choices,
    choose,
    expect_ids,
    follow,
    press,
    sign_in,
    total,
)
from tests.factories import a_customer


@pytest.fixture
def customers(zhang, liu):
    """Sixty customers in 昆明, every second one interested, and one elsewhere."""
    made = [
        a_customer(
            zhang if number % 3 else liu,
            name=f"昆明第{number:02}实验仪器有限公司",
            status="interested" if number % 2 else "potential",
        )
        for number in range(60)
    ]
    return [*made, a_customer(zhang, name="上海浦江贸易有限公司")]


def test_conditions_narrow_together_and_chips_take_them_away(page, customers, zhao):
    sign_in(page, zhao)
    page.goto("/customers/")
    expect(total(page)).to_have_attribute("data-total", "61")
    page.locator("#conditions [name=q]").fill("km")
    choose(page, "status", "意向")
    press(page, "查询")
    expect(total(page)).to_have_attribute("data-total", "30")
    expect(page).to_have_url(re.compile(r"/customers/\?q=km&status=interested"))
    chips = page.locator(".chip")
    expect(chips).to_have_count(2)
    chips.filter(has_text="意向").locator("a").click()
    expect(total(page)).to_have_attribute("data-total", "60")
    expect(chips).to_have_count(1)
    follow(page, "重置")
    expect(total(page)).to_have_attribute("data-total", "61")


def test_order_pages_and_size_go_together(page, customers, zhao):
    sign_in(page, zhao)
    page.goto("/customers/?q=昆明")
    follow(page.locator("#results thead"), "客户名称")
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("客户名称")
    expect_ids(page, [customer.pk for customer in customers[:25]])
    jump = page.locator(".pager [name=page]")
    jump.fill("3")
    jump.press("Enter")
    expect(page.locator(".pager [aria-current=page]")).to_have_text("3")
    expect_ids(page, [customer.pk for customer in customers[50:60]])
    page.locator("[data-page-size]").select_option("10")
    expect(page).to_have_url(re.compile("per_page=10"))
    expect_ids(page, [customer.pk for customer in customers[:10]])
    page.locator(".pager [rel=next]").click()
    expect_ids(page, [customer.pk for customer in customers[10:20]])
    expect(total(page)).to_have_attribute("data-total", "60")


def test_back_button_and_bookmark_show_the_same_rows(page, customers, zhao):
    sorted_rows = [customer.pk for customer in customers[:25]]
    sign_in(page, zhao)
    page.goto("/customers/")
    page.locator("#conditions [name=q]").fill("昆明")
    press(page, "查询")
    expect(total(page)).to_have_attribute("data-total", "60")
    follow(page.locator("#results thead"), "客户名称")
    expect(page.locator("th[aria-sort=ascending]")).to_be_visible()
    expect_ids(page, sorted_rows)
    bookmark = page.url
    page.locator("#results tbody .row-link").first.click()
    expect(page.locator("#record")).to_be_visible()
    page.go_back()
    expect(page.locator("th[aria-sort=ascending]")).to_be_visible()
    expect_ids(page, sorted_rows)
    page.go_back()
    expect(page.locator("th[aria-sort=ascending]")).to_have_count(0)
    page.go_back()
    expect(total(page)).to_have_attribute("data-total", "61")
    other = page.context.new_page()
    other.goto(bookmark)
    expect_ids(other, sorted_rows)
    expect(other.locator("#conditions [name=q]")).to_have_value("昆明")


def test_lookup_in_conditions_takes_the_keyboard(page, customers, zhao):
    sign_in(page, zhao)
    page.goto("/customers/")
    choose(page, "owner", "刘洋")
    expect(page.locator("#conditions .item")).to_contain_text("刘洋")
    press(page, "查询")
    expect(total(page)).to_have_attribute("data-total", "20")
    expect(page.locator(".chip")).to_contain_text("刘洋")


def test_lookup_offers_only_what_the_text_finds(page, customers, zhao):
    """However slow the answers are, and in whatever order they come."""
    sign_in(page, zhao)
    page.goto("/customers/")
    search = page.locator("#id_owner-ts-control")
    options = choices(page, "owner")
    search.focus()
    expect(options).not_to_have_count(0)
    held = []
    page.route(lambda url: "/options/" in url, lambda route: held.append(route))
    for text in ("张", "赵"):
        with page.expect_request(lambda request: "/options/" in request.url):
            search.fill(text)
            page.keyboard.press("Enter")
        expect(page.locator("#conditions .item")).to_have_count(0)
    early, late = held
    with suppress(PlaywrightError):  # it was called off
        early.continue_()
    late.continue_()
    expect(options).to_have_text(["赵强"])
    page.keyboard.press("Enter")
    expect(page.locator("#conditions .item")).to_contain_text("赵强")


def test_lookup_in_forms_takes_the_keyboard(page, zhang):
    sign_in(page, zhang)
    page.goto("/customers/add/")
    page.locator("[name=name]").fill("大理洱海旅业有限公司")
    choose(page, "region", "大理")
    press(page, "保存")
    expect(page.locator('[data-field="region"]')).to_contain_text("大理")


def test_wrong_condition_is_named_and_shows_no_rows(page, customers, zhao):
    sign_in(page, zhao)
    page.goto("/customers/?employees_min=viele&colour=red")
    expect(page.locator("#results [role=alert]")).to_have_count(2)
    expect(page.locator("#results tbody tr")).to_have_count(0)
