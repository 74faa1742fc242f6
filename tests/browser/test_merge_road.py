"""李娜 finds a customer that was entered twice, makes it one, and takes that back."""

import re

from playwright.sync_api import expect

from crm.duplicates.matching import look_at
from customers.models import Customer
from tests.browser.actions import expect_ids, follow, open_menu, press, sign_in
from tests.factories import a_contact, a_customer, an_interaction

ONE, OTHER = "昆明翠湖仪器有限公司", "翠湖仪器（昆明）有限公司"


def test_a_customer_entered_twice_becomes_one_and_two_again(page, zhang, lina):
    one = a_customer(zhang, name=ONE, phone="0871-63150000")
    other = a_customer(zhang, name=OTHER, address="昆明市翠湖北路2号")
    call = an_interaction(other, contact=a_contact(other, name="杨丽"))
    look_at(other)
    look_at(one)
    sign_in(page, lina)
    page.goto(f"/customers/{one.pk}/")
    page.locator("[data-duplicates] a").click()
    press(page, "不是重复")
    expect_ids(page, [])  # the wrong button: that can be taken back
    follow(page, "不是重复")
    press(page.locator("#results"), "撤销")
    expect(page.get_by_role("status")).to_contain_text("重新列为疑似重复")
    open_menu(page, "重复")
    follow(page.locator("#results"), ONE)
    moves = page.locator("[data-moves]")
    expect(moves).to_contain_text("联系人 1")
    expect(moves).to_contain_text("交往 1")
    page.locator(f'[name="winner"][value="{one.pk}"]').check()
    address = page.locator(f'[name="keep_address"][value="{other.pk}"]')
    expect(address).to_be_checked()  # the fuller one is proposed
    press(page, "合并")
    record = page.locator("#record")
    expect(record).to_have_attribute("data-id", str(one.pk))
    expect(record).to_contain_text("昆明市翠湖北路2号")
    page.goto(f"/customers/{other.pk}/")
    expect(page).to_have_url(re.compile(f"/customers/{one.pk}/"))
    open_menu(page, "重复")
    expect_ids(page, [])
    follow(page, "合并记录")
    press(page.locator("#results"), "撤销")
    expect(page.get_by_role("status")).to_contain_text("合并已撤销")
    page.goto(f"/customers/{other.pk}/")
    expect(page.locator("#record")).to_have_attribute("data-id", str(other.pk))
    call.refresh_from_db()
    assert call.customer_id == other.pk
    assert Customer.objects.get(pk=one.pk).address == ""
