"""统计 as people walk it: from the menu to a picture, from a bar to its rows."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.actions import open_menu, open_page, sign_in, soon, total
from tests.browser.test_accessibility import violations_here
from tests.factories import (
    a_competitor,
    a_contract,
    a_customer,
    an_encounter,
    an_interaction,
)

CARD = "#customer-people"


@pytest.fixture
def business(zhang, zhao):
    """Two customers of one person, one of another, all new, and a contract."""
    for owner in (zhang, zhang, zhao):
        an_interaction(a_customer(owner))
    a_contract(zhang, amount=12_000_000)


def test_a_bar_opens_its_rows(page, zhao, business):
    sign_in(page, zhao)
    expect(page.locator(".desk-charts canvas").first).to_be_visible()
    open_menu(page, "统计")
    card = page.locator(CARD)
    expect(card.locator("canvas")).to_be_visible()
    expect(card.locator("table")).to_be_hidden()
    assert violations_here(page) == []
    box = card.locator("canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.26)
    page.wait_for_url(re.compile("/customers/\\?created_at_after=.*owner="))
    expect(total(page)).to_have_attribute("data-total", "3")


def test_numbers_are_reached_by_keyboard_on_a_phone(phone, zhao, business):
    sign_in(phone, zhao)
    open_page(phone, "/statistics/customers/?period=this_month")
    card = phone.locator("#customer-people")
    expect(card.locator("canvas")).to_be_visible()
    soon(phone, lambda: phone.evaluate("document.documentElement.scrollWidth"), 390)
    card.locator("summary").focus()
    phone.keyboard.press("Enter")
    number = card.locator("tbody a[data-value='3']").first
    number.focus()
    phone.keyboard.press("Enter")
    expect(total(phone)).to_have_attribute("data-total", "3")


def test_won_and_lost_are_crossed_on_a_phone(phone, zhao, zhang):
    an_encounter(a_competitor(zhao), a_customer(zhang), outcome="we_won")
    sign_in(phone, zhao)
    open_page(phone, "/statistics/encounters/")
    phone.get_by_label("赢输对照的列").select_option(label="交锋月份")
    phone.get_by_role("button", name="查询").click()
    table = phone.get_by_role("region", name="竞争对手 × 交锋月份")
    expect(table).to_contain_text("100 %")
    soon(phone, lambda: phone.evaluate("document.documentElement.scrollWidth"), 390)
    assert violations_here(phone) == []
    table.locator("tbody a[data-value='1']").last.click()
    expect(total(phone)).to_have_attribute("data-total", "1")


def test_without_scripts_there_are_the_tables(plain, zhao, business):
    sign_in(plain, zhao)
    plain.goto("/statistics/?period=this_month")
    expect(plain.locator(f"{CARD} tbody a[data-value='3']")).to_be_visible()
    expect(plain.locator(f"{CARD} .chart-picture")).to_be_hidden()
