"""What one sees while an answer is awaited, and where none comes.

One sentence where something was asked for, what was typed still there, a button to try
again: whether the network is away, the server fails, hangs, or knows nobody any more.
"""

import re

import pytest
from playwright.sync_api import expect

from feedback.models import Interaction
from tests.browser.actions import fill, open_page, press, sign_in, soon
from tests.factories import a_customer
from tests.people import PASSWORD

WIDTHS = pytest.mark.parametrize("width", [1440, 390])
AWAY = "网络已断开，已填写的内容不会丢失。"
BROKEN = "服务器出错，已填写的内容不会丢失，请重试。"
SIGNED_OUT = "登录已失效。请在新页面登录后，回到此处重试。"
TEXT = "客户要求月底前报价。"


def at(page, width, person):
    """Let a person sign in at a screen of some width."""
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, person)


def failing(page, address, status=500):
    """Let the server fail at an address; return what mends it."""
    page.route(address, lambda route: route.fulfill(status=status, body=""))
    return lambda: page.unroute(address)


def hanging(page, address):
    """Let what is asked of an address wait; return what lets it go on."""
    held = []
    page.route(address, lambda route: held.append(route))

    def go_on():
        for route in held:
            route.continue_()
        held.clear()
        page.unroute(address)

    return go_on


def again(place):
    """Press the button beside the sentence."""
    press(place.locator("[data-failure]"), "重试")


@WIDTHS
def test_a_bar_says_that_the_network_is_away_until_it_is_back(page, zhang, width):
    at(page, width, zhang)
    bar = page.locator(".offline-bar")
    expect(bar).to_be_hidden()
    page.context.set_offline(True)
    expect(bar).to_have_text(AWAY)
    expect(bar).to_be_in_viewport()
    page.context.set_offline(False)
    expect(bar).to_be_hidden()


@WIDTHS
def test_a_form_is_not_sent_into_nothing(page, zhang, width):
    at(page, width, zhang)
    page.goto("/customers/add/")
    fill(page, name="昆明翠湖仪器有限公司", status="意向")
    page.context.set_offline(True)
    press(page.locator("#record-form"), "保存")
    note = page.locator("#main [data-failure]")
    expect(note).to_contain_text(AWAY)
    expect(note).to_be_in_viewport()
    expect(page.locator("#id_name")).to_have_value("昆明翠湖仪器有限公司")
    page.context.set_offline(False)
    again(page.locator("#main"))
    expect(page.locator("#record h1")).to_contain_text("昆明翠湖仪器有限公司")


@WIDTHS
def test_a_search_that_fails_is_tried_again_where_one_is(page, zhang, width):
    a_customer(zhang, name="昆明翠湖仪器有限公司")
    at(page, width, zhang)
    page.goto("/customers/")
    mend = failing(page, re.compile(r"/customers/\?q="))
    fill(page, q="翠湖")
    page.locator("#conditions [name=q]").press("Enter")
    expect(page.locator("#main > [data-failure]")).to_contain_text(BROKEN)
    expect(page.locator("#conditions [name=q]")).to_have_value("翠湖")
    mend()
    again(page.locator("#main"))
    expect(page.locator(".chip")).to_contain_text("翠湖")
    expect(page.locator("[data-failure]")).to_have_count(0)


@WIDTHS
def test_a_tab_says_that_it_is_on_its_way_and_that_it_did_not_come(page, zhang, width):
    customer = a_customer(zhang)
    at(page, width, zhang)
    open_page(page, customer.get_absolute_url())
    panel, address = page.locator("#tab-panel"), re.compile(r"/contacts/\?customer=")
    go_on = hanging(page, address)
    page.locator("#tab-contact").click()
    expect(panel).to_have_attribute("aria-busy", "true")
    expect(panel).to_have_class(re.compile("is-waiting"))
    go_on()
    expect(panel).not_to_have_attribute("aria-busy", "true")
    expect(panel).not_to_have_class(re.compile("is-waiting"))
    mend = failing(page, address, 502)
    page.locator("#tab-contact").click()
    expect(page.locator("#tabs [data-failure]")).to_contain_text(BROKEN)
    mend()
    again(page.locator("#tabs"))
    expect(panel.locator(".empty-list")).to_be_visible()


