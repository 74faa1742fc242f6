"""张伟 reports, 李娜 returns and registers, 赵强 finds it in the books."""

import re

from playwright.sync_api import expect

from tests.browser.actions import decide, fill, follow, open_menu, press, sign_in, total

NAME = "昆明翠湖仪器有限公司"
REASON = "请补上统一社会信用代码"
CODE = "91530102MA6K4X7R4B"


def test_report_is_returned_corrected_and_registered(page, zhang, wang, zhao, lina):
    sign_in(page, zhang)
    customer = report_customer_with_contact(page)
    for stranger in (wang, zhao):
        sign_in(page, stranger)
        assert_unseen(page, customer)
    sign_in(page, lina)
    return_with_reason(page)
    sign_in(page, zhang)
    correct_and_report_again(page)
    sign_in(page, lina)
    register_with_contact(page)
    sign_in(page, zhao)
    assert_in_the_books(page, customer)


def report_customer_with_contact(page):
    """Add a customer and a contact under it; return the customer's address."""
    open_menu(page, "客户")
    follow(page.locator(".page-actions"), "新增")
    fill(page, name=NAME, phone="0871-63150000", status="意向")
    press(page, "保存")
    record = page.locator("#record")
    expect(record).to_have_attribute("data-registration", "reported")
    expect(record).to_contain_text("待登记")
    expect(page.get_by_role("status")).to_contain_text(NAME)
    customer = page.url.partition("#")[0]
    page.locator("#tab-contact").click()
    page.locator('[data-tab-add="contact"]').click()
    fill(page, name="杨丽", title="采购经理", mobile="13888000001")
    press(page, "保存")
    expect(page.locator("#record")).to_contain_text("杨丽")
    page.goto("/customers/")
    expect(total(page)).to_have_attribute("data-total", "1")
    return customer


def assert_unseen(page, customer):
    """A report is on nobody else's list, and its address is none."""
    page.goto(f"/customers/?q={NAME}")
    expect(total(page)).to_have_attribute("data-total", "0")
    assert page.goto(customer).status == 404


def return_with_reason(page):
    """Find the report in the inbox and send it back."""
    open_menu(page, "登记箱")
    report = page.locator("tr", has_text=NAME).first
    expect(report).to_contain_text("张伟")
    follow(report, NAME)
    decide(page, "退回", reason=REASON)
    page.goto("/system/inbox/")
    expect(page.locator('tr[data-id^="customers.customer:"]')).to_have_count(0)


def correct_and_report_again(page):
    """See the reason on the workbench, put it right, report it again."""
    card = page.locator('[data-card="returned_reports"]')
    expect(card).to_contain_text(REASON)
    follow(card, NAME)
    expect(page.locator("#record")).to_contain_text(REASON)
    follow(page, "编辑")
    fill(page, credit_code=CODE)
    press(page, "保存")
    press(page, "重新报送")
    expect(page.locator("#record")).to_have_attribute("data-registration", "reported")


def register_with_contact(page):
    """Register the customer and what is filed under it in one step."""
    open_menu(page, "登记箱")
    report = page.locator('tr[data-id^="customers.customer:"]')
    expect(report.locator("[name=with_filed]")).to_be_checked()
    press(report, "登记")
    expect(page).to_have_url(re.compile("/system/inbox/"))
    expect(page.locator("#results tbody tr")).to_have_count(0)


def assert_in_the_books(page, customer):
    """The supervisor finds customer and contact."""
    open_menu(page, "客户")
    follow(page.locator("#results"), NAME)
    expect(page).to_have_url(customer)
    record = page.locator("#record")
    expect(record).to_have_attribute("data-registration", "registered")
    expect(record).to_contain_text(CODE)
    expect(page.locator("#tab-panel")).to_contain_text("杨丽")
