"""张伟 plans a visit, drags a contact to another day, and takes it back by keys."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.models import Customer
from system.calendar.models import CalendarEvent
from tests.browser.actions import fill, open_page, press, sign_in, soon
from tests.browser.test_accessibility import violations_here
from tests.factories import a_customer

DAY = date(2026, 10, 14)
MONTH = f"/calendar/?date={DAY}"


def promised(zhang):
    """Return a customer who was promised a contact on that day."""
    at = timezone.make_aware(datetime.combine(DAY, time(9)))
    return a_customer(zhang, name="昆明翠湖仪器有限公司", next_contact_at=at)


def cell(page, day):
    """Return the place of a day."""
    return page.locator(f'[data-day="{day}"]')


def test_a_contact_is_dragged_and_taken_back_by_keys(page, zhang):
    customer, later = promised(zhang), DAY + timedelta(days=8)
    sign_in(page, zhang)
    open_page(page, MONTH)
    page.locator("[data-move]").drag_to(cell(page, later))
    expect(page.get_by_role("status").first).to_contain_text(str(later))
    expect(cell(page, later).locator("[data-move]")).to_have_count(1)
    page.locator("[data-move] a").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(cell(page, later - timedelta(days=7)).locator("[data-move]")).to_have_count(
        1
    )
    Customer.objects.filter(pk=customer.pk).update(remarks="同事改过")
    page.locator("[data-move] a").focus()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator("main")).to_contain_text("已被他人修改")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_visit_is_planned_on_a_day(page, zhang, width):
    page.set_viewport_size({"width": width, "height": 844})
    promised(zhang)
    sign_in(page, zhang)
    open_page(page, MONTH)
    assert violations_here(page) == []
    cell(page, DAY).hover()
    cell(page, DAY).locator(".agenda-add").click()
    expect(page.locator("[name=starts_at]")).to_have_value(f"{DAY} 09:00")
    fill(page, title="上门演示")
    press(page, "保存")
    page.locator("#calendar a", has_text="上门演示").click()
    expect(page.locator("#record")).to_contain_text(f"{DAY} 10:00")
    assert violations_here(page) == []
    soon(page, lambda: page.evaluate("document.documentElement.scrollWidth"), width)
    assert CalendarEvent.objects.get().person == zhang
    open_page(page, f"{MONTH}&view=day")
    row = page.locator(".agenda-row").filter(has_text="上门演示")
    row.locator(".agenda-another").click()
    fill(page, day="2026-10-20")
    press(page, "改期")
    expect(page).to_have_url(re.compile("view=day"))
    assert violations_here(page) == []