def test_what_comes_at_once_shows_no_sign_of_waiting(page, zhang):
    customer = a_customer(zhang)
    sign_in(page, zhang)
    open_page(page, customer.get_absolute_url())
    seen = "window.signs = []; new MutationObserver(() => window.signs.push("
    seen += "document.querySelector('#tab-panel').className)).observe(document.body,"
    seen += "{subtree: true, attributes: true, attributeFilter: ['aria-busy']})"
    page.evaluate(seen)
    page.route(
        re.compile(r"/contacts/\?customer="),
        lambda route: route.fulfill(body="<div id=results><p>甲</p></div>"),
    )
    page.locator("#tab-contact").click()
    expect(page.locator("#tab-panel")).to_have_text("甲")
    soon(page, lambda: bool(page.evaluate("window.signs")), True)
    waiting = "window.signs.filter((sign) => sign.includes('is-waiting'))"
    soon(page, lambda: page.evaluate(waiting), [])


@WIDTHS
def test_a_follow_up_is_kept_until_it_can_be_saved(page, zhang, width):
    customer = a_customer(zhang)
    at(page, width, zhang)
    open_page(page, customer.get_absolute_url())
    dialog = page.locator("#follow-up-dialog")
    opener = page.locator("#record a[data-follow-up]").first
    go_on = hanging(page, re.compile("/follow-up/"))
    opener.click()
    expect(dialog.locator("[data-waiting=加载中…]")).to_be_visible()
    press(dialog, "关闭")
    expect(dialog).to_be_hidden()
    opener.click()
    go_on()
    dialog.locator("[name=content]").fill(TEXT)
    dialog.locator("[name=method]").select_option(label="打电话")
    page.context.set_offline(True)
    press(dialog, "保存")
    expect(dialog.locator("[data-failure]")).to_contain_text(AWAY)
    expect(dialog.locator("[name=content]")).to_have_value(TEXT)
    page.context.set_offline(False)
    again(dialog)
    expect(dialog).to_be_hidden()
    assert Interaction.objects.get().content == TEXT


def test_a_follow_up_sent_after_the_session_has_ended_waits(page, zhang):
    customer = a_customer(zhang)
    sign_in(page, zhang)
    open_page(page, customer.get_absolute_url())
    page.locator("#record a[data-follow-up]").first.click()
    dialog = page.locator("#follow-up-dialog")
    dialog.locator("[name=content]").fill(TEXT)
    dialog.locator("[name=method]").select_option(label="打电话")
    page.context.clear_cookies(name="sessionid")
    press(dialog, "保存")
    page.wait_for_url("**/login/**")
    page.locator("[name=login]").fill(zhang.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.locator("#follow-up [name=content]")).to_have_value(TEXT)


@WIDTHS
def test_a_picker_says_why_it_finds_nothing(page, zhang, width):
    a_customer(zhang, name="昆明翠湖仪器有限公司")
    at(page, width, zhang)
    page.goto("/contacts/add/")
    mend = failing(page, re.compile("/options/"))
    search = page.locator("#id_customer-ts-control")
    search.click()
    search.press_sequentially("翠湖")
    list_ = page.locator("#id_customer-ts-dropdown")
    expect(list_).to_contain_text(BROKEN)
    mend()
    list_.get_by_text("重试").click()
    expect(list_).to_contain_text("昆明翠湖仪器有限公司")


@WIDTHS
def test_what_a_picker_lacks_is_asked_for_again(page, zhang, width):
    at(page, width, zhang)
    page.goto("/contacts/add/")
    mend = failing(page, re.compile("/customers/add/"))
    page.locator("[data-new]").first.click()
    dialog = page.locator("dialog.in-place")
    expect(dialog).to_contain_text(BROKEN)
    mend()
    again(dialog)
    dialog.locator("[name=name]").fill("昆明洱海仪表有限公司")
    dialog.locator("[name=status]").select_option(label="意向")
    mend = failing(page, re.compile("/customers/add/"), 503)
    press(dialog, "保存")
    expect(dialog).to_contain_text(BROKEN)
    expect(dialog.locator("[name=name]")).to_have_value("昆明洱海仪表有限公司")
    mend()
    again(dialog)
    expect(page.locator("#id_customer-ts-control")).to_be_attached()
    expect(page.locator(".ts-wrapper .item")).to_contain_text("昆明洱海仪表有限公司")


