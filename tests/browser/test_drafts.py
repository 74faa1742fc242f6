"""What is typed is not lost: by a session that ends, a menu click, a closed tab."""

import re

import pytest
from playwright.sync_api import expect

from customers.models import Contact, Customer
from feedback.models import Interaction
from tests.browser.actions import (
    ENTER,
    choose,
    fill,
    open_menu,
    open_page,
    press,
    sign_in,
    soon,
)
from tests.factories import a_contact, a_contract, a_customer, a_product
from tests.people import PASSWORD

TEXT = "客户希望十二月初再谈一次，样品已经收到。" * 20
OFFER = ".draft"


@pytest.fixture
def customer(zhang):
    """A customer of 张伟's."""
    return a_customer(zhang, name="昆明翠湖仪器有限公司")


def end_session(page):
    """Let the session end behind the page's back."""
    page.context.clear_cookies(name="sessionid")


def expect_draft(page, text):
    """Expect that a text is kept in the browser."""
    kept = "text => JSON.stringify({ ...localStorage }).includes(text)"
    soon(page, lambda: page.evaluate(kept, text), True)


def enter_again(page, person):
    """Fill in the sign-in page that has come up."""
    page.locator("[name=login]").fill(person.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name=ENTER).click()
    expect(page.locator("[name=password]")).to_have_count(0)


def test_a_form_sent_after_the_session_comes_back_filled(page, zhang, customer):
    sign_in(page, zhang)
    page.goto(f"/interactions/add/?customer={customer.pk}")
    fill(page, subject="回访", content=TEXT, method="打电话")
    end_session(page)
    press(page, "保存")
    enter_again(page, zhang)
    expect(page).to_have_url(re.compile("/interactions/add/"))
    expect(page.locator("[name=content]")).to_have_value(TEXT)
    expect(page.locator("[name=subject]")).to_have_value("回访")
    press(page, "保存")
    expect(page.locator("#record")).to_be_visible()
    assert Interaction.objects.get().content == TEXT


def test_an_edit_and_its_lines_come_back_too(page, zhang):
    contract = a_contract(zhang, title="旧题", amount=0)
    a_product(zhang, name="电阻箱甲")
    sign_in(page, zhang)
    own = f"{contract.get_absolute_url()}edit/"
    page.goto(own)
    fill(page, title="新题")
    press(page, "增加一行")
    total = page.locator("[name=lines-TOTAL_FORMS]")
    last = int(total.input_value()) - 1
    choose(page, f"lines-{last}-product", "电阻箱甲")
    page.locator(f"[name=lines-{last}-quantity]").fill("7")
    end_session(page)
    press(page, "保存")
    enter_again(page, zhang)
    expect(page).to_have_url(own)
    expect(page.locator("[name=title]")).to_have_value("新题")
    expect(page.locator(f"[name=lines-{last}-quantity]")).to_have_value("7")


def test_somebody_else_gets_nothing_of_it(page, zhang, wang, customer):
    sign_in(page, zhang)
    page.goto("/customers/add/")
    fill(page, name="只给张伟看", remarks=TEXT)
    end_session(page)
    press(page, "保存")
    enter_again(page, wang)
    page.goto("/customers/add/")
    expect(page.locator("[name=name]")).to_have_value("")
    expect(page.locator(OFFER)).to_have_count(0)


def test_without_a_script_the_form_comes_back_filled(plain, zhang, customer):
    sign_in(plain, zhang)
    plain.goto("/customers/add/")
    fill(plain, name="昆明新厂", remarks=TEXT)
    end_session(plain)
    press(plain, "保存")
    enter_again(plain, zhang)
    expect(plain.locator("[name=name]")).to_have_value("昆明新厂")
    expect(plain.locator("[name=remarks]")).to_have_value(TEXT)


def test_a_draft_is_offered_on_return_and_gone_once_saved(page, zhang, customer):
    a_contact(customer, name="李建华")
    sign_in(page, zhang)
    page.goto("/contacts/add/")
    choose(page, "customer", "翠湖")
    fill(page, name="王小明", remarks=TEXT)
    expect_draft(page, TEXT)
    page.goto("/contacts/")
    page.goto("/contacts/add/")
    expect(page.locator("[name=name]")).to_have_value("")
    press(page.locator(OFFER), "恢复")
    expect(page.locator("[name=name]")).to_have_value("王小明")
    expect(page.locator("[name=remarks]")).to_have_value(TEXT)
    expect(page.locator("[name=customer]")).to_have_value(str(customer.pk))
    press(page, "保存")
    expect(page.locator("#record")).to_be_visible()
    assert Contact.objects.filter(name="王小明").exists()
    page.goto("/contacts/add/")
    expect(page.locator("[name=name]")).to_have_value("")
    expect(page.locator(OFFER)).to_have_count(0)


