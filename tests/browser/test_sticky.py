"""Bars that stay never hide what has the focus; nothing is wider than the window."""

import pytest

from tests.browser.actions import open_page, sign_in, soon
from tests.conftest import visit
from tests.factories import a_contract, a_customer

#: The second is what a window of 1440 × 900 shows at 200 %.
SIZES = ((1440, 900), (720, 450), (390, 844))
HIDDEN = """() => {
    const place = document.activeElement;
    const box = place.getBoundingClientRect();
    if (place === document.body || !box.height) return null;
    const inside = [[box.left + 2, box.top + 2], [box.left + 2, box.bottom - 2],
                    [box.left + box.width / 2, box.top + box.height / 2]];
    const seen = inside.some(([x, y]) => {
        const hit = document.elementFromPoint(x, y);
        return hit && (place.contains(hit) || hit.contains(place));
    });
    return seen ? null : place.outerHTML.slice(0, 120);
}"""
WIDE = "document.scrollingElement.scrollWidth"
END = "document.activeElement === document.body"


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", ["customers/add", "contracts/add", "edit"])
def test_the_focus_is_always_in_sight(page, size, name, zhang):
    contract = a_contract(zhang)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, zhang)
    own = f"{contract.get_absolute_url()}edit/"
    page.goto(own if name == "edit" else f"/{name}/")
    page.locator("#main").focus()
    stops = 0
    for key in ("Tab", "Shift+Tab"):
        for _press in range(90):
            page.keyboard.press(key)
            soon(page, lambda: page.evaluate(HIDDEN), None)
            stops += 1
            if page.evaluate(END):
                break
    assert stops > 30


@pytest.mark.parametrize("width", [720, 390, 320])
def test_no_page_scrolls_sideways_at_200_percent(page, width, zhang):
    customer = a_customer(zhang, name="云南昆明滇池国家旅游度假区仪器仪表有限责任公司")
    page.set_viewport_size({"width": width, "height": 450})
    sign_in(page, zhang)
    for address in ("/", "/customers/", "/contracts/add/", customer.get_absolute_url()):
        open_page(page, address)
        soon(page, lambda: page.evaluate(WIDE), lambda wide: wide <= width)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_front_door_fits_a_phone(browser, live_server, language, db):
    with visit(browser, live_server, viewport={"width": 390, "height": 844}) as page:
        page.context.add_cookies(
            [{"name": "language", "value": language, "url": live_server.url}]
        )
        page.goto("/login/")
        soon(page, lambda: page.evaluate(WIDE), lambda wide: wide <= 390)
