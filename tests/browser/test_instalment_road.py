"""A person plans how a contract is paid: divided, looked at, saved."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.browser.actions import follow, press, sign_in, soon
from tests.browser.test_accessibility import violations_here
from tests.factories import a_contract


@pytest.mark.parametrize("width", [1440, 390])
def test_an_amount_is_divided_and_saved(page, zhang, width):
    contract = a_contract(zhang, amount=Decimal("1000.00"))
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, zhang)
    page.goto(contract.page_of("instalments"))
    page.locator("[name=parts]").fill("3")
    page.locator("[name=first_on]").fill("2027-01-31")
    press(page, "拆分")
    amount = page.locator("[name=instalments-2-amount]")
    expect(amount).to_have_value("333.34")
    day = page.locator("[name=instalments-2-due_on]")

    def are_level():
        return day.bounding_box()["y"] == amount.bounding_box()["y"]

    soon(page, are_level, width > 1000)
    assert violations_here(page) == []
    press(page, "保存")
    plan = page.locator("#instalments")
    expect(plan.locator("tbody tr")).to_have_count(3)
    expect(plan.locator("tfoot")).to_contain_text("1,000.00")
    assert violations_here(page) == []
    wide = "document.documentElement.scrollWidth"
    soon(page, lambda: page.evaluate(wide) <= width, True)
    follow(page, "回款计划")
    expect(page.locator("[name=instalments-0-due_on]")).to_have_value("2027-01-31")
