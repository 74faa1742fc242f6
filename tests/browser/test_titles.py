"""A fragment never changes the page around it; the open tab stands in the address."""

import re

from playwright.sync_api import expect

from tests.browser.actions import follow, open_page, sign_in
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    an_encounter,
)

PRODUCT = "客户资源管理系统"


def test_a_record_keeps_its_title_whatever_tab_is_open(page, zhang, lina):
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司")
    a_contact(customer)
    competitor = a_competitor(lina, name="滇池仪表")
    encounter = an_encounter(competitor, customer)
    contract = a_contract(zhang, customer=customer)
    sign_in(page, lina)
    for record in (customer, competitor, encounter, contract):
        open_page(page, record.get_absolute_url())
        title = f"{record} – {PRODUCT}"
        expect(page).to_have_title(title)
        for tab in page.locator("[data-tab]").all():
            with page.expect_response(lambda answer: "HX" not in answer.url):
                tab.click()
            expect(tab).to_have_class(re.compile("active"))
            expect(page.locator("#tab-panel.htmx-request")).to_have_count(0)
            expect(page).to_have_title(title)


def test_a_search_keeps_the_title_of_its_list(page, zhang):
    a_customer(zhang, name="昆明翠湖仪器有限公司")
    sign_in(page, zhang)
    page.goto("/customers/")
    page.locator("[name=q]").last.fill("翠湖")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("翠湖|%E7%BF%A0"))
    expect(page).to_have_title(f"客户 – {PRODUCT}")


def test_the_open_tab_stands_in_the_address(page, zhang):
    customer = a_customer(zhang)
    contact = a_contact(customer)
    sign_in(page, zhang)
    open_page(page, customer.get_absolute_url())
    page.locator("#tab-history").click()
    expect(page.locator("#tab-panel .history-entry")).not_to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?tab=history$"))
    page.reload()
    expect(page.locator("#tab-panel .history-entry")).not_to_have_count(0)
    expect(page.locator("#tab-history")).to_have_attribute("aria-current", "true")
    page.locator("#tab-contact").click()
    expect(page.locator("#tab-panel .rows")).to_contain_text(contact.name)
    follow(page.locator("#tab-panel"), contact.name)
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?tab=contact$"))
    expect(page.locator("#tab-panel .rows")).to_contain_text(contact.name)
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?tab=history$"))
    expect(page.locator("#tab-panel .history-entry")).not_to_have_count(0)
