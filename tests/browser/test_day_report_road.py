"""A day report: written beside its numbers, read by the head, seen by who wrote it."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sales.models import DayReport
from tests.browser.actions import open_page, press, sign_in, soon
from tests.browser.test_accessibility import violations_here
from tests.factories import a_customer, a_plan, an_interaction

WIDE = "document.documentElement.scrollWidth"


def fits(page, width):
    """Expect that the page is right for everybody, and no wider than it is shown."""
    assert violations_here(page) == []
    soon(page, lambda: page.evaluate(WIDE) <= width, True)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_report_goes_from_who_writes_it_to_the_head_and_back(
    page, zhang, zhao, width
):
    yesterday = timezone.localdate() - timezone.timedelta(days=1)
    customer = a_customer(zhang)
    an_interaction(customer)
    an_interaction(customer, occurred_at=timezone.now() - timezone.timedelta(days=1))
    an_interaction(customer, occurred_at=timezone.now() - timezone.timedelta(days=1))
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, zhang)
    page.locator('[data-card="my_day_report"] a[href="/day-reports/add/"]').click()
    talks = page.locator('[data-fact="interactions"] b')
    expect(talks).to_have_text("1")
    page.locator("#id_day").fill(f"{yesterday}")
    page.locator("#id_day").press("Tab")
    expect(talks).to_have_text("2")  # another day has its own
    page.locator("#id_day").fill(f"{timezone.localdate()}")
    page.locator("#id_day").press("Tab")
    expect(talks).to_have_text("1")
    fits(page, width)
    page.locator("[name=done]").fill("拜访翠湖仪器")
    page.locator("[name=problems]").fill("付款周期太长")
    press(page, "保存")
    expect(page.locator("#record")).to_have_attribute("data-status", "unread")
    expect(page.locator('[data-fact="interactions"] b')).to_have_text("1")
    fits(page, width)
    report = DayReport.objects.get()

    sign_in(page, zhao)
    open_page(page, "/day-reports/team/")
    fits(page, width)
    page.locator(f'[data-person="{zhang.pk}"] a').click()
    page.locator("details:has(form[action$='/reading/']) summary").click()
    page.locator("textarea[name=comment]").fill("可以谈到六十天")
    page.locator("form[action$='/reading/'] button[type=submit]").click()
    expect(page.locator("#readings")).to_contain_text("可以谈到六十天")
    fits(page, width)

    sign_in(page, zhang)
    page.locator("a[data-unread]").click()
    page.locator('[data-verb="read_above"] a[data-reads]').last.click()
    expect(page.locator("#readings")).to_contain_text(zhao.name)
    expect(page.locator("#record")).to_have_attribute("data-status", "read")
    expect(page.locator(f'a[href="/day-reports/{report.pk}/edit/"]')).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_week_is_planned_and_ticked_off(page, zhang, width):
    before = a_plan(zhang, {"subject": "约见设备部"}, weeks=-1)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, zhang)
    open_page(page, "/plans/add/")
    page.locator(f'a[href="/plans/add/?after={before.pk}"]').click()
    expect(page.locator("[name='lines-0-subject']")).to_have_value("约见设备部")
    page.locator("[name='lines-1-subject']").fill("提交报价")
    page.locator("[name='lines-1-amount']").fill("20000")
    fits(page, width)
    press(page, "保存")
    expect(page.locator("[data-lines]")).to_have_attribute("data-lines", "2")
    fits(page, width)
    row = page.locator("tr[data-line]").last
    row.locator("[name=result]").fill("已提交")
    row.locator("button[type=submit]").click()
    expect(page.locator("[data-lines]")).to_have_attribute("data-done", "1")
    expect(page.locator('tr[data-line][data-done="yes"]')).to_contain_text("已提交")
