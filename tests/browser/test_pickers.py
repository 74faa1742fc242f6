"""A picker opens for whoever asks it to, and never fights the mouse."""

import pytest
from playwright.sync_api import expect

from tests.browser.actions import choices, sign_in
from tests.factories import a_competitor, a_contact, a_customer, a_product

ADDED = (
    "contacts",
    "interactions",
    "contracts",
    "encounters",
    "customers",
    "news",
    "products",
)


@pytest.fixture
def people_to_choose(lina):
    """Something to choose in every first picker."""
    customer = a_customer(lina, name="昆明翠湖仪器有限公司")
    a_contact(customer)
    a_competitor(lina)
    a_product(lina)


def test_no_form_opens_a_picker_by_itself(page, lina, people_to_choose):
    """Where the focus stands in one at first, its choices have been fetched by then."""
    sign_in(page, lina)
    begun_in_one = 0
    for name in ADDED:
        page.goto(f"/{name}/add/")
        focused = page.locator(".ts-wrapper.focus")
        expect(page.locator("form [name]:focus, .ts-wrapper.focus")).to_have_count(1)
        begun_in_one += focused.count()
        expect(page.locator(".ts-wrapper.loading")).to_have_count(0)
        expect(page.locator("[role=combobox][aria-expanded=true]")).to_have_count(0)
    assert begun_in_one > 1


@pytest.mark.parametrize("address", ["/interactions/add/", "/encounters/add/"])
def test_a_click_into_a_picker_keeps_the_focus(page, lina, people_to_choose, address):
    sign_in(page, lina)
    page.goto(address)
    control = page.locator("#id_customer-ts-control")
    for _click in range(3):
        control.click()
        expect(control).to_be_focused()
        expect(control).to_have_attribute("aria-expanded", "true")
    page.keyboard.type("翠湖")
    option = choices(page, "customer").and_(page.locator(".active"))
    expect(option).to_contain_text("昆明翠湖仪器有限公司")
    page.keyboard.press("Enter")
    expect(page.locator("[name=customer]")).not_to_have_value("")


def test_a_picker_opens_by_the_keyboard_when_it_is_asked(page, lina, people_to_choose):
    sign_in(page, lina)
    page.goto("/interactions/add/")
    control = page.locator("#id_customer-ts-control")
    expect(control).to_be_focused()
    for key in ("ArrowDown", "Enter"):
        page.keyboard.press(key)
        expect(control).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("Escape")
        expect(control).to_have_attribute("aria-expanded", "false")
    expect(page).to_have_url("/interactions/add/")
