"""Setting up a list with mouse and keyboard: it is still so when one comes back."""

from playwright.sync_api import expect

from tests.browser.actions import open_menu, press, sign_in, soon
from tests.factories import a_customer

HEADS = "heads => heads.map(head => head.innerText.trim())"


def expect_columns(page, *first, without):
    """Expect what the heads of the first columns say, and one that is not there."""
    heads = page.locator("#results thead th:not(.select-cell)")
    soon(page, lambda: heads.evaluate_all(HEADS)[: len(first)], [*first])
    soon(page, lambda: without in heads.evaluate_all(HEADS), False)


def test_columns_are_chosen_ordered_and_still_there_later(page, zhang):
    a_customer(zhang)
    sign_in(page, zhang)
    page.goto("/customers/")
    page.locator("summary", has_text="列设置").click()
    page.locator('.columns [value="number"]').uncheck()
    telephone = page.locator('.column:has([value="phone"])')
    press(telephone, "上移")
    telephone.get_by_role("button", name="上移").focus()
    for _press in range(20):
        page.keyboard.press("Enter")
    press(page.locator(".columns"), "应用")
    expect(page.locator(".columns")).to_be_hidden()
    expect_columns(page, "客户名称", "电话", without="客户编号")
    open_menu(page, "联系人")
    open_menu(page, "客户")
    expect(page).to_have_url("/customers/")
    expect_columns(page, "客户名称", "电话", without="客户编号")


def test_page_size_and_unfolded_conditions_are_kept(page, zhang):
    for _number in range(12):
        a_customer(zhang)
    sign_in(page, zhang)
    page.goto("/customers/")
    with page.expect_response("**/settings/"):
        page.locator("[data-page-size]").select_option("10")
    expect(page.locator("#results tbody tr")).to_have_count(10)
    with page.expect_response("**/settings/"):
        page.locator(".conditions-more > summary").click()
    page.goto("/customers/")
    expect(page.locator("#results tbody tr")).to_have_count(10)
    expect(page.locator(".conditions-folded")).to_be_visible()


def test_the_next_contact_is_in_sight_without_scrolling(page, zhang):
    for number in range(25):
        name = f"昆明第{number}仪器仪表进出口有限公司"
        a_customer(zhang, name=name, phone="0871-63150000")
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, zhang)
    page.goto("/customers/")
    frame = page.locator(".table-frame:has(.rows)")
    wider = "frame => frame.scrollWidth - frame.clientWidth"
    soon(page, lambda: frame.evaluate(wider), lambda by: by <= 0)
    expect(page.locator("#results thead", has_text="下次联系时间")).to_be_visible()
