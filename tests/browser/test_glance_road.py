"""The customer at a glance, by mouse: figures, time line, the next field, network."""

import re

import pytest
from playwright.sync_api import expect

from crm.history import timeline
from customers.models import Relation
from tests.browser.actions import open_page, sign_in, soon
from tests.factories import a_contact, a_customer, an_interaction, an_item


@pytest.mark.parametrize("width", [1440, 390])
def test_a_customer_is_known_at_a_glance(page, zhang, width, monkeypatch):
    monkeypatch.setattr(timeline, "SIZE", 3)
    page.set_viewport_size({"width": width, "height": 900})
    customer, other = a_customer(zhang, name="华夏仪表"), a_customer(zhang, name="乙厂")
    Relation.objects.create(customer=customer, kind="supplies", other=other)
    a_contact(
        customer, mobile="13800000000", decision_role=an_item("contact_role", "user")
    )
    for number in range(5):
        an_interaction(customer, subject=f"第{number}次")
    sign_in(page, zhang)
    open_page(page, customer.get_absolute_url())
    lines = page.locator("#tab-panel .line")
    expect(lines).to_have_count(3)
    page.locator('[data-kind="interaction"]').click()
    expect(page.locator('[data-kind="interaction"]')).to_have_attribute(
        "aria-current", "true"
    )
    page.get_by_role("link", name="更早的").click()
    expect(lines).to_have_count(5)
    expect(page.get_by_role("link", name="更早的")).to_have_count(0)
    expect(page).to_have_url(re.compile(f"/customers/{customer.pk}/$"))

    page.locator('[data-tab-section="facts"]').click()
    expect(page.locator("#facts .facts")).to_be_visible()
    expect(lines.first).to_be_hidden()
    page.locator('[data-tab="relations"]').click()
    expect(page.locator("#facts")).to_be_hidden()
    page.locator(".net-node", has_text="乙厂").click()
    expect(page).to_have_url(re.compile(f"/customers/{other.pk}/relations/$"))
    expect(page.locator(".net-middle")).to_contain_text("乙厂")

    open_page(page, customer.get_absolute_url())
    soon(page, lambda: page.evaluate("document.documentElement.scrollWidth"), width)
    page.locator('[data-figure="interactions"] a').click()
    expect(page.locator("[data-total]")).to_have_attribute("data-total", "5")
    open_page(page, customer.get_absolute_url())
    page.locator(".glance-next a").click()
    expect(page).to_have_url(re.compile(r"/edit/#id_phone$"))
    if width == 1440:
        expect(page.locator("#id_phone")).to_be_focused()
