"""Without leaving the page: a new record for a picker, one field changed."""

import pytest
from playwright.sync_api import expect

from crm.models import HistoryEntry
from customers.models import Customer
from tests.browser.actions import open_menu, sign_in, soon
from tests.factories import a_contact, a_customer


@pytest.mark.parametrize("size", [(1440, 900), (390, 800)])
def test_what_a_picker_lacks_is_added_beside_it(page, zhang, size):
    other = a_customer(zhang, name="云南翠湖公司", credit_code="")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, zhang)
    page.goto("/contacts/add/")
    page.locator("#id_name").fill("段世明")
    page.get_by_role("link", name="新建客户").click()
    dialog = page.locator("dialog.in-place")
    expect(dialog.locator("[name=name]")).to_be_focused()
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.locator("[data-field=name] .invalid-feedback")).to_be_visible()
    dialog.locator("[name=name]").fill("昆明洱海仪表有限公司")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("[data-field=customer] .item")).to_contain_text("昆明洱海仪表")
    expect(page.locator("#id_name")).to_have_value("段世明")
    expect(page.locator(".note-floating")).to_contain_text("昆明洱海仪表")
    assert Customer.objects.exclude(pk=other.pk).get().name == "昆明洱海仪表有限公司"


def test_one_field_is_changed_where_it_is_read(page, zhang, lina):
    customer = a_customer(zhang, name="昆明翠湖公司", phone="0871-65000001")
    a_contact(customer)
    sign_in(page, zhang)
    page.goto("/customers/?column=name&column=phone")
    cell = page.locator("tr[data-id] td[data-label=电话]")
    editor = page.locator(".one-field")
    cell.dblclick()
    expect(editor.locator("input[name=phone]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(editor).to_have_count(0)
    page.locator(".row-link").focus()
    page.keyboard.press("F2")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    editor.locator("input[name=phone]").fill("不是电话")
    page.keyboard.press("Enter")
    expect(editor.locator(".invalid-feedback")).to_be_visible()
    editor.locator("input[name=phone]").fill("0871-65000002")
    page.keyboard.press("Enter")
    expect(cell).to_contain_text("65000002")
    expect(page.locator(".note-floating")).to_contain_text("昆明翠湖公司")
    entry = HistoryEntry.objects.order_by("-id").filter(object_id=customer.pk).first()
    assert [*entry.changes] == ["phone"]


def test_a_click_beside_it_takes_away_no_text(page, zhang):
    a_customer(zhang, name="昆明翠湖公司", phone="0871-65000001")
    sign_in(page, zhang)
    page.goto("/customers/?column=name&column=phone")
    editor, heading = page.locator(".one-field"), page.locator("h1")
    cell, other = (
        page.locator("tr td[data-label=电话]"),
        page.locator("tr td:has(.row-link)"),
    )
    cell.dblclick()
    field = editor.locator("input[name=phone]")
    expect(field).to_be_focused()
    heading.click()
    expect(editor).to_have_count(0)
    cell.dblclick()
    field.fill("0871-65000002")
    heading.click()
    expect(field).to_have_value("0871-65000002")
    other.hover()
    other.locator(".pencil").click()
    expect(field).to_be_focused()
    expect(field).to_have_value("0871-65000002")
    page.keyboard.press("Escape")
    expect(editor).to_have_count(0)
    cell.dblclick()
    field.fill("不是电话")
    page.keyboard.press("Enter")
    expect(editor.locator(".invalid-feedback")).to_be_visible()
    heading.click()
    expect(field).to_have_value("不是电话")
    editor.get_by_role("button", name="取消").click()
    expect(editor).to_have_count(0)


def test_leaving_the_page_asks_while_an_editor_has_text_in_it(page, zhang):
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    a_customer(zhang, name="昆明翠湖公司", phone="0871-65000001")
    sign_in(page, zhang)
    page.on("dialog", stay)
    page.goto("/customers/?column=name&column=phone")
    cell, field = (
        page.locator("tr td[data-label=电话]"),
        page.locator(".one-field input[name=phone]"),
    )
    cell.dblclick()
    expect(field).to_be_focused()
    page.keyboard.type("0871-65000002")
    open_menu(page, "联系人")
    soon(page, lambda: asked, ["beforeunload"])
    expect(field).to_have_value("0871-65000002")
    field.press("Enter")
    expect(cell).to_contain_text("65000002")
    cell.dblclick()
    expect(field).to_be_focused()
    open_menu(page, "联系人")
    expect(page).to_have_url("/contacts/")
    assert asked == ["beforeunload"]


def test_who_was_overtaken_is_told_in_place(page, zhang):
    customer = a_customer(zhang, name="昆明翠湖公司", short_name="翠湖")
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(page, zhang)
    page.goto(f"{customer.get_absolute_url()}?tab=facts#facts")
    page.locator("#facts [data-field=short_name] .pencil").click()
    editor = page.locator(".one-field")
    editor.locator("input[name=short_name]").fill("我的简称")
    Customer.objects.filter(pk=customer.pk).update(short_name="别人的简称")
    page.keyboard.press("Enter")
    told = page.locator("dialog.in-place")
    expect(told).to_contain_text("别人的简称")
    expect(told.get_by_role("button", name="关闭")).to_be_visible()
    told.get_by_role("button", name="保留我的内容").click()
    page.wait_for_url(f"**{customer.get_absolute_url()}?tab=facts")
    customer.refresh_from_db()
    assert customer.short_name == "我的简称"


def test_what_one_may_only_read_has_no_editor(page, zhang, wang):
    customer = a_customer(zhang, name="昆明翠湖公司", phone="0871-65000001")
    team = a_customer(wang, name="大理洱海公司", phone="0872-65000001")
    team.memberships.create(user=zhang)
    sign_in(page, zhang)
    page.goto("/customers/?column=name&column=phone")
    editor, said = page.locator(".one-field"), page.locator(".note-floating")
    theirs = page.locator(f'tr[data-id="{team.pk}"] td[data-label=电话]')
    for _again in range(2):
        theirs.dblclick()
        expect(said).to_have_text("您可以查看，但不能修改。")
        expect(editor).to_have_count(0)
        said.evaluate("note => note.remove()")
    theirs.hover()
    expect(page.locator(f'tr[data-id="{team.pk}"] .pencil')).to_have_count(0)
    page.locator(f'tr[data-id="{customer.pk}"] td[data-label=电话]').dblclick()
    expect(editor.locator("input[name=phone]")).to_be_focused()


def test_one_field_asks_what_the_whole_form_asks(page, zhang):
    customer = a_customer(zhang, name="昆明翠湖公司", short_name="")
    a_customer(zhang, name="大理洱海仪表有限公司", short_name="洱海仪表")
    sign_in(page, zhang)
    page.goto(f"/customers/?q={customer.name}&column=name")
    page.locator(".row-link").focus()
    page.keyboard.press("F2")
    page.keyboard.press("Enter")
    editor = page.locator(".one-field")
    editor.locator("input[name=name]").fill("大理洱海仪表公司")
    page.keyboard.press("Enter")
    expect(editor).to_contain_text("大理洱海仪表有限公司")
    editor.locator("input[name=duplicate_reason]").fill("另一家公司")
    page.keyboard.press("Enter")
    expect(editor).to_have_count(0)
    expect(page.locator(".note-floating")).to_contain_text("大理洱海仪表公司")
    customer.refresh_from_db()
    assert customer.name == "大理洱海仪表公司"
