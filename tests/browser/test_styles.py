"""Every rule of our style sheets is read by a browser, and shows what it means."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from crm.models import Role
from tests.browser.actions import open_page, sign_in, soon
from tests.factories import a_customer

SHEETS = sorted((settings.ROOT / "static" / "css").glob("*.css"))
#: The choices whose words are wider than the boxes that show them.
CUT_OFF = """boxes => boxes.filter(box => {
    const style = getComputedStyle(box);
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = style.font;
    const room = box.clientWidth - parseFloat(style.paddingLeft)
        - parseFloat(style.paddingRight);
    return pen.measureText(box.selectedOptions[0].text).width > room;
}).map(box => box.name)"""
#: What the browser has made of a sheet: its rules, and the declarations in them.
READ = """sheet => {
    const found = [];
    const walk = rules => { for (const rule of rules) {
        found.push(rule.selectorText ?? rule.constructor.name);
        for (const name of rule.style ?? []) found.push(`  ${name}`);
        if (rule.cssRules) walk(rule.cssRules);
    } };
    const styles = new CSSStyleSheet();
    styles.replaceSync(sheet);
    walk(styles.cssRules);
    return [found.filter(line => line[0] !== " ").length,
            found.filter(line => line[0] === " ").length];
}"""
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
#: One property that stands for many; a browser counts those.
MARGIN_BOX = re.compile(r"@(?:top|bottom)-\w+")


def test_there_are_sheets():
    assert len(SHEETS) > 5


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_no_rule_is_one_that_the_browser_drops(page, path):
    written = COMMENT.sub("", path.read_text())
    boxes = len(MARGIN_BOX.findall(written))
    rules = (written.count("{"), written.count("{") - boxes)
    soon(page, lambda: page.evaluate(READ, written)[0], lambda read: read in rules)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_no_declaration_is_one_that_the_browser_drops(page, path):
    written = COMMENT.sub("", path.read_text())
    pairs = re.findall(r"(?:^|[;{])\s*(-?[a-z][\w-]*)\s*:\s*([^;{}]+)(?=[;}])", written)
    asked = [
        [name, value.strip()]
        for name, value in pairs
        if not name.startswith("--")
        and "!important" not in value
        and name not in ("content", "size", "page")
    ]
    dropped = "pairs => pairs.filter(pair => !CSS.supports(...pair))"
    soon(page, lambda: page.evaluate(dropped, asked), [])


def test_a_rule_with_a_fault_would_be_noticed(page):
    faulty = "a:has(b:not(:has(c))) { color: red; } p { color: red; }"
    soon(page, lambda: page.evaluate(READ, faulty)[0], 1)


def test_an_empty_list_shows_no_table(page, zhang):
    customer = a_customer(zhang)
    sign_in(page, zhang)
    tab = f"{customer.get_absolute_url()}?tab=contact"
    for address in ("/contacts/", "/customers/?q=没有", tab):
        open_page(page, address)
        expect(page.locator(".empty-list")).to_be_visible()
        frame = page.locator(".table-frame:has(table.rows)")
        soon(page, lambda place=frame: place.evaluate("it => it.offsetHeight"), 0)
        expect(page.locator("table.rows")).to_have_attribute("data-total", "0")


def test_what_is_empty_says_why_and_what_to_do(page, zhang):
    customer = a_customer(zhang)
    sign_in(page, zhang)
    page.goto("/contacts/")
    expect(page.locator(".empty-list-title")).to_have_text("暂无记录")
    page.goto("/customers/?q=没有")
    expect(page.locator(".empty-list-title")).to_have_text("没有符合条件的记录")
    expect(page.locator(".empty-list")).not_to_contain_text("新增")
    page.locator(".empty-list").get_by_role("link", name="重置").click()
    expect(page.locator("table.rows")).to_have_attribute("data-total", "1")
    open_page(page, f"{customer.get_absolute_url()}?tab=contact")
    expect(page.locator(".empty-list-title")).to_have_text("暂无记录")
    page.locator(".empty-list").get_by_role("link", name="新增").click()
    expect(page).to_have_url(re.compile(rf"/contacts/add/\?customer={customer.pk}"))


def test_a_reach_in_the_table_of_a_role_is_not_cut_off(page, zhou):
    sign_in(page, zhou)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"/system/roles/{Role.objects.get(code='supervisor').pk}/edit/")
    expect(page.locator(".matrix select").first).to_have_value("department_tree")
    boxes = page.locator(".matrix select")
    soon(page, lambda: boxes.evaluate_all(CUT_OFF), [])
    frame = page.locator(".table-frame:has(.matrix)")
    wider = "frame => frame.scrollWidth - frame.clientWidth"
    soon(page, lambda: frame.evaluate(wider), 0)
