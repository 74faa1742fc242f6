"""Many records at once, and the work of somebody who leaves."""

import pytest
from playwright.sync_api import expect

from crm.models import User
from customers.models import Customer
from tests.browser.actions import choose, follow, pick, press, sign_in, soon
from tests.browser.test_phone import WIDER
from tests.factories import a_contact, a_customer
from tests.people import PASSWORD


@pytest.fixture
def customers(zhang, wang):
    """Three customers of 张伟's, one with a contact."""
    found = [a_customer(zhang, name=f"昆明仪表{number}厂") for number in "一二三"]
    a_contact(found[0])
    return found


def tick(page, *customers):
    """Tick rows of the list."""
    for one in customers:
        page.locator(f'input[name="ids"][value="{one.pk}"]').check()


def owners(customers):
    """Return the names of the owners as they stand now."""
    rows = Customer.objects.filter(pk__in=[one.pk for one in customers])
    return list(rows.order_by("pk").values_list("owner__name", flat=True))


def test_rows_are_ticked_given_away_and_taken_back(page, customers, lina):
    sign_in(page, lina)
    page.goto("/customers/?q=昆明仪表")
    bar = page.locator("#bulk")
    expect(bar.get_by_role("button", name="转移", exact=True)).to_be_disabled()
    tick(page, *customers[:2])
    expect(bar.locator("[data-selected-count]")).to_have_text("2")
    bar.locator("[name=all]").check()
    expect(bar.locator(".bulk-count")).to_be_hidden()  # ticks say nothing then
    bar.locator("[name=all]").uncheck()
    press(bar, "转移")
    expect(page.locator("[data-preview]")).to_have_attribute("data-will", "2")
    expect(page.locator("[data-along]").first).to_have_text("联系人 1")
    choose(page, "to", "王芳")
    press(page, "确定")
    expect(page.locator("#record")).to_have_attribute("data-status", "done")
    assert owners(customers) == ["王芳", "王芳", "张伟"]
    press(page, "撤销")
    expect(page.locator("#record")).to_have_attribute("data-status", "undone")
    assert owners(customers) == ["张伟"] * 3


def test_a_file_that_comes_leaves_the_bar_as_it_was(page, customers, lina):
    sign_in(page, lina)
    page.goto("/customers/?q=昆明仪表")
    tick(page, *customers[:2])
    with page.expect_download():
        press(page.locator("#bulk"), "导出所选")
    press(page.locator("#bulk"), "加入团队")
    expect(page.locator("[data-preview]")).to_have_attribute("data-will", "2")


def test_the_bar_comes_to_the_hand_on_a_phone(phone, customers, lina):
    sign_in(phone, lina)
    phone.goto("/customers/?q=昆明仪表")
    tick(phone, customers[2])
    expect(phone.locator("#bulk [data-selected-count]")).to_be_in_viewport()


def test_all_that_is_found_is_changed_on_a_phone(phone, customers, zhang):
    sign_in(phone, zhang)
    phone.goto("/customers/?q=昆明仪表")
    soon(phone, lambda: phone.evaluate(WIDER), [])
    phone.locator('#bulk [name="all"]').check()
    press(phone.locator("#bulk"), "编辑字段")
    phone.locator("[name=field]").select_option(label="客户状态")
    press(phone, "下一步")
    phone.locator("[name=value]").select_option(label="意向")
    soon(phone, lambda: phone.evaluate(WIDER), [])
    press(phone, "确定")
    expect(phone.locator("#record")).to_have_attribute("data-status", "done")
    soon(phone, lambda: phone.evaluate(WIDER), [])
    assert Customer.objects.filter(status="interested").count() == 3


def test_a_list_needs_no_script_for_it(plain, customers, lina):
    sign_in(plain, lina)
    plain.goto("/customers/?q=昆明仪表")
    tick(plain, customers[0])
    press(plain.locator("#bulk"), "转移")
    plain.locator("[name=to]").select_option(label="王芳")
    press(plain, "确定")
    expect(plain.locator("#record")).to_have_attribute("data-status", "done")
    assert owners(customers) == ["王芳", "张伟", "张伟"]


def test_a_leaver_hands_over_and_leaves_a_receipt(page, customers, zhang, zhou):
    page.set_viewport_size({"width": 1440, "height": 900})
    the_leaver_road(page, customers, zhang, zhou)


def test_a_leaver_hands_over_on_a_phone(phone, customers, zhang, zhou):
    the_leaver_road(phone, customers, zhang, zhou)


def the_leaver_road(page, customers, zhang, zhou):
    """All with the mouse: from the list of people to an account that is closed."""
    sign_in(page, zhou)
    page.goto("/system/users/?q=张伟")
    page.locator("#results tbody tr").get_by_role("link", name="张伟").first.click()
    follow(page, "停用")
    expect(page.locator("[data-left]")).to_contain_text("客户 3")
    soon(page, lambda: page.evaluate(WIDER), [])
    pick(page, "to", "王芳")
    press(page, "交接")
    receipt = page.locator("#record")
    expect(receipt).to_have_attribute("data-status", "done")
    expect(receipt).to_have_attribute("data-verified", "yes")
    expect(page.locator("[data-gone]")).to_contain_text("王芳")
    expect(page.locator("[data-hash]")).to_contain_text("校验通过")
    soon(page, lambda: page.evaluate(WIDER), [])
    assert owners(customers) == ["王芳"] * 3
    assert not User.objects.get(pk=zhang.pk).is_active
    page.locator("[data-field=leaver] a").click()
    expect(page.locator("#record .pill").first).to_have_text("停用")
    sign_out_and_try(page, zhang)


def sign_out_and_try(page, person):
    """Somebody whose account is closed types name and password in vain."""
    page.context.clear_cookies()
    page.goto("/login/")
    page.locator("[name=login]").fill(person.username)
    page.locator("[name=password]").fill(PASSWORD)
    press(page, "登录")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[name=password]")).to_be_visible()
