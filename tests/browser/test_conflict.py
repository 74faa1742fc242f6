"""Two tabs edit one customer: whoever comes second loses nothing."""

from playwright.sync_api import expect

from tests.browser.actions import fill, press, sign_in
from tests.factories import a_customer


def test_second_tab_sees_both_texts_and_keeps_its_own(page, zhang):
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司", phone="0871-63150000")
    sign_in(page, zhang)
    first, second = page, page.context.new_page()
    for tab in (first, second):
        tab.goto(f"{customer.get_absolute_url()}edit/")
    fill(first, phone="0871-11111111", address="翠湖南路 1 号")
    press(first, "保存")
    expect(first.locator("#record")).to_contain_text("0871-11111111")
    fill(second, phone="0871-22222222")
    with second.expect_response(lambda answer: answer.request.method == "POST") as sent:
        press(second, "保存")
    assert sent.value.status == 409
    phone, address = (second.locator(f'[data-field="{n}"]') for n in PAIR)
    expect(phone).to_contain_text("0871-22222222")
    expect(phone).to_contain_text("0871-11111111")
    expect(address).to_contain_text("翠湖南路 1 号")
    press(second, "保留我的内容")
    expect(second.locator("#record")).to_contain_text("0871-22222222")
    customer.refresh_from_db()
    assert customer.phone == "0871-22222222"


PAIR = ("phone", "address")


def test_form_sent_twice_makes_one_record(page, zhang, lina):
    sign_in(page, lina)
    page.goto("/customers/add/")
    fill(page, name="昆明翠湖仪器有限公司")
    page.get_by_role("button", name="保存", exact=True).dblclick()
    expect(page.locator("#record")).to_be_visible()
    page.goto("/customers/")
    expect(page.locator("#results tbody tr")).to_have_count(1)