def test_a_draft_is_offered_by_whatever_way_one_comes_to_its_form(page, zhang):
    sign_in(page, zhang)
    page.goto("/customers/add/?is_person=on")  # as after 保存并继续新增
    fill(page, name="昆明新厂")
    expect_draft(page, "昆明新厂")
    page.goto("/customers/add/")
    press(page.locator(OFFER), "恢复")
    expect(page.locator("[name=name]")).to_have_value("昆明新厂")
    expect_draft(page, "昆明新厂")
    page.goto("/customers/add/?is_person=on")
    press(page.locator(OFFER), "丢弃")
    page.goto("/customers/add/")
    expect(page.locator("[name=name]")).to_have_value("")
    expect(page.locator(OFFER)).to_have_count(0)


def test_a_draft_survives_the_crash_of_its_tab(page, zhang, customer):
    sign_in(page, zhang)
    page.goto("/customers/add/")
    fill(page, name="昆明新厂")
    expect_draft(page, "昆明新厂")
    page.close()
    again = page.context.new_page()
    again.goto("/customers/add/")
    press(again.locator(OFFER), "恢复")
    expect(again.locator("[name=name]")).to_have_value("昆明新厂")


def test_a_refused_form_is_no_draft_but_stays_one_when_left(page, zhang):
    sign_in(page, zhang)
    page.goto("/customers/add/")
    fill(page, name="昆明新厂", email="kein")
    press(page, "保存")
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    expect(page.locator(OFFER)).to_have_count(0)
    page.goto("/customers/add/")
    press(page.locator(OFFER), "丢弃")
    page.reload()
    expect(page.locator(OFFER)).to_have_count(0)


def test_signing_out_leaves_no_draft_in_the_browser(page, zhang):
    sign_in(page, zhang)
    page.goto("/customers/add/")
    fill(page, name="昆明新厂")
    expect_draft(page, "昆明新厂")
    press(page, "退出")
    expect(page).to_have_url(re.compile("/login/"))
    soon(page, lambda: page.evaluate("Object.keys(localStorage)"), [])


def test_leaving_a_changed_form_asks_and_an_unchanged_one_does_not(page, zhang):
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    sign_in(page, zhang)
    page.on("dialog", stay)
    page.goto("/customers/add/")
    open_menu(page, "联系人")
    expect(page).to_have_url("/contacts/")
    assert asked == []
    page.goto("/customers/add/")
    page.locator("[name=name]").click()
    page.keyboard.type("昆明新厂")
    open_menu(page, "联系人")
    soon(page, lambda: asked, ["beforeunload"])
    expect(page).to_have_url("/customers/add/")
    press(page, "保存")
    expect(page.locator("#record")).to_be_visible()
    assert asked == ["beforeunload"]


def test_passwords_are_never_kept(page, zhang):
    sign_in(page, zhang)
    open_page(page, "/profile/password/")
    for field in page.locator("[type=password]").all():
        field.fill("Geheim-12345")
    page.wait_for_timeout(600)  # in which a draft would be kept
    soon(page, lambda: page.evaluate("Object.keys(localStorage)"), [])


def test_a_refusal_of_no_field_counts_as_typed(page, zhang):
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    a_customer(zhang, name="昆明新厂")
    sign_in(page, zhang)
    page.goto("/customers/add/")
    fill(page, name="昆明新厂", remarks=TEXT)
    press(page, "保存")
    reason = page.locator("[name=duplicate_reason]")
    expect(reason).to_be_focused()
    expect(reason).to_have_attribute("aria-invalid", "true")
    page.on("dialog", stay)
    open_menu(page, "联系人")
    soon(page, lambda: asked, ["beforeunload"])
    reason.fill("分厂")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#record")).to_be_visible()
    assert Customer.objects.filter(remarks=TEXT).count() == 1
    assert asked == ["beforeunload"]
