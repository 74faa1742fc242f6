"""Everything works in a browser that runs no scripts."""

from playwright.sync_api import expect

from tests.browser.actions import fill, follow, ids, press, sign_in, total
from tests.factories import a_customer


def test_search_and_pages(plain, zhang):
    made = [a_customer(zhang, name=f"昆明第{n:02}仪器有限公司") for n in range(30)]
    a_customer(zhang, name="上海浦江贸易有限公司")
    sign_in(plain, zhang)
    plain.goto("/customers/")
    fill(plain, q="昆明")
    press(plain, "查询")
    expect(total(plain)).to_have_attribute("data-total", "30")
    follow(plain.locator("#results thead"), "客户名称")
    assert ids(plain) == [customer.pk for customer in made[:25]]
    plain.locator(".pager [rel=next]").click()
    assert ids(plain) == [customer.pk for customer in made[25:]]
    plain.locator("[data-page-size]").select_option("50")
    plain.locator(".pager [name=page]").fill("1")
    plain.locator(".pager-form button").click()
    assert ids(plain) == [customer.pk for customer in made]
    plain.locator(".chip a").click()
    expect(total(plain)).to_have_attribute("data-total", "31")


def test_saving_and_deleting(plain, zhang):
    sign_in(plain, zhang)
    plain.goto("/customers/add/")
    press(plain, "保存")
    expect(plain.locator('[data-field="name"] .invalid-feedback')).to_be_visible()
    fill(plain, name="昆明翠湖仪器有限公司", status="意向")
    press(plain, "保存")
    expect(plain.locator("#record")).to_contain_text("意向")
    follow(plain, "编辑")
    fill(plain, phone="0871-63150000")
    press(plain, "保存")
    expect(plain.locator("#record")).to_contain_text("0871-63150000")
    follow(plain, "删除")
    press(plain, "确认删除")
    expect(total(plain)).to_have_attribute("data-total", "0")


def test_tabs_are_links_to_lists(plain, zhang):
    customer = a_customer(zhang)
    sign_in(plain, zhang)
    plain.goto(customer.get_absolute_url())
    plain.locator("#tab-contact").click()
    expect(plain).to_have_url(f"/contacts/?customer={customer.pk}")
    plain.go_back()
    plain.locator("#tab-history").click()
    expect(plain.locator(".history-entry")).not_to_have_count(0)
