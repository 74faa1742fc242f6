"""A contract is submitted, rejected with a reason, changed, submitted and approved."""

from playwright.sync_api import expect

from tests.browser.actions import (
    choose,
    decide,
    expect_ids,
    fill,
    follow,
    open_menu,
    press,
    sign_in,
)
from tests.factories import a_contract, a_customer, a_product

REASON = "折扣不够,请再谈一次价格"


def test_contract_is_rejected_changed_and_approved(page, zhang, zhao):
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司")
    a_product(zhang, name="光谱仪", price=15_000)
    sign_in(page, zhang)
    contract = add_contract(page, customer)
    submit(page)
    assert_frozen(page, contract)
    sign_in(page, zhao)
    reject_from_the_desk(page)
    sign_in(page, zhang)
    change_and_submit_again(page, contract)
    sign_in(page, zhao)
    approve_what_changed(page)
    sign_in(page, zhang)
    read_the_sheet(page, contract)


def add_contract(page, customer):
    """Add a contract with a line and a file; return its address."""
    page.goto(customer.get_absolute_url())
    page.locator("#tab-contract").click()
    page.locator('[data-tab-add="contract"]').click()
    expect(page.locator('[data-field="customer"]')).to_contain_text(customer.name)
    fill(page, title="光谱仪采购合同", **{"lines-0-quantity": "10"})
    choose(page, "lines-0-product", "光谱仪")
    press(page, "保存")
    page.locator("#record .row-link").first.click()
    expect(page.locator("#record")).to_have_attribute("data-status", "draft")
    expect(page.locator('[data-field="amount"]')).to_contain_text("150,000.00")
    file = {"name": "合同正文.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.locator("#attachments input[type=file]").set_input_files(file)
    page.locator("#attachments .upload-form button").click()
    expect(page.locator("#attachments")).to_contain_text("合同正文.pdf")
    return page.url.partition("#")[0]


def submit(page):
    """Hand the contract in."""
    press(page, "提交审批")
    expect(page.locator("#record")).to_have_attribute("data-status", "pending")
    expect(page.locator("#record")).to_contain_text("赵强")


def assert_frozen(page, contract):
    """Nothing of a contract changes while it waits, and its owner cannot decide."""
    expect(page.locator("#attachments input[type=file]")).to_have_count(0)
    for word in ("编辑", "批准", "驳回", "提交审批"):
        expect(
            page.locator(".page-actions").get_by_text(word, exact=True)
        ).to_have_count(0)
    assert page.goto(f"{contract}edit/").status == 409
    assert page.goto("/approvals/").status == 403


def reject_from_the_desk(page):
    """Try to reject without a reason, then give one."""
    open_menu(page, "审批")
    row = page.locator("#results tbody tr")
    expect(row).to_contain_text("150,000.00")
    row.locator("[name=ids]").check()
    press(page, "驳回")
    expect(page.locator("#results [role=alert]")).to_be_visible()
    expect(row).to_have_count(1)
    row.locator("[name=ids]").check()
    page.locator("#results [name=opinion]").fill(REASON)
    press(page, "驳回")
    expect(row).to_have_count(0)


def change_and_submit_again(page, contract):
    """Read why it came back, grant less, hand it in again."""
    page.goto(contract)
    expect(page.locator("#record")).to_contain_text(REASON)
    follow(page, "编辑")
    fill(page, amount="", **{"lines-0-unit_price": "13500"})
    press(page, "保存")
    submit(page)


def approve_what_changed(page):
    """See on the desk what is new, approve on the contract's own page."""
    open_menu(page, "审批")
    row = page.locator("#results tbody tr")
    changes = page.locator("#opened .changes")
    expect(changes).to_contain_text("150,000.00")
    expect(changes).to_contain_text("135,000.00")
    expect(changes).to_contain_text("光谱仪: 10 × 13,500.00 = 135,000.00")
    row.locator(".row-link").click()
    decide(page, "批准", opinion="同意")
    expect(page.locator("#record")).to_have_attribute("data-status", "registered")
    page.goto("/approvals/")
    expect(row).to_have_count(0)


def read_the_sheet(page, contract):
    """Both rounds stand on the printable sheet, the amount in words too."""
    page.goto(contract)
    record = page.locator("#record")
    expect(record).to_have_attribute("data-registration", "registered")
    follow(page, "审批单")
    expect(page.locator(".sheet-lines")).to_have_count(2)
    expect(record).to_contain_text(REASON)
    expect(record).to_contain_text("同意")
    expect(page.locator('[data-field="capitals"]')).to_contain_text("壹拾叁万伍仟元整")
    page.emulate_media(media="print")
    expect(page.locator("#menu")).to_be_hidden()
    expect(page.locator(".topbar")).to_be_hidden()


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def test_nobody_approves_their_own(page, zhao, qian):
    contract = a_contract(zhao, amount=150_000)
    sign_in(page, zhao)
    page.goto(contract.get_absolute_url())
    press(page, "提交审批")
    expect(page.locator("#record")).to_contain_text("钱进")
    expect(page.locator("summary", has_text="批准")).to_have_count(0)
    open_menu(page, "审批")
    expect(page.locator("#results tbody tr")).to_have_count(0)
    sign_in(page, qian)
    open_menu(page, "审批")
    expect_ids(page, [contract.pk])


def test_many_are_decided_at_once(page, zhang, zhao):
    contracts = [a_contract(zhang, amount=150_000 + n) for n in range(3)]
    sign_in(page, zhang)
    for contract in contracts:
        page.goto(contract.get_absolute_url())
        press(page, "提交审批")
        expect(page.locator("#record")).to_have_attribute("data-status", "pending")
    sign_in(page, zhao)
    page.goto("/approvals/")
    page.locator("[data-select-all]").check()
    expect(page.locator("[data-selected-count]")).to_have_text("3")
    press(page, "批准")
    press(page.locator("#confirm"), "确定")
    expect(page.locator("#results tbody tr")).to_have_count(0)
    expect(page.get_by_role("status")).to_contain_text("3")


def test_lines_tell_their_sum_only_where_it_is_whole(page, zhang):
    a_product(zhang, name="光谱仪", price=15_000)
    sign_in(page, zhang)
    page.goto("/contracts/add/")
    fill(page, **{"lines-0-quantity": "10", "lines-0-unit_price": "5"})
    expect(page.locator(".line-sum")).to_contain_text("50.00")
    choose(page, "lines-1-product", "光谱仪")
    expect(page.locator(".line-sum")).to_have_text("")
