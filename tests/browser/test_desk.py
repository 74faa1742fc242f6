"""The desk and the inbox do not do unasked what cannot be taken back."""

import pytest
from playwright.sync_api import expect

from contracts import approval
from contracts.models import ApprovalRule, Contract
from crm.models.record import Registration
from tests.browser.actions import press, sign_in, soon
from tests.contracts.test_approval import HUGE, LARGE
from tests.factories import a_contact, a_contract, a_customer, a_product


def test_the_desk_asks_once_before_it_approves(page, zhang, zhao):
    contract = a_contract(zhang, amount=LARGE, customer=a_customer(zhang))
    approval.submit(contract, by=zhang)
    sign_in(page, zhao)
    page.goto("/approvals/")
    rows, dialog = page.locator("#results tbody tr"), page.locator("#confirm")
    rows.locator("[name=ids]").check()
    press(page, "批准")
    expect(dialog).to_contain_text("审批生效后不能撤回")
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
    expect(plain.locator("#bulk noscript p")).to_have_text("审批生效后不能撤回。")
    expect(plain.locator("#opened")).to_contain_text(contract.number)
    plain.locator("#results [name=ids]").check()
    press(plain, "批准")
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
    page.locator("main [name=ids]:visible").check()
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


def test_the_thing_decided_on_stands_beside_the_list(page, zhang, zhao):
    """A morning by keys: read, go on, reject, approve; none while one types."""
    ApprovalRule.objects.filter(conditions__field="credit.over").update(active=False)
    customer = a_customer(zhang, credit_limit=LARGE)
    first, second, third = (
        a_contract(zhang, amount=LARGE + n, customer=customer, title=f"合同{n}")
        for n in range(3)
    )
    for contract in (first, second, third):
        contract.lines.create(
            product=a_product(zhang, name="光谱仪"),
            quantity=1,
            unit_price=contract.amount,
        )
        contract.refresh_from_db()
        approval.submit(contract, by=zhang)
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, zhao)
    page.goto("/approvals/")
    opened = page.locator("#opened")
    expect(opened.locator("h2")).to_contain_text(first.number)
    expect(opened.locator("[data-part=lines]")).to_contain_text("光谱仪")
    over = opened.locator(".figure-bad", has_text="超出额度")
    expect(over).to_contain_text("200,003.00")
    expect(opened.locator("[data-part=others] li")).to_have_count(2)
    expect(opened.get_by_role("button", name="批准本项")).to_be_in_viewport()
    page.keyboard.press("j")
    expect(opened.locator("h2")).to_contain_text(second.number)
    page.keyboard.press("j")
    expect(opened.locator("h2")).to_contain_text(third.number)
    page.keyboard.press("k")
    expect(opened.locator("h2")).to_contain_text(second.number)
    page.keyboard.press("r")
    page.keyboard.type("jak")
    expect(opened.locator("[name=opinion]")).to_have_value("jak")
    press(opened, "驳回本项")
    expect(opened.locator("h2")).to_contain_text(third.number)
    page.keyboard.press("a")
    expect(page.locator("#confirm")).to_contain_text(third.number)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(opened.locator("h2")).to_contain_text(first.number)
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.status, third.status) == ("rejected", "registered")


def test_on_a_phone_list_and_thing_come_one_after_the_other(phone, zhang, zhao):
    contracts = [a_contract(zhang, amount=LARGE) for _number in range(6)]
    for contract in contracts:
        approval.submit(contract, by=zhang)
    sign_in(phone, zhao)
    phone.goto("/approvals/")
    phone.locator(".desk-open").nth(1).click()
    opened = phone.locator("#opened")
    expect(opened.locator("h2")).to_contain_text(contracts[1].number)
    expect(opened.locator("h2")).to_be_in_viewport()
    phone.goto(f"/approvals/?kind=contracts.contract&row={contracts[1].pk}")
    expect(opened.locator("h2")).to_be_in_viewport()
    press(opened, "批准本项")
    press(phone.locator("#confirm"), "确定")
    expect(opened.locator("h2")).to_contain_text(contracts[2].number)
    wide = "document.documentElement.scrollWidth"
    soon(phone, lambda: phone.evaluate(wide), lambda found: found <= 390)


@pytest.mark.parametrize("kind", ["page", "phone"])
def test_reports_are_decided_in_series_by_keys_or_one_tap(
    kind, live_server, request, zhang, lina
):
    known = a_customer(zhang, name="昆明滇池食品有限公司")
    names = ("昆明滇池食品有限公司", "大理洱海水产有限公司", "曲靖沾益物流有限公司")
    reports = [a_customer(zhang, name=name, registered=False) for name in names]
    page = request.getfixturevalue(kind)
    sign_in(page, lina)
    page.goto("/system/inbox/")
    page.get_by_role("link", name=names[0]).first.click()
    title = page.locator("#record h1")
    expect(title).to_have_text(names[0])
    decide = page.keyboard.press if kind == "page" else None
    if decide:
        expect(page.get_by_role("button", name=known.number)).to_be_focused()
        decide("1")
    else:
        page.get_by_role("button", name=known.number).tap()
    expect(title).to_have_text(names[1])
    if decide:
        page.get_by_role("button", name="登记").first.press("a")
    else:
        page.locator("[data-review-key=a]").tap()
    expect(title).to_have_text(names[2])
    for report in reports:
        report.refresh_from_db()
    assert [one.registration for one in reports] == [
        "returned",
        "registered",
        "reported",
    ]
    assert reports[0].return_reason == f"重复：{known.number}"
