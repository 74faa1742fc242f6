"""The keys that the program offers, and entering a series of records with them."""

from playwright.sync_api import expect

from customers.models import Customer
from tests.browser.actions import sign_in, soon
from tests.factories import a_customer


def test_single_keys(page, zhang):
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司")
    sign_in(page, zhang)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("cuihu?n")
    expect(page.locator("#global-search")).to_have_value("cuihu?n")
    page.locator("#global-search").fill("cuihu")
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_contain_text(customer.name)
    page.goto(customer.get_absolute_url())
    page.keyboard.press("e")
    expect(page).to_have_url(f"{customer.get_absolute_url()}edit/")
    page.goto("/customers/")
    page.keyboard.press("n")
    expect(page).to_have_url("/customers/add/")


def test_a_key_counts_at_once_after_a_dialog_was_closed(page, zhang):
    """A quick hand presses it while the focus still stands in the closed dialog."""
    sign_in(page, zhang)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.evaluate(
        """() => {
          const dialog = document.getElementById("keys");
          const key = new KeyboardEvent("keydown", { key: "/", bubbles: true });
          dialog.close();
          dialog.querySelector("button").dispatchEvent(key);
        }"""
    )
    expect(page.locator("#global-search")).to_be_focused()


def test_rows_are_reached_by_tab(page, zhang):
    customer = a_customer(zhang)
    sign_in(page, zhang)
    page.goto("/customers/")
    page.locator("#results thead a").last.focus()
    page.keyboard.press("Tab")
    expect(page.locator("#results tbody [name=ids]")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".row-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(customer.get_absolute_url())
    expect(page.locator("#tab-panel > *").first).to_be_attached()


def test_first_tab_skips_to_the_content(page, zhang):
    sign_in(page, zhang)
    page.goto("/customers/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = "document.activeElement.closest('main') !== null"
    soon(page, lambda: page.evaluate(inside), True)


def test_series_is_entered_without_the_mouse(page, lina):
    sign_in(page, lina)
    page.goto("/customers/")
    page.keyboard.press("n")
    page.wait_for_url("/customers/add/")
    for number, name in enumerate(("昆明一厂", "昆明二厂", "昆明三厂")):
        tab_to(page, "name")
        page.keyboard.type(name)
        if not number:
            tab_to(page, "source")
            pick(page, "展会")
        tab_to(page, "save_and_add")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(name)
        page.wait_for_load_state()
        chosen = page.locator("[name=source] option:checked")
        expect(chosen).to_have_text("展会")
    stored = Customer.objects.order_by("pk")
    assert [c.name for c in stored] == ["昆明一厂", "昆明二厂", "昆明三厂"]
    assert {str(c.source) for c in stored} == {"展会"}


def tab_to(page, name, at_most=80):
    """Press the tab key until a field or button of the page is in focus."""
    for _press in range(at_most):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by the tab key")


def pick(page, word):
    """Go down in the select that is in focus until it shows a word."""
    chosen = "document.activeElement.selectedOptions[0].text"
    while page.evaluate(chosen) != word:
        before = page.evaluate(chosen)
        page.keyboard.press("ArrowDown")
        soon(page, lambda: page.evaluate(chosen), before.__ne__)


def test_form_is_sent_by_ctrl_enter(page, zhang):
    customer = a_customer(zhang)
    sign_in(page, zhang)
    page.goto(f"{customer.get_absolute_url()}edit/")
    page.locator("[name=remarks]").fill("第一行\n第二行")
    page.keyboard.press("Control+Enter")
    expect(page.locator('[data-field="remarks"]')).to_contain_text("第二行")
    expect(page).to_have_url(customer.get_absolute_url())


def test_the_page_is_sent_by_key_before_a_field_is_chosen(page, zhang):
    customer = a_customer(zhang)
    sign_in(page, zhang)
    page.goto(f"{customer.get_absolute_url()}edit/")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#record")).to_be_visible()
