"""An invoice: asked for by who sells, issued by finance, taken back by a red one."""

import pytest
from playwright.sync_api import expect

from contracts.models import Invoice
from tests.browser.actions import decide, follow, open_page, press, sign_in, soon
from tests.browser.test_accessibility import violations_here
from tests.contracts.test_receipts import owing
from tests.people import hire


@pytest.mark.parametrize("width", [1440, 390])
def test_an_invoice_is_asked_for_issued_and_taken_back(page, zhang, zhao, width):
    contract, _plan = owing(zhang, zhao)
    finance = hire("finance", "何敏", "finance", department=zhang.department)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, zhang)
    open_page(page, contract.get_absolute_url())
    follow(page, "申请开票")
    amount = page.locator("[name=amount]")
    expect(amount).to_have_value(f"{contract.amount:.2f}")
    amount.fill(f"{contract.amount + 1:.2f}")
    press(page, "保存")
    expect(page.locator(".invalid-feedback")).to_contain_text("最多还可开票")
    assert violations_here(page) == []
    amount.fill("1000.50")
    press(page, "保存")
    record = page.locator("#record")
    expect(record).to_have_attribute("data-status", "requested")
    invoice = Invoice.objects.get()
    sign_in(page, finance)
    open_page(page, "/invoices/?status=requested")
    follow(page, invoice.number)
    decide(page, "开具", paper_number="25532000000012345678")
    expect(record).to_have_attribute("data-status", "issued")
    assert violations_here(page) == []
    sign_in(page, zhang)
    open_page(page, invoice.get_absolute_url())
    follow(page, "申请红冲")
    expect(amount).to_have_value("-1000.50")
    amount.fill("-400")
    press(page, "保存")
    expect(record).to_have_attribute("data-status", "requested")
    sign_in(page, finance)
    open_page(page, Invoice.objects.latest("pk").get_absolute_url())
    decide(page, "开具", paper_number="25532000000012345679")
    expect(record).to_have_attribute("data-status", "issued")
    open_page(page, invoice.get_absolute_url())
    expect(record).to_have_attribute("data-standing", "600.50")
    expect(page.locator("#reds [data-red]")).to_have_count(1)
    wide = "document.documentElement.scrollWidth"
    soon(page, lambda: page.evaluate(wide) <= width, True)
