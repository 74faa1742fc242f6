"""A contract in force is changed: written, decided on the desk, or given up."""

import pytest
from playwright.sync_api import expect

from contracts import approval
from tests.browser.actions import decide, fill, follow, press, sign_in
from tests.browser.conftest import PHONE
from tests.conftest import visit
from tests.contracts.test_approval import LARGE, verdict
from tests.factories import a_contract, a_product

REASON = "涨价要有依据"
WIDE = {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture(params=[WIDE, PHONE], ids=["desktop", "phone"])
def screen(request, browser, live_server):
    """Return a page of each of the sizes that people come with."""
    with visit(browser, live_server, **request.param) as opened:
        yield opened


@pytest.fixture
def contract(zhang, zhao):
    """Return a contract of 张伟's in force: ten spectrometers for 100,000."""
    contract = a_contract(zhang, amount=LARGE, title="光谱仪采购合同")
    contract.lines.create(
        product=a_product(zhang, name="光谱仪"), quantity=10, unit_price=LARGE / 10
    )
    contract.refresh_from_db()
    approval.submit(contract, by=zhang)
    verdict(contract, zhao)
    return contract


def test_a_change_is_rejected_written_anew_and_approved(screen, contract, zhang, zhao):
    sign_in(screen, zhang)
    open_change(screen, contract)
    propose(screen, "12000")
    hand_in(screen)
    holds_still(screen, contract, "pending")
    sign_in(screen, zhao)
    reject(screen)
    sign_in(screen, zhang)
    screen.goto(contract.get_absolute_url())
    expect(screen.locator("#record")).to_contain_text(REASON)
    screen.goto(contract.page_of("amendment"))
    propose(screen, "11000")
    hand_in(screen)
    sign_in(screen, zhao)
    approve(screen, contract)


def test_a_change_is_given_up(screen, contract, zhang):
    sign_in(screen, zhang)
    open_change(screen, contract)
    propose(screen, "12000")
    hand_in(screen)
    confirm(screen, "放弃变更")
    expect(screen.get_by_role("status")).to_contain_text("放弃")
    holds_still(screen, contract, "")
    expect(screen.get_by_role("button", name="变更", exact=True)).to_be_visible()


def confirm(page, word):
    """Press a button that asks, and say yes."""
    press(page, word)
    press(page.locator("#confirm"), "确定")


def open_change(page, contract):
    """Open a change from the contract's page."""
    page.goto(contract.get_absolute_url())
    confirm(page, "变更")
    expect(page.locator("#record")).to_have_attribute("data-amendment", "writing")
    expect(page.locator("[data-unchanged]")).to_be_visible()


def propose(page, price):
    """Write another price; the amount follows from the lines."""
    follow(page, "编辑")
    fill(page, amount="", **{"lines-0-unit_price": price})
    press(page, "保存")
    expect(page.locator("#changes")).to_contain_text(f"{int(price) * 10:,}.00")


def hand_in(page):
    """Submit the change."""
    press(page, "提交审批")
    expect(page.locator("#record")).to_have_attribute("data-amendment", "pending")


def holds_still(page, contract, amendment):
    """The contract says what it said, whatever becomes of the change."""
    page.goto(contract.get_absolute_url())
    record = page.locator("#record")
    expect(record).to_have_attribute("data-status", "registered")
    expect(record).to_have_attribute("data-amendment", amendment)
    expect(page.locator('[data-field="amount"]').first).to_contain_text("100,000.00")


def reject(page):
    """Read on the desk what the change alters, and turn it down."""
    page.goto("/approvals/")
    row = page.locator("#results tbody tr")
    changes = page.locator("#opened .changes")
    expect(changes).to_contain_text("100,000.00")
    expect(changes).to_contain_text("120,000.00")
    row.locator("[name=ids]").check()
    page.locator("#results [name=opinion]").fill(REASON)
    press(page, "驳回")
    expect(row).to_have_count(0)


def approve(page, contract):
    """Approve on the contract's page; what was proposed holds then."""
    page.goto("/approvals/")
    page.locator("#results .row-link").click()
    decide(page, "批准", opinion="同意")
    record = page.locator("#record")
    expect(record).to_have_attribute("data-status", "registered")
    expect(record).to_have_attribute("data-amendment", "")
    expect(page.locator('[data-field="amount"]').first).to_contain_text("110,000.00")
