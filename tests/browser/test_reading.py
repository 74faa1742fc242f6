"""What is opened is read: news, and what a notice leads to; news names its links."""

from playwright.sync_api import expect

from tests.browser.actions import sign_in
from tests.browser.test_accessibility import violations_here
from tests.factories import a_customer, a_news_item


def test_opening_a_piece_of_news_reads_it(page, zhang, chen):
    news = a_news_item(chen, title="云南发布节能补贴")
    sign_in(page, zhang)
    page.goto(news.get_absolute_url())
    expect(page.locator("#reading")).to_contain_text("已读")
    page.goto("/news/")
    expect(page.locator("#results")).to_contain_text("云南发布节能补贴")
    expect(page.locator("#results tbody")).not_to_contain_text("未读")


def test_who_is_named_in_a_piece_of_news_is_linked_at_a_click(phone, zhang, lina):
    a_customer(zhang, name="昆明滇池食品有限公司", short_name="滇池食品")
    sign_in(phone, lina)
    phone.goto(a_news_item(lina, title="滇池食品扩建").get_absolute_url())
    link = phone.get_by_role("button", name="关联 昆明滇池食品有限公司")
    expect(link).to_be_visible()
    assert violations_here(phone) == []
    link.click()
    expect(phone.get_by_role("status")).to_contain_text("已关联")
    facts = phone.locator(".fact", has_text="相关客户")
    expect(facts).to_contain_text("昆明滇池食品有限公司")


def test_following_a_notice_reads_it(page, zhang, lina):
    report = a_customer(zhang, registered=False, name="昆明滇池食品有限公司")
    report.send_back(lina, "请补充地址")
    sign_in(page, zhang)
    bell = page.locator(".bell")
    expect(bell).to_have_attribute("data-unread", "1")
    bell.click()
    page.locator("#results").get_by_role("link", name="昆明滇池食品有限公司").click()
    expect(page.locator("#record")).to_contain_text("请补充地址")
    page.reload()
    expect(page.locator(".bell")).to_have_attribute("data-unread", "0")
