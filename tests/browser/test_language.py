"""Chinese is complete, English is complete, and the switch leaves one where one is.

The data of these tests is in figures, so that every letter on the pages is ours.
"""

import re

import pytest
from playwright.sync_api import expect

from contracts.models import ApprovalRule
from crm.models import Department, Role, User
from tests.browser.actions import open_page, press, sign_in
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    a_news_item,
    a_price_list,
    a_product,
    a_receipt,
    a_registration,
    an_encounter,
    an_interaction,
    an_invoice,
)

#: What is written the same in both languages, or is no word of the program.
LATIN = re.compile(
    r"https?://\S*|\b(?:KH|HK|BB|ZD)\d+|\b(?:HT|FP)-\d+-\d+|\b[0-9a-f]{12,}\b|\b[A-D]{1,3}\b|"
    r"\b(English|CSV|XLSX?|SHA-256|Ctrl|Alt|F2|Shift|Enter|Chrome|Linux|CNY|UTF-8|GB18030|IP|GET|POST|PDF|URL|Excel|N/A)\b|"
    r"\b(infoadmin|supervisor|sysadmin|sales|KB|MB|B|K|n|e|f|q)\b|\.[a-z]{3,4}\b",
)
WORDS = re.compile(r"[A-Za-z]+(?: [A-Za-z]+)*")
HAN = re.compile(r"[\u4e00-\u9fff]+")
#: The button that leads back, and amounts in capitals, which exist in Chinese only.
CHINESE = re.compile("中文|N/A, 无|人民币[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]*")

#: Pages whose cells hold what was shipped in both languages, or what people did.
TOLD = (
    "/pools/",
    "/pools/rules/",
    "/system/dictionaries/",
    "/system/roles/",
    "/system/log/",
    "/system/sign-ins/",
)
SILENT = "script, style, code, noscript"
TEXTS = """silent => {
    const texts = new Set(Object.values(document.getElementById("texts").dataset));
    const walk = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        if (!walk.currentNode.parentElement.closest(silent))
            texts.add(walk.currentNode.data.trim());
    }
    const spoken = ["title", "placeholder", "aria-label", "alt", "data-confirm"];
    for (const name of spoken)
        document.querySelectorAll(`[${name}]`).forEach(
            place => texts.add(place.getAttribute(name).trim()));
    return [...texts];
}"""


@pytest.fixture
def books(zhang, zhao, lina, zhou):
    """One record of every kind, a report and an open approval; data in figures."""
    for model, name in ((User, "name"), (Department, "name"), (Role, "name")):
        for place, row in enumerate(model.objects.order_by("pk"), start=1):
            model.objects.filter(pk=row.pk).update(**{name: f"{place:03}"})
    for place, rule in enumerate(ApprovalRule.objects.all()):
        ApprovalRule.objects.filter(pk=rule.pk).update(name=f"00{place}")
    customer = a_customer(zhang, name="1001", phone="0871-63150000")
    competitor = a_competitor(zhang, name="1002")
    contract = a_contract(zhang, customer=customer, title="1006", amount=150_000)
    a_customer(zhang, name="1003", registered=False)
    return [
        customer,
        a_contact(customer, name="1004"),
        an_interaction(customer, subject="1005"),
        contract,
        an_invoice(contract, 150_000),
        a_registration(customer, zhang, subject="1007"),
        a_product(zhang, name="1007", code="1008"),
        competitor,
        an_encounter(competitor, customer),
        a_receipt(customer, 150_000),
        a_price_list(zhang, name="1010"),
        a_news_item(zhang, title="1009"),
    ]


def test_no_english_in_chinese_pages(page, books, lina, zhao, zhou):
    found = []
    for text, address in walk(page, books, (lina, zhao, zhou)):
        found += [(address, word) for word in WORDS.findall(LATIN.sub(" ", text))]
    assert one_line_each(found) == []


def test_no_chinese_in_english_pages(page, books, lina, zhao, zhou):
    page.goto("/login/")
    press(page, "English")
    found = []
    for text, address in walk(page, books, (lina, zhao, zhou)):
        found += [(address, word) for word in HAN.findall(CHINESE.sub("", text))]
    assert one_line_each(found) == []


def walk(page, books, people):
    """Yield every text of the main pages, with the page's address, as people go."""
    seen = set()
    for person in people:
        sign_in(page, person)
        for address in addresses(page, books, person):
            if address in seen:
                continue
            seen.add(address)
            assert open_page(page, address).status == 200, address
            silent = f"{SILENT}, td" if address in TOLD else SILENT
            for text in page.evaluate(TEXTS, silent):
                yield text, address.removeprefix(page.url.split("/")[0])


def addresses(page, books, person):
    """Return what a person's menu offers, and the pages behind it."""
    menu = page.locator("#menu a").evaluate_all("links => links.map(a => a.pathname)")
    found = [*menu, "/profile/", "/profile/password/"]
    if person.username == "infoadmin":
        for record in books:
            own = record.get_absolute_url()
            found += [own, f"{own}edit/", own.replace(f"{record.pk}/", "add/")]
        found += ["/customers/import/", f"{books[0].get_absolute_url()}delete/"]
    if person.username == "sysadmin":
        found += [f"/system/{name}/add/" for name in ("users", "departments", "roles")]
    return found


def one_line_each(found):
    """Return each foreign word once, with the first page that shows it."""
    first = {}
    for address, word in found:
        first.setdefault(word, address)
    return [f"{word}  {address}" for word, address in first.items()]


def test_switch_stays_on_the_page(page, zhang):
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司")
    sign_in(page, zhang)
    here = "/customers/?q=cuihu&sort=-name"
    for address, chinese, english in (
        (here, "客户", "Customers"),
        ("/contacts/add/", "新增联系人", "Add contact"),
        (f"{customer.get_absolute_url()}edit/", "编辑", "Edit"),
        ("/", "工作台", "Workbench"),
    ):
        page.goto(address)
        expect(page.locator("h1")).to_contain_text(chinese)
        press(page, "English")
        expect(page).to_have_url(address)
        expect(page.locator("h1")).to_contain_text(english, ignore_case=True)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        press(page, "中文")
        expect(page).to_have_url(address)
        expect(page.locator("html")).to_have_attribute("lang", "zh-hans")


def test_errors_speak_the_language(page, zhang):
    sign_in(page, zhang)
    page.goto("/customers/add/")
    press(page, "保存")
    error = page.locator('[data-field="name"] .invalid-feedback')
    expect(error).to_have_text(HAN)
    press(page, "English")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(error).to_have_text(WORDS)
    expect(error).not_to_have_text(HAN)


def test_signing_in_speaks_the_language(page, db):
    page.goto("/login/")
    press(page, "English")
    page.locator("[name=login]").fill("nobody")
    page.locator("[name=password]").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("main [role=alert]")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(HAN)
    press(page, "中文")
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()
