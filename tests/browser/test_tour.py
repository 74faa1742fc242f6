"""The tour: from page to page by its buttons, with what it speaks of drawn round."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.actions import sign_in, soon


@pytest.mark.parametrize("width", [1440, 390])
def test_one_goes_through_ones_own_pages_and_ends_where_one_began(page, zhang, width):
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, zhang)
    page.get_by_role("button", name="开始导览").click()
    place = page.locator(".tour-place")
    wider = "document.documentElement.scrollWidth > window.innerWidth"
    for number in range(1, 8):
        expect(place).to_have_text(f"导览：第 {number} 步，共 8 步")
        expect(page.locator(".is-toured")).to_have_count(1)
        soon(page, lambda: page.evaluate(wider), expected=False)
        page.get_by_role("button", name="下一步").click()
    expect(place).to_have_text("导览：第 8 步，共 8 步")
    page.get_by_role("button", name="上一步").click()
    expect(page).to_have_url(re.compile(r"/contracts/$"))
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="完成").click()
    expect(page).to_have_url(re.compile(r"://[^/]+/$"))
    expect(place).to_have_count(0)
    expect(page.get_by_role("button", name="开始导览")).to_be_visible()
