"""The long road: from a lead by quotation and contract to money and invoice."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from contracts.models import Contract, Invoice, Receipt
from sales.models import Opportunity, Quotation
from tests.browser.actions import decide, follow, open_page, pick, press, sign_in
from tests.browser.test_registration_road import fits
from tests.factories import a_lead, a_price_list, a_product
from tests.people import hire

#: 10 × 15,000 less 8 % and then 2 %; 7 × 33.33 less 2 %.
QUOTED = Decimal("135240.00") + Decimal("228.64")
HALF = Decimal("67734.32")
RECEIVED = Decimal(70_000)


@pytest.fixture
def catalogue(lina):
    """What is sold, and the list of its prices."""
    meter = a_product(lina, name="光谱仪", price=16_000)
    a_product(lina, name="比色皿", price=Decimal("33.33"))
    a_price_list(lina, (meter, 0, 15_000, 13_000), name="标准价")


@pytest.mark.parametrize("width", [1440, 390])
def test_from_a_lead_to_the_money(page, zhang, zhao, lina, catalogue, width):
    finance = hire("finance", "何敏", "finance", department=zhang.department)
    lead = a_lead(
        zhang,
        by=zhao,
        company="昆明翠湖仪器有限公司",
        person="单伟",
        mobile="13808715566",
        budget=150_000,
        need="光谱仪十台",
    )
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, zhang)
    convert(page, lead)
    quotation = quote(page, width)
    hand_in(page, lina, zhang, quotation)
    approve(page, zhao, quotation, width)
    answer(page, zhang, quotation, width)
    contract = draft(page)
    approve(page, zhao, contract, width, quoted=quotation.number)
    plan(page, zhang, contract)
    enter_receipt(page, contract)
    confirm_receipt(page, finance)
    invoice(page, zhang, finance, contract)
    read_the_sums(page, zhang, contract, width)


def convert(page, lead):
    """Make the lead a customer with a contact and an opportunity."""
    open_page(page, lead.get_absolute_url())
    follow(page, "转客户")
    deal = page.locator("#conversion-opportunity")
    deal.locator("[name=opportunity-title]").fill("光谱仪十台")
    deal.locator("[name=opportunity-amount]").fill("150000")
    deal.locator("[name=opportunity-expected_on]").fill("2027-03-01")
    press(page, "转客户")
    expect(page.locator("h1")).to_have_text(lead.company)
    page.locator("#tab-opportunity").click()
    page.locator("#tab-panel .row-link").first.click()
    expect(page.locator("#record")).to_have_attribute("data-status", "open")
    expect(page.locator("summary", has_text="赢单")).to_have_count(1)


def quote(page, width):
    """Quote from the opportunity, with a discount that a head has to approve."""
    follow(page.locator(".page-actions"), "报价")
    expect(page.locator("[name=title]")).to_have_value("光谱仪十台")
    pick(page, "lines-0-product", "光谱仪")
    page.locator("[name=lines-0-quantity]").fill("10")
    expect(page.locator("[name=lines-0-unit_price]")).to_have_value("15000.00")
    page.locator("[name=lines-0-discount]").fill("8")
    pick(page, "lines-1-product", "比色皿")
    page.locator("[name=lines-1-quantity]").fill("7")
    page.locator("[name=discount]").fill("2")
    expect(page.locator(".line-sum")).to_contain_text("135,468.64")
    forecast = page.locator("#forecast")
    expect(forecast).to_contain_text("135,468.64")
    expect(forecast).to_contain_text("折扣超过 5%")
    fits(page, width)
    press(page, "保存")
    record = page.locator("#record")
    expect(record).to_have_attribute("data-status", "draft")
    quotation = Quotation.objects.get()
    assert quotation.amount == QUOTED
    fits(page, width)
    press(page, "提交审批")
    expect(page.get_by_role("alert")).to_contain_text("客户须先登记")
    return quotation


def hand_in(page, clerk, owner, quotation):
    """Have the new customer registered with all that is filed under it, then do it."""
    sign_in(page, clerk)
    page.goto(f"/system/inbox/customers.customer/{quotation.customer_id}/")
    decision = page.locator("#decision")
    expect(decision.locator("[name=with_filed]:checked")).to_have_count(3)
    expect(decision).to_contain_text(quotation.number)
    decision.locator("[data-review-key=a]").click()
    page.wait_for_url("/system/inbox/")
    sign_in(page, owner)
    open_page(page, quotation.get_absolute_url())
    press(page, "提交审批")
    expect(page.locator("#record")).to_have_attribute("data-status", "pending")


def read_newest(page, person, verb, record):
    """Open what somebody was told of last, from their notices."""
    sign_in(page, person)
    page.locator("a[data-unread]").click()
    notice = page.locator(f'[data-verb="{verb}"]').first
    expect(notice).to_contain_text(record.number)
    notice.locator("a[data-reads]").last.click()
    expect(page.locator("#record")).to_have_attribute("data-id", f"{record.pk}")


def approve(page, head, record, width, quoted=""):
    """Be told of it, read it, and approve it on the desk."""
    read_newest(page, head, "asked", record)
    fits(page, width)
    page.goto("/approvals/")
    opened = page.locator("#opened")
    expect(opened).to_contain_text(record.number)
    expect(opened).to_contain_text("135,468.64")
    if quoted:
        part = opened.locator("[data-part=quoted]")
        expect(part).to_contain_text(quoted)
        expect(part).not_to_contain_text("相差")
    fits(page, width)
    press(opened, "批准本项")
    press(page.locator("#confirm"), "确定")
    expect(page.locator(f'#results tr[data-id="{record.pk}"]')).to_have_count(0)


def answer(page, owner, quotation, width):
    """Send it, and note that the customer takes it."""
    read_newest(page, owner, "approved", quotation)
    record = page.locator("#record")
    expect(record).to_have_attribute("data-status", "approved")
    fits(page, width)
    press(page, "标为已发送")
    expect(record).to_have_attribute("data-status", "sent")
    decide(page, "客户接受", note="单工电话确认")
    expect(record).to_have_attribute("data-status", "accepted")
    expect(record).to_contain_text("单工电话确认")
    fits(page, width)


def draft(page):
    """Draft the contract of it, and hand that in."""
    press(page, "起草合同")
    record = page.locator("#record")
    expect(record).to_have_attribute("data-status", "draft")
    expect(page.locator('[data-field="amount"]')).to_contain_text("135,468.64")
    press(page, "提交审批")
    expect(record).to_have_attribute("data-status", "pending")
    return Contract.objects.get()


def plan(page, owner, contract):
    """Plan to be paid in two halves."""
    sign_in(page, owner)
    open_page(page, contract.get_absolute_url())
    follow(page, "回款计划")
    page.locator("[name=parts]").fill("2")
    page.locator("[name=first_on]").fill("2027-01-31")
    press(page, "拆分")
    expect(page.locator("[name=instalments-1-amount]")).to_have_value(f"{HALF}")
    press(page, "保存")
    expect(page.locator("#instalments tfoot")).to_contain_text("135,468.64")


def enter_receipt(page, contract):
    """Enter what has come in: the first half, and some of the second."""
    follow(page, "录入回款")
    page.locator("[name=amount]").fill("70,000")
    page.locator("[name=payer]").fill(contract.customer.name)
    press(page, "保存")
    record = page.locator("#record")
    expect(record).to_have_attribute("data-status", "entered")


def confirm_receipt(page, finance):
    """Confirm it, and allocate it as the form proposes."""
    sign_in(page, finance)
    page.goto("/receipts/?status=entered")
    follow(page, Receipt.objects.get().number)
    press(page, "确认到账")
    press(page.locator("#confirm"), "确定")
    expect(page.locator("[data-left]")).to_have_attribute("data-left", "70000.00")
    values = page.locator("[name^=instalment-]")
    expect(values.first).to_have_value(f"{HALF}")
    expect(values.last).to_have_value(f"{RECEIVED - HALF}")
    press(page, "保存")
    expect(page.locator("#record")).to_have_attribute("data-status", "confirmed")


def invoice(page, owner, finance, contract):
    """Ask for an invoice of all, and issue it."""
    sign_in(page, owner)
    open_page(page, contract.get_absolute_url())
    follow(page, "申请开票")
    expect(page.locator("[name=amount]")).to_have_value(f"{QUOTED}")
    press(page, "保存")
    record = page.locator("#record")
    expect(record).to_have_attribute("data-status", "requested")
    sign_in(page, finance)
    page.goto("/invoices/?status=requested")
    follow(page, Invoice.objects.get().number)
    decide(page, "开具", paper_number="25532000000012345678")
    expect(record).to_have_attribute("data-status", "issued")


def read_the_sums(page, owner, contract, width):
    """All say the same: quotation, contract, plan, receipt, invoice, opportunity."""
    sign_in(page, owner)
    open_page(page, contract.get_absolute_url())
    sums = page.locator(".plan-sums")
    expect(sums).to_have_attribute("data-paid", f"{RECEIVED}.00")
    expect(sums).to_have_attribute("data-unpaid", f"{QUOTED - RECEIVED}")
    page.locator("#tab-quotation").click()
    row = page.locator("#tab-panel tbody tr")
    expect(row).to_contain_text("135,468.64")
    row.locator(".row-link").click()
    record = page.locator("#record")
    expect(record).to_have_attribute("data-status", "accepted")
    expect(record).to_contain_text(contract.number)
    fits(page, width)
    page.goto("/quotations/")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    fits(page, width)
    quotation, deal = Quotation.objects.get(), Opportunity.objects.get()
    contract.refresh_from_db()
    assert quotation.amount == contract.amount == QUOTED
    assert [one.amount for one in contract.instalments.all()] == [HALF, HALF]
    assert sum(line.amount for line in contract.lines.all()) == QUOTED
    assert Invoice.objects.get().amount == QUOTED
    assert sum(one.amount for one in Receipt.objects.get().allocations.all()) == (
        RECEIVED
    )
    assert (quotation.opportunity, quotation.contract) == (deal, contract)
