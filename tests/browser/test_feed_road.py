"""李娜 enters a source of news, and takes what it told; the site is on the loopback."""

import pytest
from playwright.sync_api import expect

from competitors.feeds.reading import read
from competitors.models import NewsSource
from tests import feeds
from tests.browser.actions import fill, follow, press, sign_in

TITLE = "新标准 发布"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_source_is_entered_read_and_its_news_taken(page, lina, settings, width):
    with feeds.site() as site:
        settings.CRM_FEED_HOSTS = [site.host]
        sign_in(page, lina)
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{page.url.rstrip('/')}/news/sources/")
        follow(page.locator(".page-actions"), "新增")
        fill(page, name="行业网", url=f"http://{site.host}/rss/")
        page.get_by_label("动态类别").select_option(label="市场")
        press(page, "保存")
        expect(page.get_by_role("status")).to_contain_text("行业网")
        read(NewsSource.objects.get())
    page.reload()
    page.locator("#results").get_by_role("link", name="4", exact=True).click()
    row = page.locator(".feed > li").filter(has_text=TITLE)
    row.get_by_role("button", name="收录").click()
    expect(page.get_by_role("status")).to_contain_text(f"已收录：{TITLE}")
    expect(page.locator(".feed > li")).to_have_count(3)
    page.get_by_role("status").get_by_role("link", name=TITLE).click()
    expect(page.locator("h1")).to_contain_text(TITLE)
