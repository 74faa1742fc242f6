"""From a list to its records and back to the list as it was searched."""

import re

from playwright.sync_api import expect

from tests.browser.actions import follow, sign_in
from tests.factories import a_customer


def test_the_breadcrumb_leads_back_to_the_search(page, zhang):
    for number in range(3):
        a_customer(zhang, name=f"昆明第{number}仪器有限公司")
    a_customer(zhang, name="上海浦江贸易有限公司")
    sign_in(page, zhang)
    page.goto("/customers/?q=昆明&sort=name")
    follow(page.locator("#results"), "昆明第0仪器有限公司")
    expect(page.locator(".beside")).to_contain_text("1 / 3")
    page.get_by_role("link", name="下一条").click()
    expect(page.locator("h1")).to_have_text("昆明第1仪器有限公司")
    page.get_by_role("link", name="上一条").click()
    expect(page.locator("h1")).to_have_text("昆明第0仪器有限公司")
    page.locator(".crumb [data-list]").click()
    expect(page).to_have_url(re.compile(r"/customers/\?q=.+&sort=name"))


def test_what_is_counted_is_the_page_where_there_are_more(page, zhang):
    for number in range(11):
        a_customer(zhang, name=f"昆明第{number:02}仪器有限公司")
    sign_in(page, zhang)
    page.goto("/customers/?sort=name&per_page=10")
    follow(page.locator("#results"), "昆明第00仪器有限公司")
    expect(page.locator(".beside")).to_contain_text("本页 1 / 10")


def test_the_rows_of_the_pages_beside_are_a_click_away(page, zhang):
    for number in range(11):
        a_customer(zhang, name=f"昆明第{number:02}仪器有限公司")
    sign_in(page, zhang)
    page.goto("/customers/?sort=name&per_page=10")
    follow(page.locator("#results"), "昆明第09仪器有限公司")
    page.get_by_role("link", name="下一条").click()
    expect(page.locator("h1")).to_have_text("昆明第10仪器有限公司")
    expect(page.get_by_role("link", name="下一条")).to_have_count(0)
    page.get_by_role("link", name="上一条").click()
    expect(page.locator("h1")).to_have_text("昆明第09仪器有限公司")


def test_a_record_that_no_list_showed_leads_to_the_whole_list(page, zhang):
    customer = a_customer(zhang)
    sign_in(page, zhang)
    page.goto(customer.get_absolute_url())
    expect(page.locator(".beside")).to_have_count(0)
    page.locator(".crumb [data-list]").click()
    expect(page).to_have_url("/customers/")


def test_a_name_that_is_cut_off_is_told(page, zhang):
    long = "云南省昆明市西山区滇池国家旅游度假区仪器仪表进出口贸易有限责任公司"
    a_customer(zhang, name=long)
    sign_in(page, zhang)
    page.goto("/customers/")
    cell = page.locator(".rows td", has=page.locator(".row-link"))
    if cell.evaluate("cell => cell.scrollWidth > cell.clientWidth"):
        expect(cell).to_have_attribute("title", long)
    else:
        expect(cell).to_have_text(long)
