"""A rule of assignment: set up, tried, and a lead goes by it, on the phone as well."""

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from sales.models import Lead, LeadRule
from tests.browser.actions import choose, fill, follow, pick, press, sign_in, soon
from tests.browser.test_registration_road import fits
from tests.factories import a_lead
from tests.people import hire
from tests.sales.test_lead_rules import signed_in

RULES = "/leads/rules/"
#: What a phone writes before a cell.
LABEL = "cell => getComputedStyle(cell, '::before').content"


@pytest.mark.parametrize("width", [1440, 390])
def test_a_lead_goes_by_a_rule(page, zhang, liu, lina, head_office, width):
    director = hire("chief", "总监", "sales_director", department=head_office)
    signed_in(zhang, liu)
    waiting = a_lead(lina, region_id="532301")
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, director)
    set_up(page, width)
    follow(page, "试运行")
    expect(page.locator("#results tbody")).to_contain_text("张伟")
    expect(page.locator("#results tbody")).to_contain_text(waiting.company)
    fits(page, width)
    enter(page, lina, width)
    read(page, zhang, width)


def set_up(page, width):
    """Set up a rule by which two take turns."""
    page.goto("/leads/")
    follow(page.locator("#main"), "线索分配规则")
    fits(page, width)
    follow(page.locator("#main"), "新增")
    fill(page, name="云南线索")
    choose(page, "regions", "云南省")
    pick(page, "members-0-person", "张伟")
    pick(page, "members-1-person", "刘洋")
    fits(page, width)
    press(page, "保存")
    row = page.locator("#results tbody tr")
    expect(row).to_contain_text("云南省")
    expect(row.locator("[data-member]")).to_have_count(2)
    below_each_other(page, row)
    if width < 640:
        soon(page, lambda: row.locator("td.number").evaluate(LABEL), '"顺序"')
    fits(page, width)


def below_each_other(page, row):
    """Expect the way of giving and the members one below the other."""
    some = row.locator("td:has([data-member]) div:not(:has(div))")
    expect(some).to_have_count(3)

    def are_so():
        boxes = [some.nth(place).bounding_box() for place in range(3)]
        return all(
            below["y"] >= above["y"] + above["height"] - 1
            for above, below in pairwise(boxes)
        )

    soon(page, are_so, expected=True)


def enter(page, lina, width):
    """Enter a lead as an administrator: it is ticked that it goes by the rules."""
    sign_in(page, lina)
    page.goto("/leads/add/")
    expect(page.locator("[name=by_rules]")).to_be_checked()
    fill(page, company="玉溪水务有限公司")
    choose(page, "region", "玉溪市")
    fits(page, width)
    press(page, "保存")
    expect(page.locator("#record")).to_have_attribute("data-status", "pending")
    assert Lead.objects.latest("pk").assignments.get().rule == LeadRule.objects.get()


def read(page, zhang, width):
    """Read on its page by what it came, as who got it."""
    sign_in(page, zhang)
    page.goto(Lead.objects.latest("pk").get_absolute_url())
    expect(page.locator("#assignments")).to_contain_text("轮到张伟")
    fits(page, width)


def test_without_scripts_a_rule_is_set_up_too(plain, zhang, head_office):
    director = hire("chief", "总监", "sales_director", department=head_office)
    signed_in(zhang)
    sign_in(plain, director)
    plain.goto(f"{RULES}add/")
    fill(plain, name="云南线索")
    plain.locator("[name=regions]").select_option(value=["530000"])
    plain.locator("[name=members-0-person]").select_option(label="张伟")
    press(plain, "保存")
    expect(plain.locator("#results tbody")).to_contain_text("云南省")
    assert LeadRule.objects.get().members.get().person == zhang
