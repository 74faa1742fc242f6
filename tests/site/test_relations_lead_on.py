"""Whatever names another row leads to it – for those who may open that row."""

import re

import pytest
from django.utils.html import escape

from crm.related import relations
from customers.models import Contact, Customer
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    an_encounter,
    an_interaction,
)
from tests.pages import record_models
from tests.site.test_queries import more, name_of
from tests.site.world import rows_of

pytestmark = pytest.mark.django_db

MODELS = record_models()
LEADING = [model for model in MODELS if relations(model)]


def link(row):
    """Return how a page leads to a row."""
    return f'<a href="{row.get_absolute_url()}">{escape(str(row))}</a>'


@pytest.fixture
def visit(zhang):
    """An interaction at a customer of 张伟's, about a contract, with a contact."""
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司")
    contact = a_contact(customer, name="李建华")
    contract = a_contract(zhang, customer=customer, title="供货合同")
    return an_interaction(customer, contact=contact, contract=contract)


@pytest.mark.parametrize("model", LEADING, ids=name_of)
def test_a_list_leads_to_what_its_columns_name(model, zhang, lina, sign_in):
    rows = rows_of(zhang)
    more(model, zhang, rows, 1)
    browser = sign_in(lina)
    columns = browser.get(model.page("list")).context["table"].columns.names()
    page = browser.get(model.page("list"), {"column": columns})
    row = model.objects.order_by("-pk").first()
    for name in set(relations(model)) & set(columns):
        target = getattr(row, name)
        if target is None and not model._meta.get_field(name).editable:
            continue  # a verb of the kind fills it in, no form
        assert f'href="{target.get_absolute_url()}"' in page.text, name


@pytest.mark.parametrize("model", LEADING, ids=name_of)
def test_a_page_leads_to_what_its_facts_name(model, zhang, lina, sign_in):
    rows = rows_of(zhang)
    more(model, zhang, rows, 1)
    row = model.objects.order_by("-pk").first()
    page = sign_in(lina).get(row.get_absolute_url())
    facts = {f["name"]: f["value"] for _head, fs in page.context["groups"] for f in fs}
    for name in set(relations(model)) & set(facts):
        if target := getattr(row, name):
            assert f'href="{target.get_absolute_url()}"' in str(facts[name]), name


def test_nothing_leads_to_a_row_that_one_may_not_open(visit, wang, sign_in):
    """The customer went to 王芳; 张伟 keeps his old note of it, and its name."""
    customer, zhang = visit.customer, visit.owner
    Customer.objects.filter(pk=customer.pk).update(owner=wang)
    browser = sign_in(zhang)
    for address in (visit.get_absolute_url(), "/interactions/"):
        page = browser.get(address).text
        assert customer.name in page
        assert f'href="{customer.get_absolute_url()}"' not in page


def test_the_way_back_to_the_customer_stands_above_what_is_filed_there(visit, sign_in):
    page = sign_in(visit.owner).get(visit.get_absolute_url())
    assert list(page.context["filed_under"]) == [link(visit.customer)]
    contract = sign_in(visit.owner).get(visit.contract.get_absolute_url())
    assert list(contract.context["filed_under"]) == [link(visit.customer)]


def test_an_encounter_is_filed_under_both_sides(zhang, lina, sign_in):
    customer = a_customer(zhang)
    encounter = an_encounter(a_competitor(lina), customer)
    page = sign_in(lina).get(encounter.get_absolute_url())
    assert list(page.context["filed_under"]) == [
        link(encounter.competitor),
        link(customer),
    ]


def test_who_administers_people_is_led_to_the_owner(zhang, zhou, lina, sign_in):
    zhou.role_assignments.create(role=lina.roles.get())
    customer = a_customer(zhang)
    owner = f'<a href="{zhang.get_absolute_url()}">张伟</a>'
    assert owner in sign_in(zhou).get(customer.get_absolute_url()).text
    assert owner in sign_in(zhou).get("/customers/").text
    assert owner not in sign_in(zhang).get(customer.get_absolute_url()).text


@pytest.mark.parametrize(
    ("written", "called"),
    [
        ("0871-63150000", ["087163150000"]),
        ("+86 139 1234 0001", ["13912340001"]),
        ("+1 650 253 0000", ["+16502530000"]),
        ("0871-63150000转801", ["087163150000,801"]),
        ("0871-63150000 / 13912340001", ["087163150000", "13912340001"]),
    ],
)
def test_a_telephone_is_called_from_page_and_list(zhang, sign_in, written, called):
    customer = a_customer(zhang, phone=written)
    for address, times in (
        (customer.get_absolute_url(), 2),  # at its head, and among its fields
        ("/customers/?column=name&column=phone", 1),
    ):
        page = sign_in(zhang).get(address).text
        assert re.findall(r'href="tel:([^"]+)"', page) == called * times


def test_mail_and_web_are_followed_from_page_and_list(zhang, sign_in):
    customer = a_customer(
        zhang, email="info@example.com", website="https://example.com/a"
    )
    address = "/customers/?column=name&column=email&column=website"
    for page in (customer.get_absolute_url(), address):
        text = sign_in(zhang).get(page).text
        assert 'href="mailto:info@example.com"' in text
        assert 'href="https://example.com/a" rel="noopener noreferrer"' in text


def test_an_export_holds_names_and_no_links(visit, sign_in):
    answer = sign_in(visit.owner).get("/interactions/export/?format=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert visit.customer.name in text
    assert "href" not in text


def test_what_is_filed_under_a_customer_returns_there(zhang, sign_in):
    customer, browser = a_customer(zhang), sign_in(zhang)
    page = browser.get(customer.get_absolute_url())
    (tab,) = (tab for tab in page.context["tabs"] if tab["key"] == "contact")
    form = browser.get(tab["add_url"])
    back = f"{customer.get_absolute_url()}?tab=contact"
    assert form.context["cancel_url"] == back
    token = form.context["form"]["form_token"].value()
    data = {"customer": customer.pk, "name": "李建华", "form_token": token}
    data["decision_role"] = form.context["form"]["decision_role"].value() or ""
    answer = browser.post(tab["add_url"], data)
    assert answer.status_code == 302
    assert answer.url == back
    assert Contact.objects.get().customer == customer


@pytest.mark.parametrize("place", ["https://x.com/a", "//x.com/a", "\\\\x.com"])
def test_nobody_is_led_away_from_here(zhang, sign_in, place):
    browser = sign_in(zhang)
    form = browser.get("/customers/add/", {"next": place}).context["form"]
    data = {"name": "甲", "form_token": form["form_token"].value()}
    data |= {n: form[n].value() or "" for n in form.fields if n not in data}
    answer = browser.post(f"/customers/add/?next={place}", data)
    assert answer.status_code == 302
    assert "x.com" not in answer.url


def test_a_report_under_review_leads_to_what_it_names(zhang, lina, sign_in):
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司")
    contact = a_contact(customer, registered=False, mobile="13912340001")
    page = sign_in(lina).get(f"/system/inbox/customers.contact/{contact.pk}/").text
    assert link(customer) in page
    assert 'href="tel:13912340001"' in page
