"""A counterpart: named on the customer's page, spoken with, appraised by the head."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.models import Counterpart
from tests.browser.actions import fill, follow, open_page, pick, press, sign_in, soon
from tests.browser.test_accessibility import violations_here
from tests.browser.test_follow_up_road import write
from tests.factories import a_contact, a_counterpart, a_customer, an_item

WIDE = "document.documentElement.scrollWidth"


def fits(page, width):
    """Expect that the page is right for everybody, and no wider than it is shown."""
    assert violations_here(page) == []
    soon(page, lambda: page.evaluate(WIDE) <= width, True)


@pytest.mark.parametrize("width", [1440, 390])
def test_who_looks_after_a_customer_is_named_met_and_appraised(
    page, zhang, zhao, width
):
    today = timezone.localdate()
    level = an_item("customer_level", "A")
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司", level=level)
    a_contact(customer, name="段誉")
    late = a_counterpart(
        customer, zhang, subject="财务", since=today - timedelta(days=42)
    )
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, zhang)
    open_page(page, f"/counterparts/add/?customer={customer.pk}")
    fill(page, subject="采购", their_department="采购部")
    pick(page, "contact", "段誉")
    fits(page, width)
    press(page, "保存")
    expect(page.locator("h1")).to_contain_text("采购")
    expect(page.locator("#record")).to_contain_text(str(today + timedelta(days=14)))
    fits(page, width)

    open_page(page, "/counterparts/")
    row = page.locator(f'#results tr[data-id="{late.pk}"]')
    expect(row.locator(".pill-bad")).to_have_text(str(today - timedelta(days=12)))
    fits(page, width)
    row.locator(".row-link").click()
    page.locator("#record a[data-follow-up]").click()
    write(page)
    soon(page, lambda: Counterpart.objects.get(pk=late.pk).last_met_on, today)

    sign_in(page, zhao)
    open_page(page, "/counterparts/")
    follow(page, "考核")
    line = page.locator(f'tr[data-person="{zhang.name}"]')
    expect(line.locator("[data-held]")).to_have_attribute("data-held", "2")
    expect(line.locator("[data-overdue]")).to_have_attribute("data-overdue", "0")
    fits(page, width)
    line.locator("[data-held] a").click()
    expect(page.locator("#results tbody tr")).to_have_count(2)
