"""On a telephone everything is reachable, nothing is wider than the screen."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.actions import (
    expect_ids,
    fill,
    open_menu,
    open_page,
    press,
    sign_in,
    soon,
)
from tests.contracts.test_receipts import owing
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    a_news_item,
    a_product,
    an_encounter,
    an_interaction,
)
from tests.races import signed_in
from tests.samples import counts, preview

WIDTH = 390
#: WCAG 2.2 AA asks for 24; links within a text are exempt.
SMALLEST = 24
TARGETS = """places => places
    .filter(place => place.checkVisibility({visibilityProperty: true}))
    .map(place => [place.closest("label") || place, place])
    .map(([hit, place]) => [hit.getBoundingClientRect(), place])
    .filter(([box]) => box.width && (box.width < smallest || box.height < smallest))
    .map(([box, place]) => `${place.outerHTML.slice(0, 90)} ${box.width}×${box.height}`)
""".replace("smallest", str(SMALLEST))
PRESSED = (
    "button, summary, .btn, .form-control, .form-select:not(.ts-hidden-accessible), "
    ".form-check-input, .tab, #menu a, .pager a"
)
WIDER = """() => [...document.querySelectorAll("main *, header *")]
    .filter(place => place.getBoundingClientRect().right > innerWidth + 1)
    .filter(place => !place.closest(".table-frame, .visually-hidden"))
    .slice(0, 3).map(place => place.outerHTML.slice(0, 90))"""


@pytest.fixture
def books(zhang):
    """One record of every kind, with long names; returned by kind."""
    long = "云南省昆明市西山区滇池国家旅游度假区仪器仪表进出口贸易有限责任公司"
    customer = a_customer(zhang, name=long, email=f"{'a' * 60}@example.com")
    competitor = a_competitor(zhang, name=f"{long}竞争对手")
    return [
        customer,
        a_contact(customer),
        an_interaction(customer, subject=long),
        a_contract(zhang, customer=customer, title=long),
        a_product(zhang, name=long),
        competitor,
        an_encounter(competitor, customer),
        a_news_item(zhang, title=long),
    ]


def test_a_long_word_breaks_on_a_card(phone, zhang):
    an_interaction(a_customer(zhang), subject="Wattmeter" * 12)
    sign_in(phone, zhang)
    phone.goto("/")
    card = phone.locator("[data-card]").filter(has_text="Wattmeter")
    expect(card).to_have_count(1)
    soon(phone, lambda: phone.evaluate("document.documentElement.scrollWidth"), WIDTH)


@pytest.mark.parametrize("name", ["zhang", "chen", "lina", "zhao", "zhou"])
def test_every_page_of_the_menu_fits(name, phone, books, request):
    sign_in(phone, request.getfixturevalue(name))
    entries = phone.locator("#menu a")
    expect(entries.nth(5)).to_be_attached()
    addresses = entries.evaluate_all("links => links.map(link => link.href)")
    for address in dict.fromkeys([*addresses, f"{phone.url}profile/"]):
        assert_fits(phone, address)


def test_every_record_and_form_fits(phone, books, lina):
    sign_in(phone, lina)
    for record in books:
        assert_fits(phone, record.get_absolute_url())
        assert_fits(phone, f"{record.get_absolute_url()}edit/")


def test_every_step_of_an_import_fits(phone, books, lina):
    long, browser = books[0].name, signed_in(lina)
    head = f"客户名称,客户级别,邮箱,地址,{'Column' * 9},{'长列名' * 15}"
    rows = (
        f"{long},{'Grade' * 12},,{long * 3},{'x' * 200},{long}",
        f"{long}二分公司,,{'mail' * 30},,,",
        f"{long}三分公司,,a@example.com,{'Street' * 30},,",
    )
    content, name = "\n".join((head, *rows)), f"{'Customers' * 18}.csv"
    found = preview(browser, content, name, known="update", unknown="empty")
    sign_in(phone, lina)
    address = f"{phone.url}system/imports/"
    for step in (f"{found.pk}/preview/", f"{found.pk}/mapping/"):
        assert_fits(phone, f"{address}{step}")
    assert browser.post(f"/system/imports/{found.pk}/run/").status_code == 302
    found.refresh_from_db()
    assert counts(found) == (3, 1, 1, 0, 1)
    assert_fits(phone, f"{address}{found.pk}/")
    assert_fits(phone, address)


def assert_fits(phone, address):
    """No page scrolls sideways, no target is too small for a finger."""
    assert open_page(phone, address).status == 200, address
    wide, pressed = "document.scrollingElement.scrollWidth", phone.locator(PRESSED)
    soon(
        phone,
        lambda: (phone.evaluate(wide), address, phone.evaluate(WIDER)),
        lambda found: found[0] <= WIDTH,
    )
    soon(phone, lambda: (address, pressed.evaluate_all(TARGETS)), (address, []))


def test_menu_opens_and_leads_on(phone, zhang):
    sign_in(phone, zhang)
    expect(phone.locator("#menu")).to_be_hidden()
    press(phone, "主菜单")
    expect(phone.locator("#menu")).to_be_visible()
    open_menu(phone, "客户")
    expect(phone).to_have_url("/customers/")
    expect(phone.locator("#menu")).to_be_hidden()


def test_rows_are_cards_and_fields_one_column(phone, zhang):
    a_customer(zhang)
    sign_in(phone, zhang)
    phone.goto("/customers/")
    cells = phone.locator("#results tbody td:not(.select-cell)")
    tops = (
        "cells => cells.filter(cell => cell.offsetHeight)"
        ".map(cell => cell.getBoundingClientRect().top)"
    )
    soon(phone, lambda: cells.evaluate_all(tops), stand_on_lines_of_their_own)
    expect(phone.locator("#results thead th").last).not_to_be_in_viewport()
    phone.goto("/customers/add/")
    fields = phone.locator(".form-grid > .field")
    lefts = "fields => fields.map(field => field.getBoundingClientRect().left)"
    expect(fields.nth(20)).to_be_attached()
    soon(phone, lambda: len(set(fields.evaluate_all(lefts))), 1)
    fill(phone, name="手机录入的客户")
    press(phone, "保存")
    expect(phone.locator("#record")).to_contain_text("手机录入的客户")


def test_a_list_is_sorted_on_a_phone(phone, zhang):
    made = [a_customer(zhang, employees=number) for number in (70, 600, 5)]
    sign_in(phone, zhang)
    phone.goto("/customers/?q=测试")
    by, order = phone.locator("#results select[name=sort]"), (2, 0, 1)
    expect(by.locator("option:checked")).to_have_text("创建时间 降序")
    by.select_option(label="客户名称 升序")
    expect_ids(phone, [customer.pk for customer in made])
    phone.goto("/customers/?column=name&column=employees")
    by.select_option(label="员工人数 升序")
    expect_ids(phone, [made[place].pk for place in order])
    expect(phone.locator("#results thead th").last).not_to_be_in_viewport()


def test_a_condition_turned_round_is_told_at_its_field(phone, zhang):
    a_customer(zhang, employees=7)
    sign_in(phone, zhang)
    phone.goto("/customers/")
    phone.locator(".conditions-more > summary").click()
    fill(phone, employees_min="9", employees_max="1")
    press(phone, "查询")
    told = phone.locator("#id_employees_max_error")
    expect(told).to_contain_text("填反了")
    fill(phone, employees_min="1", employees_max="9")
    press(phone, "查询")
    expect(told).to_have_count(0)
    expect(phone.locator("#results tbody tr")).to_have_count(1)


def stand_on_lines_of_their_own(tops):
    """Say whether cells, of which these are the upper edges, lie below each other."""
    return len(tops) > 3 and tops == sorted(set(tops))


def test_a_record_leads_down_to_what_is_filed_under_it(phone, zhang):
    customer = a_customer(zhang, phone="0871-63150000")
    a_contact(customer, name="李建华")
    sign_in(phone, zhang)
    open_page(phone, customer.get_absolute_url())
    phone.locator(".jump").click()
    expect(phone.locator("#tab-contact")).to_be_in_viewport()
    expect(phone.get_by_role("link", name="0871-63150000")).to_be_visible()
    expect(phone.locator('[data-field="credit_code"]')).to_be_hidden()


def test_a_list_begins_in_the_upper_half(phone, zhang):
    a_customer(zhang)
    sign_in(phone, zhang)
    phone.goto("/customers/")
    row = phone.locator("#results tbody tr").first
    soon(phone, lambda: row.bounding_box()["y"], lambda top: top < 844 / 2)


def test_marks_in_the_inbox_are_as_wide_as_their_words(phone, zhang, lina):
    a_customer(zhang, name="云南昆明翠湖仪器仪表有限公司", registered=False)
    sign_in(phone, lina)
    phone.goto("/system/inbox/")
    pills = phone.locator("#results .pill")
    expect(pills).not_to_have_count(0)
    for pill in pills.all():
        soon(phone, pill.bounding_box, is_one_line)


def is_one_line(box):
    """Say whether a box is as wide as its words."""
    return box["height"] < 30 and box["width"] > box["height"]


def test_choices_of_several_are_as_high_as_a_finger(phone, zhang):
    sign_in(phone, zhang)
    phone.goto("/notices/settings/")
    choices = phone.locator("main [name=wanted]")
    expect(choices.nth(5)).to_be_attached()
    soon(phone, lambda: choices.evaluate_all(TARGETS), [])


def test_a_group_without_a_value_is_not_headed(phone, zhang):
    customer = a_customer(zhang)
    sign_in(phone, zhang)
    open_page(phone, customer.get_absolute_url())
    phone.locator('[data-tab-section="facts"]').click()
    expect(phone.get_by_role("heading", name="业务状况")).to_be_visible()
    expect(phone.get_by_role("heading", name="规模与信用")).to_be_hidden()


def test_a_table_that_goes_on_sideways_has_a_shadow_at_its_edge(phone, zhang, zhao):
    owing(zhang, zhao)
    sign_in(phone, zhang)
    phone.goto("/receivables/")
    frame = phone.locator("#ageing .table-frame")
    soon(
        phone, lambda: frame.evaluate("box => box.scrollWidth > box.clientWidth"), True
    )
    expect(frame).to_have_css("background-attachment", re.compile("local, local, scr"))
