"""The desk and the inbox do not do unasked what cannot be taken back."""

import pytest
from playwright.sync_api import expect

from contracts import approval
from contracts.models import Contract
from crm.models.record import Registration
from tests.browser.actions import press, sign_in, soon
from tests.contracts.test_approval import HUGE, LARGE
from tests.factories import a_contact, a_contract, a_customer


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
    soon(page, lambda: frame.evaluate("box => box.scrollWidth - box.clientWidth"), 0)
    title = frame.locator(".desk-title")
    soon(page, lambda: title.bounding_box()["width"], lambda width: width >= 128)
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


@pytest.mark.parametrize("kind", ["page", "plain"])
def test_enter_in_a_tick_box_decides_nothing(kind, live_server, request, zhang, zhao):
    contract = a_contract(zhang, amount=LARGE, customer=a_customer(zhang))
    approval.submit(contract, by=zhang)
    page = request.getfixturevalue(kind)
    sign_in(page, zhao)
    page.goto("/approvals/")
    page.locator("#opinion").fill("同意")
    enter_in(page, "ids")
    expect(page.locator("#confirm[open]")).to_have_count(0)
    expect(page.locator("#opinion")).to_have_value("同意")
    contract.refresh_from_db()
    assert contract.status == Contract.Status.PENDING


def test_after_enter_in_a_tick_box_one_still_approves(page, zhang, zhao):
    contract = a_contract(zhang, amount=LARGE, customer=a_customer(zhang))
    approval.submit(contract, by=zhang)
    sign_in(page, zhao)
    page.goto("/approvals/")
    enter_in(page, "ids")
    press(page, "批准")
    page.locator("#confirm").get_by_role("button", name="确定").click()
    expect(page.locator("#results [name=ids]")).to_have_count(0)
    contract.refresh_from_db()
    assert contract.status == Contract.Status.REGISTERED


@pytest.mark.parametrize("kind", ["page", "plain"])
@pytest.mark.parametrize("box", ["ids", "with_filed"])
def test_enter_in_a_tick_box_registers_nothing(
    kind, box, live_server, request, zhang, lina
):
    customer = a_customer(zhang, registered=False)
    a_contact(customer, registered=False)
    page = request.getfixturevalue(kind)
    sign_in(page, lina)
    own = f"/system/inbox/customers.customer/{customer.pk}/"
    for address in (
        ("/system/inbox/", own) if box == "with_filed" else ("/system/inbox/",)
    ):
        page.goto(address)
        enter_in(page, box)
        customer.refresh_from_db()
        assert customer.registration == Registration.REPORTED


def enter_in(page, box):
    """Press Enter in a tick box: it stays ticked, and the page where it is."""
    field = page.locator(f"main [name={box}]").first
    field.check()
    address = page.url
    field.press("Enter")
    expect(page).to_have_url(address)
    expect(field).to_be_checked()
