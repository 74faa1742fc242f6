"""The flow of an approval is drawn, on every screen, and told to whoever listens."""

import pytest
from playwright.sync_api import expect

from contracts import approval
from tests.browser.actions import sign_in, soon
from tests.contracts.test_approval import HUGE, verdict
from tests.factories import a_contract, a_customer

WIDTH = 390


@pytest.fixture
def half_decided(zhang, zhao, qian):
    """A contract that waits for its second verdict."""
    contract = a_contract(zhang, amount=HUGE, customer=a_customer(zhang))
    approval.submit(contract, by=zhang)
    verdict(contract, zhao, opinion="同意，注意付款条件")
    return contract


def test_a_flow_fits_the_narrowest_screen(phone, half_decided, qian):
    sign_in(phone, qian)
    phone.goto("/approvals/")
    phone.get_by_text("审批流程", exact=True).first.click()
    for address in ("", half_decided.get_absolute_url()):
        if address:
            phone.goto(address)
        drawing = phone.locator("svg.flow-drawing")
        expect(drawing.locator("text", has_text="钱进")).to_be_visible()
        soon(phone, drawing.bounding_box, fits)
        wide = "document.documentElement.scrollWidth"
        soon(phone, lambda js=wide: phone.evaluate(js), lambda found: found <= WIDTH)


def fits(box):
    """Say whether a box lies within the screen."""
    return box["x"] >= 0 and box["x"] + box["width"] <= WIDTH


def test_what_is_drawn_is_told_once(page, half_decided, qian):
    sign_in(page, qian)
    page.goto("/approvals/")
    page.get_by_text("审批流程", exact=True).first.click()
    expect(page.get_by_role("img", name="审批流程")).to_be_visible()
    page.goto(half_decided.get_absolute_url())
    expect(page.locator("svg.flow-drawing")).to_be_visible()
    expect(page.get_by_role("img", name="审批流程")).to_have_count(0)
    told = page.get_by_role("list").filter(has_text="上级部门主管")
    expect(told.get_by_role("listitem")).to_have_count(3)
    expect(page.locator("p.flow-opinion")).to_contain_text("赵强：同意，注意付款条件")
