"""What people do with a page: sign in, press a button, fill in, read the rows.

Who has pressed or followed something sees the old page for a while, on a busy machine
for long. So nothing is read once and believed: `expect` and `soon` read until it is so.
"""

import re
import time

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from tests.conftest import SLOW_PAGE
from tests.people import PASSWORD

ENTER, LEAVE = re.compile("^(登录|Sign in)$"), re.compile("^(退出|Sign out)$")


def soon(page, read, expected):
    """Read something of a page until it is what is expected; fail if it never is.

    For what `expect` has no word for: rows, sizes, what a script has noted.

    Args:
        page: on which one waits.
        read: called without arguments, again and again.
        expected: what it is to return, or a function that says whether it may.
    """
    is_so = expected if callable(expected) else expected.__eq__
    until, found = time.monotonic() + SLOW_PAGE / 1000, None
    while time.monotonic() < until:
        try:
            found = read()
        except PlaywrightError as error:  # the page has just gone
            found = error
        else:
            if is_so(found) is True:
                return
        page.wait_for_timeout(50)  # in which the browser is heard
    raise AssertionError(f"{found!r}, not {expected!r}")


def expect_ids(page, expected):
    """Expect these ids of the rows of a list, from top to bottom."""
    rows = page.locator("#results tbody tr")
    asked = "rows => rows.map(row => Number(row.dataset.id))"
    soon(page, lambda: rows.evaluate_all(asked), expected)


def sign_in(page, person):
    """Sign a person in through the front door, and whoever sits there out before."""
    page.wait_for_load_state()
    leave = page.get_by_role("button", name=LEAVE)
    if leave.count():
        leave.click()
        expect(page).to_have_url(re.compile("/login/"))
    page.goto("/login/")
    page.locator("[name=login]").fill(person.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name=ENTER).click()
    page.wait_for_url("/")  # and until its scripts have run


def open_page(page, address):
    """Open a page, with the tab that a record fetches at once; return the answer."""
    answer = page.goto(address)
    if page.locator("#tab-panel").count():
        page.locator("#tab-panel > *").first.wait_for(state="attached")
    return answer


def press(place, word):
    """Press the button with exactly this word."""
    place.get_by_role("button", name=word, exact=True).click()


def follow(place, word):
    """Follow the link with exactly this word."""
    place.get_by_role("link", name=word, exact=True).click()


def open_menu(page, word):
    """Go where an entry of the main menu leads."""
    entry = page.locator("#menu a").filter(has_text=word)
    expect(entry.first).to_be_attached()
    if not entry.first.is_visible():
        group = page.locator("#menu details").filter(
            has=page.locator("a", has_text=word)
        )
        group.locator("summary").click()
    entry.first.click()


def fill(page, **fields):
    """Fill in fields of the page by name."""
    for name, value in fields.items():
        field = page.locator(f'#main [name="{name}"]')
        if field.evaluate("place => place.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)


def choices(place, name):
    """Return what can be taken in the lookup of a field; "Loading…" cannot."""
    return place.locator(f"#id_{name}-ts-dropdown [role=option][data-selectable]")


def choose(page, name, text):
    """Search in the lookup of a field, with the keyboard only, and take the first."""
    search = page.locator(f"#id_{name}-ts-control")
    search.focus()
    page.keyboard.type(text)
    option = choices(page, name).and_(page.locator(".active"))
    expect(option).to_contain_text(text)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def pick(page, name, text):
    """Search in the lookup of a field and take what is found, with the mouse."""
    search = page.locator(f"#id_{name}-ts-control")
    search.click()
    search.press_sequentially(text)
    choices(page, name).filter(has_text=text).first.click()
    expect(page.locator(f"select[name={name}] option[value]:checked")).to_have_count(1)


def decide(page, word, **fields):
    """Unfold the small form behind a button, fill it in and send it."""
    fold = page.locator("details.fold").filter(
        has=page.locator("summary").get_by_text(word, exact=True)
    )
    fold.locator("summary").click()
    for name, value in fields.items():
        fold.locator(f'[name="{name}"]').fill(value)
    press(fold, word)


def total(page):
    """Return where a list says how many rows its conditions select."""
    return page.locator("#results table.rows")
