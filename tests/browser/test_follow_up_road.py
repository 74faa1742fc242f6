"""写跟进 is pressed where the customer is, and the page behind it tells at once."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from feedback.models import Interaction
from tests.browser.actions import open_page, press, sign_in, soon
from tests.factories import a_customer

TEXT = "客户要求月底前报价。价格可以谈。"


def write(page, text=TEXT):
    """Write a follow-up in the dialog and save it."""
    dialog = page.locator("#follow-up-dialog")
    expect(dialog.locator("[name=content]")).to_be_focused()
    dialog.locator("[name=content]").fill(text)
    dialog.locator("[name=method]").select_option(label="打电话")
    dialog.get_by_role("button", name="明天").click()
    press(dialog, "保存")
    expect(dialog).not_to_be_visible()
    expect(page.locator(".note-floating")).to_contain_text("已保存")


@pytest.mark.parametrize("width", [1440, 390])
def test_on_the_customer_it_takes_no_page(page, zhang, width):
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司")
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, zhang)
    open_page(page, customer.get_absolute_url())
    page.locator("#record a[data-follow-up]").first.click()
    write(page)
    tomorrow = timezone.localdate() + timedelta(days=1)
    expect(page.locator('[data-field="next_contact_at"]')).to_contain_text(
        f"{tomorrow} 09:00"
    )
    page.locator('[data-tab="interaction"]').click()
    expect(page.locator("#tab-panel")).to_contain_text("客户要求月底前报价")
    expect(page).to_have_url(re.compile(customer.get_absolute_url()))


def test_in_a_list_the_place_is_kept(page, zhang):
    names = [f"昆明{number:02}仪器有限公司" for number in range(30)]
    wanted = [a_customer(zhang, name=name) for name in names][20]
    sign_in(page, zhang)
    page.goto("/customers/?sort=name")
    row = page.locator(f'#results tr[data-id="{wanted.pk}"]')
    row.locator(".row-link").scroll_into_view_if_needed()
    row.locator(".row-link").focus()
    before = page.evaluate("window.scrollY")
    page.keyboard.press("f")
    write(page)
    expect(row.locator("a[data-follow-up]")).to_be_focused()
    soon(page, lambda: page.evaluate("window.scrollY"), before)
    assert Interaction.objects.get().customer == wanted


def test_what_is_wrong_is_told_and_nothing_is_lost(page, zhang):
    customer = a_customer(zhang)
    sign_in(page, zhang)
    open_page(page, customer.get_absolute_url())
    page.keyboard.press("f")
    dialog = page.locator("#follow-up-dialog")
    dialog.locator("[name=content]").fill(TEXT)
    dialog.locator("[name=method]").select_option(label="打电话")
    dialog.locator("[name=next_contact_at]").fill("2020-01-01 09:00")
    page.keyboard.press("Control+Enter")
    expect(dialog.locator(".invalid-feedback")).to_contain_text("下次联系")
    expect(dialog.locator("[name=content]")).to_have_value(TEXT)
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    page.locator("h1").first.click()
    page.keyboard.press("f")
    expect(dialog.locator("[name=content]")).to_have_value(TEXT)
    dialog.locator("[name=next_contact_at]").fill("")
    page.keyboard.press("Control+Enter")
    expect(dialog).not_to_be_visible()
    assert Interaction.objects.count() == 1


def test_a_phone_has_it_at_hand(page, zhang):
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司")
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, zhang)
    bar = page.locator(".at-hand")
    expect(bar.locator("a")).to_have_text(["工作台", "客户", "写跟进", "通知"])
    open_page(page, customer.get_absolute_url())
    bar.get_by_text("写跟进").click()
    expect(page.locator("#follow-up-title")).to_contain_text(customer.name)
    page.locator("#follow-up-dialog [data-close-dialog]:visible").click()
    bar.get_by_text("通知").click()
    expect(page).to_have_url(re.compile("/notices/"))


def test_without_scripts_it_is_a_page_that_leads_back(plain, zhang):
    customer = a_customer(zhang)
    sign_in(plain, zhang)
    plain.goto(customer.get_absolute_url())
    plain.locator("#record a[data-follow-up]").click()
    plain.locator("[name=content]").fill(TEXT)
    plain.locator("[name=method]").select_option(label="打电话")
    press(plain, "保存")
    expect(plain).to_have_url(re.compile(f"{customer.get_absolute_url()}$"))
    expect(plain.get_by_role("status")).to_contain_text("已保存")
