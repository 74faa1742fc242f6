"""What pops up is never cut off by the box that it stands in, at any size."""

import re

import pytest
from playwright.sync_api import expect

from contracts import approval
from tests.browser.actions import choices, choose, open_page, press, sign_in, soon
from tests.factories import (
    a_competitor,
    a_contract,
    a_customer,
    a_product,
    an_interaction,
)

SIZES = ((1440, 900), (1024, 768), (390, 844))
#: A click in the middle of a control must land on the control.
COVERED = """panel => [...panel.querySelectorAll(
        "input:not([type=hidden]), select, textarea, button:enabled, a, [role=option]")]
    .filter(place => place.checkVisibility())
    .filter(place => {
        place.scrollIntoView({block: "nearest", behavior: "instant"});
        const box = place.getBoundingClientRect();
        const hit = document.elementFromPoint(
            box.left + box.width / 2, box.top + box.height / 2);
        return !hit || !(place.contains(hit) || hit.closest("label")?.contains(place));
    })
    .map(place => place.outerHTML.slice(0, 120))"""


@pytest.fixture
def addresses(zhang, lina, zhao):
    """Pages on which something unfolds, as 李娜 or 赵强 see them."""
    for number in range(25):
        a_customer(zhang, name=f"昆明第{number:02}仪器有限公司", registered=False)
    customer = a_customer(zhang)
    an_interaction(customer)
    pending = a_contract(zhang, customer=customer, amount=150_000)
    approval.submit(pending, by=zhang)
    return {
        lina: ["/system/inbox/", "/customers/", "/contracts/", "/system/recycle-bin/"],
        zhao: [pending.get_absolute_url(), "/interactions/"],
        zhang: [pending.get_absolute_url(), customer.get_absolute_url()],
    }


def test_every_control_that_unfolds_can_be_clicked(page, addresses):
    opened = 0
    for person, places in addresses.items():
        sign_in(page, person)
        for place in places:
            open_page(page, place)
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                opened += unfold_all(page, f"{place} {width}")
    assert opened > 80


def unfold_all(page, place):
    """Open every fold of a page in turn; none may hide what it offers."""
    folds = page.locator("main details.fold")
    for fold in folds.all():
        fold.locator("summary").click()
        panel = fold.locator(".fold-panel")
        expect(panel).to_be_visible()
        soon(page, lambda box=panel: (place, box.evaluate(COVERED)), (place, []))
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
    return folds.count()


@pytest.mark.parametrize("row", [0, 3, 24])
@pytest.mark.parametrize("size", SIZES)
def test_return_is_pressed_with_the_mouse_in_the_inbox(page, size, row, addresses):
    lina = next(iter(addresses))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, lina)
    page.goto("/system/inbox/?kind=customers.customer")
    line = page.locator("#results tbody tr").nth(row)
    name = line.locator(".row-link").inner_text()
    line.locator("summary", has_text="退回").click()
    line.locator("[name=reason]").click()
    page.keyboard.type("请补充地址")
    press(line.locator(".fold-panel"), "退回")
    expect(page.get_by_role("status")).to_contain_text(name)
    page.goto("/system/inbox/?per_page=50")
    expect(page.locator("#results")).not_to_contain_text(name)


@pytest.mark.parametrize("size", SIZES[::2])
def test_ticked_rows_are_returned_with_the_mouse(page, size, addresses):
    lina = next(iter(addresses))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, lina)
    page.goto("/system/inbox/?kind=customers.customer")
    ticks = page.locator("#results tbody [name=ids]")
    for row in range(3):
        ticks.nth(row).check()
    bar = page.locator("#bulk")
    bar.locator("summary", has_text="退回").click()
    bar.locator("[name=reason]").click()
    page.keyboard.type("与已有客户重复")
    press(bar.locator(".fold-panel"), "退回")
    expect(page.get_by_role("status")).to_contain_text("已退回 3 条记录")
    expect(page.locator("#results [data-total]")).to_have_attribute("data-total", "22")


@pytest.mark.parametrize("size", SIZES)
def test_choices_in_the_lines_of_a_contract_are_not_cut_off(page, size, zhang):
    for number in range(12):
        a_product(zhang, name=f"电阻箱{number}")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, zhang)
    page.goto("/contracts/add/")
    search = page.locator("#id_lines-0-product-ts-control")
    search.click()
    options = choices(page, "lines-0-product")
    expect(options).to_have_count(12)
    soon(
        page,
        lambda: page.locator("#id_lines-0-product-ts-dropdown").evaluate(COVERED),
        [],
    )
    options.filter(has_text="电阻箱7").click()
    expect(page.locator("[name=lines-0-product]")).not_to_have_value("")


def test_a_click_elsewhere_closes_what_is_open(page, addresses):
    sign_in(page, next(iter(addresses)))
    page.goto("/customers/")
    page.locator("summary", has_text="列设置").click()
    expect(page.locator(".columns")).to_be_visible()
    page.locator("h1").click()
    expect(page.locator(".columns")).to_be_hidden()


@pytest.mark.parametrize("size", SIZES)
def test_what_was_chosen_is_saved_by_the_first_click(page, size, zhang):
    customer, rival = a_customer(zhang), a_competitor(zhang)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, zhang)
    page.goto("/encounters/add/")
    choose(page, "competitor", rival.name)
    choose(page, "customer", customer.name)
    page.locator("[name=save]").click()
    page.wait_for_url(re.compile(r"/encounters/\d+/$"))
    expect(page.locator('[data-field="customer"]')).to_contain_text(str(customer))
