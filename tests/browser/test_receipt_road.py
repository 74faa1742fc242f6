"""Money comes in: entered by who sells, confirmed by finance, then allocated."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.browser.actions import follow, press, sign_in, soon
from tests.browser.test_accessibility import violations_here
from tests.contracts.test_receipts import owing
from tests.factories import a_receipt
from tests.people import hire


@pytest.mark.parametrize("width", [1440, 390])
def test_a_receipt_is_confirmed_and_allocated(page, zhang, zhao, width):
    contract, (first, _second) = owing(zhang, zhao)
    finance = hire("finance", "何敏", "finance", department=zhang.department)
    receipt = a_receipt(contract.customer, Decimal(60_000), zhang, payer="代付公司")
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, finance)
    page.goto("/receipts/?status=entered")
    assert violations_here(page) == []
    follow(page, receipt.number)
    press(page, "确认到账")
    press(page.locator("#confirm"), "确定")
    field = page.locator(f"[name=instalment-{first.pk}]")
    expect(field).to_have_value("50000.00")
    assert violations_here(page) == []
    field.fill("50,000.01")
    press(page, "保存")
    expect(page.locator(".invalid-feedback")).to_contain_text("50,000.00")
    field.fill("49999.99")
    press(page, "保存")
    expect(page.locator("#record")).to_have_attribute("data-status", "confirmed")
    assert violations_here(page) == []
    page.locator("#allocations a").first.click()
    row = page.locator(f"[data-instalment='{first.pk}']")
    expect(row).to_have_attribute("data-state", "part")
    wide = "document.documentElement.scrollWidth"
    soon(page, lambda: page.evaluate(wide) <= width, True)
    assert violations_here(page) == []
