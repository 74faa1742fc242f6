"""Setting up a list with mouse and keyboard: it is still so when one comes back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.actions import open_menu, press, sign_in, soon
from tests.factories import a_contact, a_contract, a_customer, an_interaction

#: What the width of a column is that the mouse has drawn to 110 pixels.
WIDE = range(100, 120).__contains__
HEADS = "heads => heads.map(head => head.innerText.trim())"


def expect_columns(page, *first, without):
    """Expect what the heads of the first columns say, and one that is not there."""
    heads = page.locator("#results thead th:not(.select-cell)")
    soon(page, lambda: heads.evaluate_all(HEADS)[: len(first)], [*first])
    soon(page, lambda: without in heads.evaluate_all(HEADS), False)


def test_columns_are_chosen_ordered_and_still_there_later(page, zhang):
    a_customer(zhang)
    sign_in(page, zhang)
    page.goto("/customers/")
    page.locator("summary", has_text="列设置").click()
    page.locator('.columns [name="column"][value="number"]').uncheck()
    telephone = page.locator('.column:has([value="phone"])')
    press(telephone, "上移")
    telephone.get_by_role("button", name="上移").focus()
    for _press in range(20):
        page.keyboard.press("Enter")
    page.get_by_label("紧凑").check()
    press(page.locator(".columns"), "应用")
    expect(page.locator(".columns")).to_be_hidden()
    expect(page.locator(".rows.compact")).to_be_visible()
    expect_columns(page, "客户名称", "电话", without="客户编号")
    open_menu(page, "联系人")
    open_menu(page, "客户")
    expect(page).to_have_url("/customers/")
    expect_columns(page, "客户名称", "电话", without="客户编号")


def test_columns_are_dragged_to_their_place_and_width(page, zhang):
    a_customer(zhang, name="昆明第一仪器仪表进出口有限公司")
    sign_in(page, zhang)
    page.goto("/customers/")
    page.locator("summary", has_text="列设置").click()
    row = page.locator('.column:has([value="kind"])')
    row.get_by_role("checkbox").check()
    above = page.locator('.column:has([value="number"])')
    row.drag_to(
        above, source_position={"x": 60, "y": 9}, target_position={"x": 60, "y": 2}
    )
    press(page.locator(".columns"), "应用")
    expect_columns(page, "客户名称", "客户类型", without="邮箱")
    head = page.locator('th[data-column="name"]')
    edge = head.bounding_box()
    with page.expect_response("**/settings/"):
        page.mouse.move(edge["x"] + edge["width"] - 3, edge["y"] + 10)
        page.mouse.down()
        page.mouse.move(edge["x"] + 110, edge["y"] + 10)
        page.mouse.up()
    soon(
        page, lambda: head.evaluate("head => head.offsetWidth"), lambda w: 100 < w < 120
    )
    page.reload()
    soon(
        page, lambda: head.evaluate("head => head.offsetWidth"), lambda w: 100 < w < 120
    )


def test_page_size_and_unfolded_conditions_are_kept(page, zhang):
    for _number in range(12):
        a_customer(zhang)
    sign_in(page, zhang)
    page.goto("/customers/")
    with page.expect_response("**/settings/"):
        page.locator("[data-page-size]").select_option("10")
    expect(page.locator("#results tbody tr")).to_have_count(10)
    with page.expect_response("**/settings/"):
        page.locator(".conditions-more > summary").click()
    page.goto("/customers/")
    expect(page.locator("#results tbody tr")).to_have_count(10)
    expect(page.locator(".conditions-folded")).to_be_visible()


def test_the_next_contact_is_in_sight_without_scrolling(page, zhang):
    for number in range(25):
        name = f"昆明第{number}仪器仪表进出口有限公司"
        a_customer(zhang, name=name, phone="0871-63150000")
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, zhang)
    page.goto("/customers/")
    frame = page.locator(".table-frame:has(.rows)")
    wider = "frame => frame.scrollWidth - frame.clientWidth"
    soon(page, lambda: frame.evaluate(wider), lambda by: by <= 0)
    expect(page.locator("#results thead", has_text="下次联系时间")).to_be_visible()


@pytest.mark.parametrize("kind", ["customers", "contacts", "interactions", "contracts"])
def test_the_usual_columns_have_room(page, lina, zhang, kind):
    name = "昆明第一仪器仪表进出口有限公司"
    customer = a_customer(zhang, name=name, phone="0871-63150000")
    title, amount = "仪器仪表年度供货框架合同", Decimal("1234567.89")
    a_contract(zhang, customer=customer, title=title, amount=amount)
    an_interaction(
        customer,
        contact=a_contact(customer, name="欧阳建国"),
        subject="拜访采购部并确认全年供货计划与付款条件",
        customer_feedback="价格可以接受，希望交期缩短两周并提供备件",
        next_contact_at=timezone.now() + timedelta(days=1),
    )
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, lina)
    page.goto(f"/{kind}/")
    frame = page.locator(".table-frame:has(.rows)")
    expect(frame).to_contain_text("昆明第一仪器")
    wider = "frame => frame.scrollWidth - frame.clientWidth"
    soon(page, lambda: frame.evaluate(wider), lambda by: by <= 0)
