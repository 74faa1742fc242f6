"""张伟 deletes a customer with its contact, and takes both back."""

from playwright.sync_api import expect

from tests.browser.actions import follow, open_menu, press, sign_in, total
from tests.factories import a_contact, a_customer

NAME = "大理苍山雪茶有限公司"


def test_a_customer_comes_back_with_the_contact(page, zhang):
    customer = a_customer(zhang, name=NAME)
    contact = a_contact(customer, name="段誉")
    sign_in(page, zhang)
    for record in (contact, customer):
        page.goto(record.get_absolute_url())
        follow(page.locator(".page-actions"), "删除")
        press(page, "确认删除")
        expect(page.get_by_role("status")).to_contain_text(str(record))
    open_menu(page, "回收站")
    expect(total(page)).to_have_attribute("data-total", "2")
    row = page.locator("#results tr", has_text=NAME)
    follow(row, "连同其他 1 条…")
    expect(page.locator("[data-belonging]")).to_contain_text("段誉")
    press(page, "恢复")
    expect(page.get_by_role("status")).to_contain_text("及其他 1 条")
    page.goto(contact.get_absolute_url())
    expect(page.locator("#record")).to_contain_text("段誉")
