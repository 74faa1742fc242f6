"""张伟 moves a deal over the board by mouse, by keys and on the phone, and wins it."""

import pytest
from playwright.sync_api import expect

from sales.moves import open_stages
from tests.browser.actions import decide, open_page, press, sign_in, soon
from tests.browser.test_accessibility import violations_here
from tests.factories import a_contract, a_customer, an_opportunity
from tests.sales.test_stage_demands import asks

BOARD = "/opportunities/board/"


@pytest.fixture
def deal(zhang):
    """A deal in the first stage, whose customer has a contract."""
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司")
    a_contract(zhang, customer=customer, title="能耗监测合同")
    return an_opportunity(zhang, customer=customer, title="二期能耗监测")


def stage(page, place):
    """Return the column of a stage, the first one being 0."""
    return page.locator(".board-stage").nth(place)


def expect_in(page, place):
    """Expect the one card in the column of a stage."""
    expect(stage(page, place).locator(".board-card")).to_have_count(1)


def test_a_card_is_dragged_on_and_goes_back_by_keys_with_a_reason(page, zhang, deal):
    sign_in(page, zhang)
    open_page(page, BOARD)
    assert violations_here(page) == []
    page.locator(".board-card").drag_to(stage(page, 2))
    expect_in(page, 2)
    page.locator(".board-card > a").focus()
    page.keyboard.press("Alt+ArrowRight")
    expect_in(page, 3)
    page.locator(".board-card > a").focus()
    page.keyboard.press("Alt+ArrowLeft")
    reason = page.locator('.board-card [name="note"]')
    expect(reason).to_be_focused()
    reason.fill("客户要求改方案")
    page.keyboard.press("Enter")
    expect_in(page, 2)
    assert deal.stays.first().note == "客户要求改方案"


@pytest.mark.parametrize("width", [1440, 390])
def test_a_deal_is_moved_by_its_button_and_won_by_a_contract(page, zhang, deal, width):
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, zhang)
    open_page(page, BOARD)
    card = page.locator(".board-card")
    card.locator("summary").click()
    card.locator('[name="stage"]').select_option(label="报价与谈判")
    press(card, "移动")
    expect_in(page, 3)
    assert violations_here(page) == []
    soon(page, lambda: page.evaluate("document.documentElement.scrollWidth"), width)
    page.locator(".board-card > a").click()
    expect(page.locator('[aria-current="step"]')).to_have_text("报价与谈判")
    page.locator("summary", has_text="赢单").click()
    contracts = page.locator('details[open] [name="contract"]')
    contracts.select_option(index=1)
    assert violations_here(page) == []
    press(page.locator("details[open]"), "赢单")
    expect(page.locator("#record")).to_have_attribute("data-status", "won")
    decide(page, "重新打开", note="合同被客户退回")
    expect(page.locator("#record")).to_have_attribute("data-status", "open")
    expect(page.locator('[aria-current="step"]')).to_have_text("报价与谈判")
    soon(page, lambda: page.evaluate("document.documentElement.scrollWidth"), width)


def go_on(page, name):
    """Put the deal that is shown into a later stage."""
    page.locator("summary", has_text="推进").click()
    page.locator("details[open] [name=stage]").select_option(label=name)
    press(page.locator("details[open]"), "推进")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_deal_goes_on_when_its_tasks_are_done(page, zhang, deal, width):
    asks(deal.stage, tasks=["拜访", "确认决策人"])
    asks(open_stages(deal.stage.pipeline_id)[1], "next_step")
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, zhang)
    open_page(page, BOARD)
    expect(page.locator(".board-card")).to_contain_text("剩 2 项任务")
    page.locator(".board-card > a").click()
    expect(page.locator("#ahead")).to_contain_text("下一步")
    for left in (1, 0):
        page.locator("#tasks [data-done=no] button").first.click()
        expect(page.locator("#tasks [data-done=no]")).to_have_count(left)
    assert violations_here(page) == []
    soon(page, lambda: page.evaluate("document.documentElement.scrollWidth"), width)
    go_on(page, "需求确认")
    expect(page.locator("main")).to_contain_text("进入“需求确认”前请先填写：下一步")
    page.goto(f"/opportunities/{deal.pk}/edit/")
    page.locator('[name="next_step"]').fill("约设备科")
    press(page, "保存")
    go_on(page, "需求确认")
    expect(page.locator('[aria-current="step"]')).to_have_text("需求确认")
