"""A lead: assigned, contacted, and made a customer, with mouse and on the phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.actions import follow, press, sign_in, soon
from tests.browser.test_accessibility import violations_here
from tests.factories import a_customer, a_lead

WIDE = "document.documentElement.scrollWidth"


@pytest.mark.parametrize("width", [1440, 390])
def test_a_lead_becomes_a_customer(page, zhang, zhao, width):
    lead = a_lead(zhang, by=zhao, person="单伟", mobile="13808715566", budget=88_000)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, zhang)
    page.goto("/leads/?status=pending")
    assert violations_here(page) == []
    follow(page, lead.number)
    page.locator("summary", has_text="记首次联系").click()
    opened = page.locator("details[open]")
    opened.locator("[name=method]").select_option(label="打电话")
    opened.locator("[name=text]").fill("约下周看样机")
    assert violations_here(page) == []
    opened.locator("button[type=submit]").click()
    record = page.locator("#record")
    expect(record).to_have_attribute("data-status", "working")
    follow(page, "转客户")
    expect(page.locator("[name=customer-name]")).to_have_value(lead.company)
    assert violations_here(page) == []
    soon(page, lambda: page.evaluate(WIDE) <= width, True)
    choice = page.locator("#conversion-opportunity")
    expect(choice.locator("[name=opportunity-title]")).to_be_visible()
    choice.get_by_text("不建").click()
    expect(choice.locator("[name=opportunity-title]")).to_be_hidden()
    press(page, "转客户")
    expect(page.locator("h1")).to_have_text(lead.company)
    page.goto(lead.get_absolute_url())
    expect(record).to_have_attribute("data-status", "converted")
    assert violations_here(page) == []


def test_a_customer_that_is_there_is_chosen_and_said(page, zhang):
    customer = a_customer(zhang, name="玉溪汇溪水务有限公司", phone="13808715566")
    lead = a_lead(zhang, company=customer.name, mobile="13808715566")
    sign_in(page, zhang)
    page.goto(f"{lead.get_absolute_url()}conversion/")
    block = page.locator("#conversion-customer")
    expect(block.locator("[value=existing]")).to_be_checked()
    expect(block.locator("[name=customer-name]")).to_be_hidden()
    expect(page.locator(".match-list")).to_contain_text(customer.number)
    assert violations_here(page) == []
    press(page, "转客户")
    expect(page.locator("h1")).to_have_text(customer.name)
