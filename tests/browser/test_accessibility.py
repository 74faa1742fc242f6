"""The pages that people live on meet WCAG 2.2 AA, as far as axe can tell."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.actions import choices, fill, follow, open_page, press, sign_in
from tests.factories import (
    a_contact,
    a_contract,
    a_customer,
    a_product,
    an_interaction,
)

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page, address):
    """Return what axe finds on a page, in words."""
    open_page(page, address)
    return violations_here(page)


def violations_here(page):
    """Return what axe finds on the page as it stands, by day and in the dark.

    The dark theme changes colours only.
    """
    found = look(page, {"type": "tag", "values": LEVELS})
    page.emulate_media(color_scheme="dark")
    found += look(page, {"type": "rule", "values": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    return found


def look(page, rules):
    """Return what axe finds by some of its rules.

    What is just being drawn, and stands out little as yet, is looked at again.
    """
    for _look in range(3):
        found = Axe().run(page, options={"runOnly": rules})
        if not found.response["violations"]:
            break
        page.wait_for_timeout(500)
    return [
        f"{page.url} {rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"][:3]
    ]


def test_front_door(page, db):
    assert violations(page, "/login/") == []


@pytest.fixture
def customer(zhang):
    """A customer in the books with something filed under it, and a report."""
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司", phone="0871-63150000")
    a_contact(customer)
    an_interaction(customer)
    a_product(zhang)
    a_customer(zhang, name="昆明翠湖仪器公司", registered=False)
    return customer


def test_desk_of_a_salesperson(page, zhang, customer):
    sign_in(page, zhang)
    own, found = customer.get_absolute_url(), []
    for address in (
        "/",
        "/customers/?q=翠湖&status=potential&per_page=10",
        "/customers/?colour=red",
        own,
        f"{own}edit/",
        f"{own}file/",
        "/customers/add/",
        "/contracts/add/",
        "/interactions/",
        "/search/?q=翠湖",
        "/bookmarks/",
        "/profile/",
    ):
        found += violations(page, address)
    assert found == []


def test_refused_form_and_open_lookup(page, zhang, customer):
    sign_in(page, zhang)
    page.goto("/customers/add/")
    fill(page, email="kein")
    press(page, "保存")
    page.locator(".invalid-feedback").first.wait_for()
    assert violations_here(page) == []
    page.locator("#id_parent-ts-control").click()
    choices(page, "parent").first.wait_for()
    assert violations_here(page) == []


def test_forms_that_come_to_the_page(page, zhang, customer):
    sign_in(page, zhang)
    page.goto("/contacts/add/")
    page.get_by_role("link", name="新建客户").click()
    page.locator("dialog.in-place [name=name]").wait_for()
    assert violations_here(page) == []
    page.goto(f"{customer.get_absolute_url()}?tab=facts")
    page.keyboard.press("F2")
    assert violations_here(page) == []
    page.keyboard.press("Enter")
    page.locator(".one-field input").first.wait_for()
    assert violations_here(page) == []


def test_inbox_and_system_tools(page, lina, zhou, customer):
    sign_in(page, lina)
    found = violations(page, "/") + violations(page, "/customers/import/")
    found += violations(page, "/system/inbox/")
    follow(page.locator("#results"), "昆明翠湖仪器公司")
    page.locator("#record").wait_for()
    found += violations_here(page)
    sign_in(page, zhou)
    for name in ("users", "departments", "roles/add", "dictionaries", "log"):
        found += violations(page, f"/system/{name}/")
    found += violations(page, "/system/approval-rules/")
    assert found == []


def test_approvals(page, zhang, zhao, customer):
    contract = a_contract(zhang, customer=customer, amount=150_000)
    sign_in(page, zhang)
    page.goto(contract.get_absolute_url())
    press(page, "提交审批")
    expect(page.locator("#record")).to_have_attribute("data-status", "pending")
    sign_in(page, zhao)
    found = violations(page, "/") + violations(page, "/approvals/")
    found += violations(page, contract.get_absolute_url())
    page.locator("summary", has_text="驳回").click()
    expect(page.locator("details[open] .fold-panel")).to_be_visible()
    found += violations_here(page)
    found += violations(page, f"{contract.get_absolute_url()}approval-sheet/")
    assert found == []


def test_conflict_page(page, zhang, customer):
    sign_in(page, zhang)
    page.goto(f"{customer.get_absolute_url()}edit/")
    customer.phone = "0871-11111111"
    customer.save()
    fill(page, phone="0871-22222222")
    press(page, "保存")
    page.locator("table.compare").wait_for()
    assert violations_here(page) == []
