"""The approver's desk asks before it does what cannot be taken back."""

import pytest
from playwright.sync_api import expect

from contracts import approval
from contracts.models import Contract
from tests.browser.actions import press, sign_in
from tests.contracts.test_approval import HUGE, LARGE
from tests.factories import a_contract, a_customer


def test_the_desk_asks_once_before_it_approves(page, zhang, zhao):
    contract = a_contract(zhang, amount=LARGE, customer=a_customer(zhang))
    approval.submit(contract, by=zhang)
    sign_in(page, zhao)
    page.goto("/approvals/")
    rows, dialog = page.locator("#results tbody tr"), page.locator("#confirm")
    rows.locator("[name=ids]").check()
    press(page, "批准")
    expect(dialog).to_contain_text("审批结论不能撤回")
    press(dialog, "取消")
    expect(rows).to_have_count(1)
    press(page, "批准")
    press(dialog, "确定")
    expect(rows).to_have_count(0)
    contract.refresh_from_db()
    assert contract.status == "registered"


@pytest.mark.parametrize("width", [1024, 1440])
def test_what_a_decision_needs_is_in_sight(page, zhang, zhao, qian, width):
    customer = a_customer(zhang, name="云南普菁茶业集团有限公司", credit_limit=500)
    contract = a_contract(zhang, amount=HUGE, customer=customer, title="能源中心" * 9)
    approval.submit(contract, by=zhang)
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, zhao)
    page.goto("/approvals/")
    frame = page.locator("#results .table-frame")
    assert frame.evaluate("box => box.scrollWidth - box.clientWidth") == 0
    assert frame.locator(".desk-title").bounding_box()["width"] >= 128
    expect(frame.get_by_text("超信用额度")).to_be_in_viewport()
    expect(frame.locator("time")).to_be_in_viewport()


def test_without_scripts_one_decides_at_the_desk_too(plain, zhang, zhao):
    contract = a_contract(zhang, amount=LARGE, customer=a_customer(zhang))
    approval.submit(contract, by=zhang)
    sign_in(plain, zhao)
    plain.goto("/approvals/")
    expect(plain.locator("#bulk noscript p")).to_have_text("审批结论不能撤回。")
    plain.locator("#results [name=ids]").check()
    plain.get_by_role("button", name="批准").click()
    expect(plain.locator("#results .row-link")).to_have_count(0)
    contract.refresh_from_db()
    assert contract.status == Contract.Status.REGISTERED


def test_without_scripts_enter_in_a_tick_box_decides_nothing(plain, zhang, zhao):
    contract = a_contract(zhang, amount=LARGE, customer=a_customer(zhang))
    approval.submit(contract, by=zhang)
    sign_in(plain, zhao)
    plain.goto("/approvals/")
    plain.locator("#results [name=ids]").check()
    plain.locator("#results [name=ids]").press("Enter")
    expect(plain.get_by_role("alert")).to_contain_text("再批准或驳回")
    expect(plain.locator("#results [name=ids]")).to_be_checked()
    contract.refresh_from_db()
    assert contract.status == Contract.Status.PENDING
