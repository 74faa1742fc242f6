"""Ctrl+K: to any page or record, without taking the hands off the keys."""

import pytest
from playwright.sync_api import expect

from tests.browser.actions import open_page, sign_in
from tests.factories import a_customer


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_and_records_are_reached_by_their_initials(page, zhang, width):
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司")
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, zhang)
    open_page(page, "/profile/")
    page.keyboard.press("Control+k")
    box = page.locator("#palette input")
    expect(box).to_be_focused()
    options = page.locator("#palette [role=option]")
    box.fill("hetong")
    expect(options.first).to_contain_text("合同")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contracts/")
    page.keyboard.press("Control+k")
    box.fill("chyq")
    found = options.filter(has_text="昆明翠湖仪器有限公司")
    expect(found).to_be_visible()
    found.click()
    page.wait_for_url(f"**{customer.get_absolute_url()}")
    star = page.get_by_role("button", name="收藏")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    open_page(page, "/")
    expect(page.locator("[data-card=starred] a")).to_have_text(customer.name)
    page.keyboard.press("Control+k")
    expect(options.first).to_contain_text(customer.name)  # seen last, nothing typed
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
