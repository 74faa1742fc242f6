"""写跟进: a talk is written down from wherever its customer stands, in a few fields."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from feedback.models import Interaction
from tests.factories import (
    a_contact,
    a_contract,
    a_customer,
    an_interaction,
    an_item,
    an_opportunity,
)
from tests.pages import books, form_of, shows

pytestmark = pytest.mark.django_db

SAID = "今天拜访了采购部。客户要求月底前报价。"
IN_PLACE = {"HX-Request": "true"}


def at(**named):
    """Return the address of a follow-up that names somebody."""
    (field, record), *_others = named.items()
    return f"/interactions/follow-up/?{field}={record.pk}"


def filled(browser, address, **fields):
    """Return the fields of a follow-up as one would send them."""
    method = an_item("interaction_method", "visit").pk
    usual = {"method": method, "content": SAID, "files": ""}
    return form_of(browser, address) | usual | fields


def minutes():
    """Return a file as people attach them."""
    return SimpleUploadedFile("会议纪要.txt", "客户希望年内上线".encode())


def test_what_was_said_is_enough(zhang, sign_in):
    browser, customer = sign_in(zhang), a_customer(zhang)
    address = at(customer=customer)
    tomorrow = timezone.localtime() + timedelta(days=1)
    data = filled(browser, address, next_contact_at=f"{tomorrow:%Y-%m-%d} 09:00")
    answer = browser.post(address, data)
    made = Interaction.objects.get()
    assert answer.url == made.get_absolute_url()
    assert (made.subject, made.content) == ("今天拜访了采购部", SAID)
    assert made.customer == customer
    assert made.owner == made.reporter == made.registered_by == zhang
    assert timezone.now() - made.occurred_at < timedelta(minutes=2)
    customer.refresh_from_db()
    assert customer.next_contact_at == made.next_contact_at
    assert customer.last_contact_at == made.occurred_at


@pytest.mark.parametrize(
    ("content", "subject"),
    [
        ("来电", "来电"),
        ("\n\n第一行\n第二行", "第一行"),
        ("。。", "。。"),
        ("已发报价？等回复", "已发报价"),
        ("长" * 100, "长" * 60),
    ],
)
def test_the_first_sentence_is_the_subject(zhang, sign_in, content, subject):
    browser, address = sign_in(zhang), at(customer=a_customer(zhang))
    browser.post(address, filled(browser, address, content=content))
    assert Interaction.objects.get().subject == subject


def test_whom_it_was_with_is_known_from_where_one_comes(zhang, sign_in):
    browser, customer = sign_in(zhang), a_customer(zhang)
    contact = a_contact(customer)
    contract = a_contract(zhang, customer=customer)
    opportunity = an_opportunity(zhang, customer=customer)
    for named in (
        {"contact": contact},
        {"opportunity": opportunity},
        {"contract": contract},
    ):
        address = at(**named)
        page = browser.get(address)
        assert page.context["form"].about[0] == customer
        assert browser.post(address, filled(browser, address)).status_code == 302
        made = Interaction.objects.order_by("-pk").first()
        ((field, record),) = named.items()
        assert (made.customer, getattr(made, field)) == (customer, record)


def test_one_does_it_as_the_last_time(zhang, sign_in):
    customer = a_customer(zhang)
    call = an_item("interaction_method", "call")
    an_interaction(customer, method=call)
    form = sign_in(zhang).get(at(customer=customer)).context["form"]
    assert form["method"].value() == call.pk


def test_in_another_page_it_is_said_and_leads_nowhere(zhang, sign_in):
    browser, address = sign_in(zhang), at(customer=a_customer(zhang))
    data = filled(browser, address)
    answer = browser.post(address, data, headers=IN_PLACE)
    assert answer.status_code == 200
    assert shows(answer, "已保存：今天拜访了采购部")
    assert "data-saved" in answer.content.decode()
    again = browser.post(address, data, headers=IN_PLACE)  # sent twice
    assert again.status_code == 200
    assert "data-saved" in again.content.decode()
    assert Interaction.objects.count() == 1


def test_files_come_along_or_nothing_is_written(zhang, sign_in):
    browser, address = sign_in(zhang), at(customer=a_customer(zhang))
    data = filled(browser, address)
    before = books()
    wrong = SimpleUploadedFile("程序.exe", b"MZ")
    answer = browser.post(address, data | {"files": [minutes(), wrong]})
    assert answer.status_code == 422
    assert "files" in answer.context["form"].errors
    assert shows(answer, SAID)
    assert not Interaction.objects.exists()
    assert books() != before  # what was handed in counts towards the day's
    browser.post(address, data | {"files": [minutes(), minutes()]})
    assert Interaction.objects.get().attachments.count() == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"content": ""}, "content"),
        ({"content": "\u200b "}, "content"),
        ({"method": ""}, "method"),
        ({"next_contact_at": "2020-01-01 09:00"}, "next_contact_at"),
        ({"next_contact_at": "明天"}, "next_contact_at"),
        ({"customer": "9" * 30}, "customer"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(zhang, sign_in, fields, field):
    browser, address = sign_in(zhang), at(customer=a_customer(zhang))
    answer = browser.post(address, filled(browser, address, **fields))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Interaction.objects.exists()


def test_a_stranger_writes_nothing_on_a_customer(zhang, wang, sign_in):
    customer = a_customer(zhang)
    contact = a_contact(customer)
    browser = sign_in(wang)
    for address in (at(customer=customer), at(contact=contact)):
        page = browser.get(address)
        assert not page.context["form"].about
        assert not shows(page, customer.name)
        data = filled(browser, address, customer=customer.pk)
        assert browser.post(address, data).status_code == 422
    assert not Interaction.objects.exists()


def test_who_may_add_none_is_offered_none(zhang, zhou, sign_in):
    customer = a_customer(zhang)
    browser = sign_in(zhou)
    assert not shows(browser.get("/"), "/interactions/follow-up/")
    assert browser.get(at(customer=customer)).status_code == 403


def test_it_is_offered_on_the_workbench_for_whom_one_has_promised(zhang, sign_in):
    customer = a_customer(zhang)
    an_interaction(
        customer,
        occurred_at=timezone.now() - timedelta(days=3),
        next_contact_at=timezone.now() - timedelta(days=1),
    )
    page = sign_in(zhang).get("/").content.decode()
    assert f'href="{at(customer=customer)}" data-follow-up' in page


def test_it_is_offered_where_the_customer_stands(zhang, sign_in):
    customer = a_customer(zhang)
    contact = a_contact(customer)
    contract = a_contract(zhang, customer=customer)
    browser = sign_in(zhang)
    for name, record in (
        ("customer", customer),
        ("contact", contact),
        ("opportunity", an_opportunity(zhang, customer=customer)),
        ("contract", contract),
    ):
        page = browser.get(record.get_absolute_url())
        assert page.context["follow_up"].startswith(at(**{name: record}))
        rows = browser.get(type(record).page("list"))
        assert rows.context["follow_up"] == at(**{name: record})[: -len(str(record.pk))]
    assert browser.get("/interactions/").context["follow_up"] is None
