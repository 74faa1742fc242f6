"""On paper stands the record or the list, and nothing that one presses."""

from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.actions import open_page, sign_in, soon
from tests.factories import a_contact, a_customer

PRESSED = "#main button, #main input:not([type=hidden]), #main .tab, .topbar, #menu"
NARROW = """cells => cells.filter(cell => cell.innerText.trim().length > 3
    && cell.getBoundingClientRect().width < 40).map(cell => cell.innerText)"""


def test_a_list_on_paper_has_no_cell_of_one_sign_a_line(page, zhang):
    for number in range(25):
        name = f"昆明第{number:02}仪器仪表进出口有限公司"
        a_customer(zhang, name=name, phone="0871-63150000")
    sign_in(page, zhang)
    page.goto("/customers/?q=昆明")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1000, "height": 700})
    cells = page.locator(".rows tbody td")
    soon(page, lambda: cells.evaluate_all(NARROW), [])
    for place in page.locator(f"{PRESSED}, #conditions, .list-tools").all():
        expect(place).to_be_hidden()
    expect(page.locator(".chips")).to_contain_text("昆明")
    expect(page.locator(".printed")).to_contain_text(f"{timezone.localdate()}")
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") <= 2


def test_a_record_on_paper_shows_facts_and_what_is_filed(page, zhang):
    customer = a_customer(zhang)
    a_contact(customer, name="李建华")
    sign_in(page, zhang)
    open_page(page, customer.get_absolute_url())
    page.emulate_media(media="print")
    expect(page.locator(".facts")).to_be_visible()
    expect(page.locator("#tab-panel")).to_contain_text("李建华")
    for place in page.locator(PRESSED).all():
        expect(place).to_be_hidden()


def test_a_month_on_paper_says_whose_it_is_and_lies_across_one_page(page, zhang):
    a_customer(zhang, name="昆明翠湖仪器有限公司", next_contact_at=timezone.now())
    sign_in(page, zhang)
    open_page(page, "/calendar/?view=month")
    expect(page.locator(".page-head .printed")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(".page-head .printed")).to_have_text(zhang.name)
    expect(page.locator(".agenda-table")).to_contain_text("昆明翠湖仪器有限公司")
    for place in page.locator(f"{PRESSED}, .agenda-tools").all():
        expect(place).to_be_hidden()
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 1
    assert b"/MediaBox [0 0 841" in printed  # A4 across, in points
