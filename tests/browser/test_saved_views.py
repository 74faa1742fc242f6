"""场景 with mouse and thumb: kept from a list, at hand in the menu, changed, saved."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.actions import fill, press, sign_in, total
from tests.factories import a_customer


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_a_view_is_kept_and_found_again(page, size, zhang):
    a_customer(zhang, name="昆明赢单公司", status="won")
    a_customer(zhang, name="昆明潜在公司", status="potential")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, zhang)
    page.goto("/customers/?status=won")
    page.locator(".list-tools summary", has_text="场景").click()
    page.get_by_role("link", name="另存为场景").click()
    fill(page, name="我的赢单")
    press(page, "保存")
    expect(page).to_have_url(re.compile(r"/customers/\?view=\d+$"))
    expect(page.locator(".view-shown")).to_contain_text("我的赢单")
    expect(total(page)).to_have_attribute("data-total", "1")
    page.goto("/views/")
    press(page, "放入菜单 我的赢单")
    page.goto("/customers/")
    if size[0] < 640:
        page.locator(".menu-button").click()
    entry = page.locator("#menu a", has_text="我的赢单")
    number = entry.locator(".menu-number")
    expect(number).to_have_text("1")
    expect(number).not_to_have_css("background-color", "rgb(168, 40, 40)")
    entry.click()
    page.get_by_role("link", name="去掉条件：客户状态").click()
    expect(page.locator(".view-shown")).to_contain_text("已修改")
    expect(total(page)).to_have_attribute("data-total", "2")
    press(page, "保存场景")
    page.goto("/views/")
    page.get_by_role("link", name="我的赢单").first.click()
    expect(total(page)).to_have_attribute("data-total", "2")
