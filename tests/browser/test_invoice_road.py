"""An invoice: asked for at the contract, issued by finance, to be taken back."""

import pytest
from playwright.sync_api import expect

from contracts.models import Invoice
from tests.browser.actions import follow, press, sign_in, soon
from tests.browser.test_accessibility import violations_here
from tests.contracts.test_receipts import owing
from tests.people import hire


@pytest.mark.parametrize("width", [1440, 390])
def test_an_invoice_is_asked_for_and_issued(page, zhang, zhao, width):
    contract, _plan = owing(zhang, zhao)
    finance = hire("finance", "何敏", "finance", department=zhang.department)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, zhang)
    page.goto(f"/invoices/add/?contract={contract.pk}")
    assert violations_here(page) == []
    expect(page.locator("[name=amount]")).to_have_value("100000.00")
    page.locator("[name=amount]").fill("100,000.01")
    press(page, "保存")
    expect(page.locator(".invalid-feedback")).to_contain_text("100,000.00")
    page.locator("[name=amount]").fill("1万")
    press(page, "保存")
    expect(page.locator("#record")).to_have_attribute("data-status", "requested")
    assert violations_here(page) == []
    invoice = Invoice.objects.get()
    sign_in(page, finance)
    page.goto("/invoices/?status=requested")
    assert violations_here(page) == []
    follow(page, invoice.number)
    page.locator("summary", has_text="开具").click()
    page.locator("[name=paper_number]").fill("25532000000012345678")
    assert violations_here(page) == []
    press(page.locator("[action$='/issue/']"), "开具")
    expect(page.locator("#record")).to_have_attribute("data-status", "issued")
    wide = "document.documentElement.scrollWidth"
    soon(page, lambda: page.evaluate(wide) <= width, True)
    page.goto(f"/invoices/add/?red_of={invoice.pk}")
    expect(page.locator("[name=amount]")).to_have_value("-10000.00")