def test_one_field_is_tried_again(page, zhang):
    a_customer(zhang, phone="0871-65000001")
    sign_in(page, zhang)
    page.goto("/customers/?column=name&column=phone")
    go_on = hanging(page, re.compile("/edit/"))
    cell = page.locator("tr[data-id] td[data-label=电话]")
    cell.dblclick()
    editor = page.locator(".one-field")
    expect(editor).to_have_attribute("data-waiting", "加载中…")
    go_on()
    editor.locator("[name=phone]").fill("0871-63150000")
    page.context.set_offline(True)
    press(editor, "保存")
    expect(editor).to_contain_text(AWAY)
    expect(editor.locator("[name=phone]")).to_have_value("0871-63150000")
    page.context.set_offline(False)
    again(editor)
    expect(cell).to_contain_text("0871-63150000")


@WIDTHS
def test_the_way_anywhere_says_that_it_cannot_look(page, zhang, width):
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司")
    at(page, width, zhang)
    page.goto("/profile/")
    page.keyboard.press("Control+k")
    palette = page.locator("#palette")
    expect(palette.locator("[role=option]").first).to_be_visible()
    mend = failing(page, re.compile(r"/search/\?"))
    palette.locator("input").fill("翠湖")
    expect(palette.locator("[data-failure]")).to_contain_text(BROKEN)
    mend()
    again(palette)
    palette.get_by_text(customer.name).click()
    page.wait_for_url(f"**{customer.get_absolute_url()}")


@WIDTHS
def test_settings_of_a_list_unfold_as_soon_as_they_can(page, zhang, width):
    a_customer(zhang)
    at(page, width, zhang)
    page.goto("/customers/")
    page.context.set_offline(True)
    fold = page.locator("details.fold[data-settings]")
    fold.locator("summary").click()
    expect(fold).to_contain_text(AWAY)
    page.context.set_offline(False)
    again(fold)
    expect(fold.locator("form").first).to_be_visible()


def test_whoever_is_signed_out_is_told_so_and_goes_on(page, zhang):
    a_customer(zhang, name="昆明翠湖仪器有限公司")
    sign_in(page, zhang)
    page.goto("/contacts/add/")
    fill(page, name="段世明")
    kept = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.locator("#id_customer-ts-control").click()
    page.locator("#id_customer-ts-control").press_sequentially("翠")
    expect(page.locator("#id_customer-ts-dropdown")).to_contain_text(SIGNED_OUT)
    page.context.add_cookies(kept)
    list_ = page.locator("#id_customer-ts-dropdown")
    list_.get_by_text("重试").click()
    list_.get_by_text("昆明翠湖仪器有限公司").click()
    expect(page.locator("#id_name")).to_have_value("段世明")


def test_a_pressed_button_says_so_and_is_pressed_once(page, zhang):
    sign_in(page, zhang)
    page.goto("/customers/add/")
    fill(page, name="昆明翠湖仪器有限公司", status="意向")
    sent = []
    page.on("request", lambda asked: sent.append(f"{asked.method} {asked.url}"))
    noted = "document.addEventListener('submit', ({submitter, target}) => {"
    noted += "sessionStorage.setItem('looks', submitter.className + target.ariaBusy)})"
    page.evaluate(noted)
    save = page.locator("#record-form .form-buttons")
    save.get_by_role("button", name="保存", exact=True).dblclick()
    expect(page.locator("#record h1")).to_contain_text("昆明翠湖仪器有限公司")
    looks = "sessionStorage.getItem('looks')"
    soon(page, lambda: page.evaluate(looks), lambda seen: "is-pressedtrue" in seen)
    saved = [one for one in sent if re.match("POST .*/customers/add/", one)]
    assert len(saved) == 1
