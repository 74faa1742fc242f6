"""A registration: of what 查重 finds, colliding, ruled on by the head of both."""

import pytest
from playwright.sync_api import expect

from customers.models import Collision, Customer
from tests.browser.actions import open_page, press, sign_in, soon
from tests.browser.test_accessibility import violations_here
from tests.factories import a_customer, an_interaction
from tests.people import hire

NAME = "昆明翠湖仪器有限公司"
WIDE = "document.documentElement.scrollWidth"


@pytest.fixture
def lake(wang):
    """A customer of 王芳's, whom she has called."""
    customer = a_customer(wang, name=NAME)
    an_interaction(customer, by=wang)
    return customer


def fits(page, width):
    """Expect that the page is right for everybody, and no wider than it is shown."""
    assert violations_here(page) == []
    soon(page, lambda: page.evaluate(WIDE) <= width, True)


def read_of(page, person, verb):
    """Open what somebody is told of, from their notices."""
    sign_in(page, person)
    page.locator("a[data-unread]").click()
    page.locator(f'[data-verb="{verb}"] a[data-reads]').last.click()


@pytest.mark.parametrize("width", [1440, 390])
def test_whose_the_customer_is_says_the_head_of_both(
    page, zhang, wang, zhao, qian, lake, width
):
    hire("owner", "周总", "sales_director")  # rules where 钱进 has ruled
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, zhang)
    open_page(page, "/check/")
    page.locator("#q").fill("翠湖")
    page.locator("#main form button[type=submit]").click()
    found = page.locator(f'#results tr[data-id="{lake.pk}"]')
    expect(found).to_contain_text(wang.name)
    fits(page, width)
    found.locator('a[href^="/registrations/add/"]').click()
    expect(page.locator("[name=customer]")).to_have_value(str(lake.pk))
    press(page, "保存")
    expect(page.locator(".invalid-feedback")).to_have_count(1)
    fits(page, width)
    page.locator("[name=subject]").fill("循环水流量监测")
    press(page, "保存")
    expect(page.locator("#record")).to_have_attribute("data-status", "conflict")
    fits(page, width)
    page.locator('.note a[href^="/registrations/cases/"]').click()
    state = page.locator("p[data-status]")
    expect(state).to_have_attribute("data-status", "open")
    expect(page.locator(".note-info")).to_contain_text(qian.name)
    expect(page.locator("#rule")).to_have_count(0)

    read_of(page, qian, "collision_waits")
    expect(page.locator("#parties li")).to_contain_text([zhang.name, wang.name])
    expect(page.locator("#evidence")).to_contain_text(wang.name)
    rule = page.locator("#rule")
    rule.locator("[name=result]").select_option("moves")
    rule.locator("[name=reason]").fill("张伟已拿到客户的书面需求。")
    fits(page, width)
    rule.locator("button[type=submit]").click()
    expect(rule.locator("[role=alert]")).to_be_visible()  # to whom does it go?
    expect(rule.locator("[name=reason]")).to_have_value("张伟已拿到客户的书面需求。")
    rule.locator("[name=winner]").select_option(label=str(zhang))
    rule.locator("button[type=submit]").click()
    expect(state).to_have_attribute("data-status", "ruled")
    expect(page.locator("#ruling-1")).to_contain_text("张伟已拿到客户的书面需求。")
    fits(page, width)
    assert Customer.objects.get(pk=lake.pk).owner == zhang

    read_of(page, wang, "collision_ruled")
    appealing = page.locator("#appealing")
    appealing.locator("[name=text]").fill("最先接触客户的是我。")
    fits(page, width)
    appealing.locator("button[type=submit]").click()
    expect(state).to_have_attribute("data-status", "appealed")
    expect(page.locator("#appeal")).to_contain_text("最先接触客户的是我。")
    expect(appealing).to_have_count(0)
    assert Collision.objects.get().claims.get().status == "approved"
