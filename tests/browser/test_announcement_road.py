"""周敏 tells the salespeople something, 张伟 reads it, 周敏 sees that he has."""

import re

from playwright.sync_api import expect

from tests.browser.actions import fill, follow, open_menu, press, sign_in

TITLE = "年末盘点安排"


def test_an_announcement_is_published_seen_and_read(page, zhou, zhang, chen):
    sign_in(page, zhou)
    open_menu(page, "公告")
    follow(page.locator(".page-actions"), "新增")
    fill(
        page, title=TITLE, text="12 月 30 日起盘点，请提前结清。", ends_on="2099-12-31"
    )
    page.get_by_label("业务员", exact=True).check()
    press(page, "保存")
    expect(page.get_by_role("status")).to_contain_text(TITLE)
    sign_in(page, chen)
    expect(page.locator(".desk").first).to_be_visible()
    expect(page.locator("[data-card=announcements]")).to_have_count(0)
    sign_in(page, zhang)
    follow(page.locator("[data-card=announcements]"), TITLE)
    expect(page.locator("#record")).to_contain_text("请提前结清")
    expect(page.locator("#reading")).to_have_attribute("data-read", "yes")
    sign_in(page, zhou)
    open_menu(page, "公告")
    follow(page.locator("#results"), TITLE)
    expect(page.locator("[data-readers]")).to_have_attribute("data-readers", "1")
    expect(page.locator("[data-readers]")).to_contain_text(zhang.name)
    expect(page).to_have_url(re.compile(r"/system/announcements/\d+/$"))
