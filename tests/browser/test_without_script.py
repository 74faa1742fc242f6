"""Everything works in a browser that runs no scripts."""

import re

from playwright.sync_api import expect

from customers.models import Customer
from tests.browser.actions import expect_ids, fill, follow, press, sign_in, total
from tests.factories import a_customer


def test_search_and_pages(plain, zhang):
    made = [a_customer(zhang, name=f"昆明第{n:02}仪器有限公司") for n in range(30)]
    a_customer(zhang, name="上海浦江贸易有限公司")
    sign_in(plain, zhang)
    plain.goto("/customers/")
    fill(plain, q="昆明")
    press(plain, "查询")
    expect(total(plain)).to_have_attribute("data-total", "30")
    follow(plain.locator("#results thead"), "客户名称")
    expect_ids(plain, [customer.pk for customer in made[:25]])
    plain.locator(".pager [rel=next]").click()
    expect_ids(plain, [customer.pk for customer in made[25:]])
    plain.locator("[data-page-size]").select_option("50")
    plain.locator(".pager [name=page]").fill("1")
    plain.locator(".pager-form button").click()
    expect_ids(plain, [customer.pk for customer in made])
    plain.locator(".chip a").click()
    expect(total(plain)).to_have_attribute("data-total", "31")


def test_what_a_picker_lacks_is_added_in_a_tab_of_its_own(plain, zhang):
    sign_in(plain, zhang)
    plain.goto("/contacts/add/")
    fill(plain, name="段世明")
    with plain.context.expect_page() as opened:
        plain.get_by_role("link", name="新建客户").click()
    fill(opened.value, name="昆明洱海仪表有限公司", status="意向")
    press(opened.value, "保存")
    assert Customer.objects.get().name == "昆明洱海仪表有限公司"
    expect(plain.locator("#id_name")).to_have_value("段世明")


def test_saving_and_deleting(plain, zhang):
    sign_in(plain, zhang)
    plain.goto("/customers/add/")
    press(plain, "保存")
    expect(plain.locator('[data-field="name"] .invalid-feedback')).to_be_visible()
    fill(plain, name="昆明翠湖仪器有限公司", status="意向")
    press(plain, "保存")
    expect(plain.locator("#record")).to_contain_text("意向")
    follow(plain, "编辑")
    fill(plain, phone="0871-63150000")
    press(plain, "保存")
    expect(plain.locator("#record")).to_contain_text("0871-63150000")
    follow(plain, "删除")
    press(plain, "确认删除")
    expect(total(plain)).to_have_attribute("data-total", "0")


def test_tabs_are_links_to_lists(plain, zhang):
    customer = a_customer(zhang)
    sign_in(plain, zhang)
    plain.goto(customer.get_absolute_url())
    plain.locator("#tab-contact").click()
    expect(plain).to_have_url(f"/contacts/?customer={customer.pk}")
    plain.go_back()
    plain.locator("#tab-history").click()
    expect(plain.locator(".history-entry")).not_to_have_count(0)


def test_a_region_and_a_customer_beyond_the_first_are_found(plain, zhang):
    for number in range(25):
        a_customer(zhang, name=f"昆明第{number:02}仪器有限公司")
    sign_in(plain, zhang)
    plain.goto("/customers/add/")
    fill(plain, name="昆明新厂")
    plain.locator("[name=region-search]").fill("呈贡")
    plain.locator("[name=parent-search]").fill("第1")
    press(plain, "保存")
    refused = plain.locator('[data-field="parent"]')
    expect(refused.locator(".invalid-feedback")).to_contain_text("第1")
    refused.locator("select").select_option(label="昆明第12仪器有限公司")
    plain.locator("[name=region-search]").fill("呈贡")
    press(plain, "保存")
    expect(plain.locator("#record")).to_contain_text("呈贡区")
    expect(plain.locator('[data-field="parent"]')).to_contain_text("第12")


def test_empty_conditions_do_not_fill_the_address(plain, zhang):
    a_customer(zhang, name="昆明翠湖仪器有限公司")
    sign_in(plain, zhang)
    plain.goto("/customers/")
    fill(plain, q="翠湖")
    press(plain, "查询")
    expect(plain).to_have_url(re.compile(r"\?q=%E7%BF%A0%E6%B9%96$"))


def test_what_was_chosen_to_be_uploaded_is_seen(plain, zhang, tmp_path):
    file = tmp_path / "方案.txt"
    file.write_text("方案")
    customer = a_customer(zhang)
    sign_in(plain, zhang)
    plain.goto(customer.get_absolute_url())
    field = plain.locator("#attachments .file-field")
    expect(field.locator("input")).to_have_css("opacity", "0")
    expect(field).to_contain_text("尚未选择文件")
    field.locator("input").set_input_files(file)
    expect(field.locator("input")).to_have_css("opacity", "1")
    expect(field.locator(".file-none")).to_be_hidden()
    press(plain, "上传")
    expect(plain.locator("#attachments")).to_contain_text("方案.txt")
