"""Credit: assessed by who sells, confirmed by the head, told at contracts."""

import pytest
from playwright.sync_api import expect

from contracts.models import CreditAssessment
from tests.browser.actions import follow, open_page, press, sign_in
from tests.browser.test_registration_road import fits
from tests.contracts.test_credit import SMALL, days_ago, in_force
from tests.factories import a_contract, a_customer


@pytest.mark.parametrize("width", [1440, 390])
def test_credit_is_assessed_confirmed_and_told(page, zhang, zhao, width):
    customer = a_customer(zhang, name="曲靖鸿泰选矿有限公司")
    in_force(customer, SMALL, (SMALL, days_ago(45)), head=zhao)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, zhang)
    open_page(page, customer.get_absolute_url())
    follow(page, "信用")
    expect(page.locator("#credit")).to_have_attribute("data-overdue-days", "45")
    fits(page, width)
    follow(page, "评估")
    expect(page.locator("#figures")).to_contain_text("45")
    page.fill("[name=limit]", "30,000")
    page.fill("[name=reason]", "首单货款逾期，暂控制额度")
    fits(page, width)
    page.locator("#record-form button[name=save]").click()
    row = page.locator("#record")
    expect(row).to_have_attribute("data-status", "proposed")
    expect(page.get_by_role("button", name="确认", exact=True)).to_have_count(0)
    assessment = CreditAssessment.objects.get()
    sign_in(page, zhao)
    open_page(page, assessment.get_absolute_url())
    press(page, "确认")
    press(page.locator("#confirm"), "确定")
    expect(row).to_have_attribute("data-status", "confirmed")
    fits(page, width)
    contract = a_contract(zhang, customer=customer, amount=SMALL)
    sign_in(page, zhang)
    open_page(page, contract.get_absolute_url())
    expect(page.locator("[data-credit]").first).to_contain_text("40,000.00")
    open_page(page, f"/contracts/{contract.pk}/edit/")
    expect(page.locator(".forecast-warning").first).to_contain_text("10,000.00")
    fits(page, width)
