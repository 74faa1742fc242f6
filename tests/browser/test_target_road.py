"""The road of a target: set, locked, kept pace with, asked to change, granted."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sales.models import Target, TargetChange, TargetRule
from tests.browser.actions import follow, open_page, press, sign_in
from tests.browser.test_registration_road import fits
from tests.factories import a_customer
from tests.people import hire

YEAR = timezone.localdate().year


@pytest.mark.parametrize("width", [1440, 390])
def test_a_head_sets_and_locks_and_a_director_grants(
    page, zhang, zhao, head_office, width
):
    director = hire("chief", "何总", "sales_director", department=head_office)
    for _number in range(3):
        a_customer(zhang)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, zhao)
    target = set_and_lock(page, zhang, width)
    sign_in(page, zhang)
    see_the_pace(page, target, width)
    ask(page, target, width)
    sign_in(page, director)
    grant(page, target, width)
    sign_in(page, zhang)
    open_page(page, target.get_absolute_url())
    expect(page.locator("#changes")).to_contain_text("同意")


def set_and_lock(page, person, width):
    """Set a target from the list of who is without one, spread it, lock it."""
    rule = TargetRule.objects.get(name="新增客户")
    open_page(page, f"/targets/pace/?rule={rule.pk}&year={YEAR}")
    line = page.locator("#missing li").filter(has_text="张伟")
    line.get_by_role("link").click()
    expect(page.locator("[name=month_1]")).to_be_visible()
    page.locator("[name=fill_total]").fill("30")
    press(page, "平均分配")
    expect(page.locator("[name=month_1]")).to_have_value("2")
    expect(page.locator("[name=month_12]")).to_have_value("3")
    expect(page.locator("#target-total")).to_have_text(re.compile(r"30"))
    assert not Target.objects.exists()
    fits(page, width)
    press(page, "保存")
    expect(page.locator("#record")).to_have_attribute("data-status", "draft")
    target = Target.objects.get()
    assert (target.person, target.total) == (person, 30)
    press(page, "锁定")
    press(page.locator("#confirm"), "确定")
    expect(page.locator("#record")).to_have_attribute("data-status", "locked")
    return target


def see_the_pace(page, target, width):
    """Read what was reached: in the workbench, on the page, in the list behind."""
    card = page.locator('[data-card="my_targets"]')
    expect(card).to_contain_text("新增客户")
    open_page(page, target.get_absolute_url())
    year = page.locator('[data-span="5"]')
    expect(year.locator("[data-value]")).to_have_text("3")
    expect(year).to_contain_text("10.0 %")
    fits(page, width)
    open_page(page, f"/targets/pace/?rule={target.rule_id}&year={YEAR}")
    expect(page.locator("#ranking")).to_contain_text("张伟")
    expect(page.locator(".chart-picture canvas")).to_be_visible()
    fits(page, width)
    page.locator("#ranking a[data-value]").click()
    expect(page.locator("#results [data-total]")).to_have_attribute("data-total", "3")


def ask(page, target, width):
    """Ask for a change, with a reason."""
    open_page(page, target.get_absolute_url())
    follow(page, "申请变更")
    page.locator("[name=reason]").fill("区域调整")
    page.locator("[name=month_12]").fill("5")
    expect(page.locator("#target-total")).to_have_text(re.compile(r"32"))
    fits(page, width)
    press(page, "提交申请")
    expect(page.locator("#open-change")).to_contain_text("区域调整")
    assert TargetChange.objects.get().outcome == ""


def grant(page, target, width):
    """Find it by the number in the menu, and grant it."""
    open_page(page, "/targets/?change=mine")
    page.locator("#results tbody a").first.click()
    expect(page.locator("#open-change")).to_be_visible()
    fold = page.locator("details.fold").filter(has_text="批准变更")
    fold.locator("summary").click()
    fold.locator("[name=opinion]").fill("同意")
    fits(page, width)
    press(fold, "批准变更")
    expect(page.locator("#open-change")).to_have_count(0)
    target.refresh_from_db()
    assert target.total == 32
