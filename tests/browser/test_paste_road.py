"""A card is pasted, checked and saved; a series is entered without the mouse."""

from playwright.sync_api import expect

from customers.models import Contact
from feedback.models import Interaction
from tests.browser.actions import choose, fill, press, sign_in
from tests.factories import a_customer

CARD = "昆明翠湖仪器有限公司\n李建华 采购部经理\n手机：13912340001\n周五之前回复"


def test_a_card_is_pasted_checked_and_saved(page, zhang):
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司")
    sign_in(page, zhang)
    page.goto("/contacts/add/")
    page.locator(".paste > summary").click()
    page.locator("#pasted").fill(CARD)
    press(page, "识别并填入")
    expect(page.locator("[name=mobile]")).to_have_value("13912340001")
    expect(page.locator(".paste [role=status]")).to_contain_text("请核对")
    expect(page.locator("#pasted")).to_have_value("周五之前回复")
    expect(page.locator(".draft")).to_have_count(0)
    fill(page, title="采购总监")
    press(page, "保存")
    expect(page.locator('[data-field="title"]')).to_contain_text("采购总监")
    contact = Contact.objects.get()
    assert (contact.name, contact.customer) == ("李建华", customer)
    page.goto("/contacts/add/")
    expect(page.locator("[name=name]")).to_have_value("")
    expect(page.locator(".draft")).to_have_count(0)


def test_a_card_is_pasted_on_a_phone_that_runs_no_scripts(plain, zhang):
    plain.set_viewport_size({"width": 390, "height": 844})
    a_customer(zhang, name="昆明翠湖仪器有限公司")
    sign_in(plain, zhang)
    plain.goto("/contacts/add/")
    plain.locator(".paste > summary").click()
    plain.locator("#pasted").fill(CARD)
    press(plain, "识别并填入")
    press(plain, "保存")
    expect(plain.locator('[data-field="mobile"]')).to_contain_text("13912340001")


def test_interactions_with_a_customer_are_entered_by_keys(page, zhang):
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司")
    sign_in(page, zhang)
    page.goto("/interactions/add/")
    choose(page, "customer", "翠湖")
    for number, subject in enumerate(("报价", "回访", "送样")):
        fill(page, subject=subject)
        if not number:
            fill(page, method="打电话")
        page.keyboard.press("Control+Shift+Enter")
        expect(page.get_by_role("status")).to_contain_text(subject)
        expect(page.locator("[name=customer]")).to_have_value(str(customer.pk))
        expect(page.locator("[name=subject]")).to_have_value("")
    made = Interaction.objects.order_by("pk")
    assert [one.subject for one in made] == ["报价", "回访", "送样"]
    assert {one.customer_id for one in made} == {customer.pk}
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("保存并继续新增")
