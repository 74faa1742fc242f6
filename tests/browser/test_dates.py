"""Days are typed and shown as 2026-11-26, whatever language the browser speaks."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.actions import open_page, press, sign_in
from tests.conftest import visit
from tests.factories import a_contract, a_customer


@pytest.fixture
def american(browser, live_server):
    """Return a page of a browser that would write 11/26/2026."""
    settled = {"locale": "en-US", "timezone_id": "America/New_York"}
    with visit(browser, live_server, **settled) as opened:
        yield opened


def test_a_day_is_shown_and_stored_as_it_was_typed(american, zhang):
    contract = a_contract(zhang)
    sign_in(american, zhang)
    american.goto(f"{contract.get_absolute_url()}edit/")
    american.locator("[name=signed_on]").fill("2026-11-26")
    press(american, "保存")
    expect(american.locator('[data-field="signed_on"]')).to_contain_text("2026-11-26")
    american.goto(f"{contract.get_absolute_url()}edit/")
    expect(american.locator("[name=signed_on]")).to_have_value("2026-11-26")


@pytest.mark.parametrize(
    "typed",
    ["20261126", "2026/11/26", "2026.11.26", "2026年11月26日", "２０２６－１１－２６"],
)
def test_what_is_typed_otherwise_and_is_a_day_is_put_so(page, zhang, typed):
    sign_in(page, zhang)
    page.goto("/contracts/add/")
    field = page.locator("[name=signed_on]")
    field.fill(typed)
    field.press("Tab")
    expect(field).to_have_value("2026-11-26")


@pytest.mark.parametrize("typed", ["2026-02-30", "05/06/2026", "morgen"])
def test_what_is_no_day_is_left_and_refused(page, zhang, typed):
    contract = a_contract(zhang)
    sign_in(page, zhang)
    page.goto(f"{contract.get_absolute_url()}edit/")
    page.locator("[name=signed_on]").fill(typed)
    press(page, "保存")
    error = page.locator('[data-field="signed_on"] .invalid-feedback')
    expect(error).to_be_visible()
    expect(page.locator("[name=signed_on]")).to_have_value(typed)


def test_the_calendar_is_used_with_the_mouse_and_with_keys(page, zhang):
    sign_in(page, zhang)
    page.goto("/contracts/add/")
    field = page.locator("[name=signed_on]")
    field.fill("2026-11-26")
    page.locator('[data-field="signed_on"] .dated-opener').click()
    page.locator('.calendar [data-day="2026-11-05"]').click()
    expect(field).to_have_value("2026-11-05")
    expect(page.locator(".calendar")).to_have_count(0)
    field.press("Alt+ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(field).to_have_value("2026-12-11")
    expect(field).to_be_focused()


def test_a_word_fills_in_the_next_contact(page, zhang):
    customer = a_customer(zhang)
    sign_in(page, zhang)
    open_page(page, f"/interactions/add/?customer={customer.pk}")
    place = page.locator('[data-field="next_contact_at"]')
    press(place, "明天")
    tomorrow = timezone.localdate() + timedelta(days=1)
    expect(place.locator("input")).to_have_value(f"{tomorrow} 09:00")
    press(place, "下周")
    week = timezone.localdate() + timedelta(days=7)
    expect(place.locator("input")).to_have_value(f"{week} 09:00")


def test_no_field_of_a_day_follows_the_browser(page, zhang):
    sign_in(page, zhang)
    for address in ("/contracts/", "/contracts/add/", "/interactions/add/"):
        page.goto(address)
        native = page.locator("input[type=date], input[type=datetime-local]")
        expect(native).to_have_count(0)
