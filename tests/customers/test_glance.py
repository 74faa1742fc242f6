"""The customer at a glance: its head, its figures, how complete it is, its network."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts import approval
from customers.models import Customer, FileEntry, Relation, network
from customers.models.completeness import FIELDS, completeness
from customers.models.network import network_of
from customers.views.glance import file_complete
from tests.contracts.test_approval import LARGE
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    a_news_item,
    an_encounter,
    an_interaction,
    an_item,
)

pytestmark = pytest.mark.django_db

TOTAL = re.compile(r'data-total="(\d+)')
#: Figures that add a column up.
MONEY = {"exposure": "amount", "prepaid": "prepaid"}
NOTHING = {"fresh": [], "stale": [], "contact_role": False, "contact_phone": False}


def ago(days):
    """Return the moment so many days ago."""
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def customer(zhang, zhao, lina, qian):
    """Return a customer of whom every figure counts something."""
    customer = a_customer(zhang, name="华夏仪表", credit_limit=Decimal(50_000))
    an_interaction(customer)
    an_interaction(customer, occurred_at=ago(89))
    an_interaction(customer, occurred_at=ago(90))
    for amount in (Decimal("1000.50"), Decimal(2000)):
        approval.submit(a_contract(zhang, customer=customer, amount=amount), by=zhang)
    approval.submit(a_contract(zhang, customer=customer, amount=LARGE), by=zhang)
    an_encounter(a_competitor(lina), customer)
    an_encounter(a_competitor(lina), customer, outcome="we_won")
    a_news_item(lina).customers.add(customer)
    a_news_item(lina, registered=False).customers.add(customer)
    return customer


@pytest.mark.parametrize("who", ["zhang", "zhao", "lina", "chen"])
def test_each_figure_opens_exactly_what_it_counts(customer, who, request, sign_in):
    browser = sign_in(request.getfixturevalue(who))
    figures = browser.get(customer.get_absolute_url()).context["figures"]
    assert figures
    for figure in figures:
        page = browser.get(figure["url"])
        total = int(TOTAL.search(page.text)[1])
        if column := MONEY.get(figure["key"]):
            amounts = [getattr(row, column) for row in page.context["page_obj"]]
            assert figure["value"] == f"{sum(amounts):,.2f}"
        else:
            assert figure["value"] == total, figure["key"]


def test_the_exposure_is_red_above_the_limit_and_says_what_it_counts(
    customer, zhang, sign_in
):
    browser, url = sign_in(zhang), customer.get_absolute_url()

    def exposure():
        figures = browser.get(url).context["figures"]
        return next(one for one in figures if one["key"] == "exposure")

    assert exposure()["tone"] == "bad"
    assert "额度 50,000.00" in exposure()["label"]
    assert "减去其已核销的回款" in browser.get(url).text
    Customer.objects.filter(pk=customer.pk).update(credit_limit=10**9)
    assert exposure()["tone"] == ""


@pytest.mark.parametrize(
    ("level", "days", "fields", "tone"),
    [
        ("A", 14, {}, ""),
        ("A", 15, {}, "bad"),
        ("C", 60, {}, ""),
        (None, 31, {}, "bad"),
        ("A", 400, {"status": "lost"}, ""),
        ("A", 400, {"effective": False}, ""),
    ],
)
def test_days_without_contact_are_red_over_the_rhythm_of_the_level(
    level, days, fields, tone, zhang, sign_in
):
    level = level and an_item("customer_level", level)
    customer = a_customer(zhang, level=level, **fields)
    an_interaction(customer, occurred_at=ago(days))
    page = sign_in(zhang).get(customer.get_absolute_url())
    last, upcoming = page.context["contact_facts"]
    assert last["value"] == f"{days} 天前"
    assert last["tone"] == tone
    assert (upcoming["value"], upcoming["tone"]) == ("未计划", "warn")


def test_a_promise_that_has_passed_is_red(zhang, sign_in):
    customer = a_customer(zhang, next_contact_at=ago(1), phone="0871-1234567")
    page = sign_in(zhang).get(customer.get_absolute_url())
    assert page.context["contact_facts"][1]["tone"] == "bad"
    assert 'href="tel:' in page.text


def test_what_is_there_counts_by_its_weight_and_old_texts_half():
    bare = Customer(kind="end_customer", nature="company")
    assert completeness(bare, NOTHING).percent == 0
    assert completeness(bare, NOTHING).missing[0] in ("contact_role", "contact_phone")
    subjects = FileEntry.Subject.values
    fresh = completeness(bare, NOTHING | {"fresh": subjects})
    stale = completeness(bare, NOTHING | {"stale": subjects})
    assert 0 < stale.percent < fresh.percent <= 2 * stale.percent + 1
    whole = NOTHING | {"contact_role": True, "contact_phone": True, "fresh": subjects}
    without_fields = completeness(bare, whole)
    assert without_fields.missing[0] in ("phone", "level", "industry")
    person = Customer(kind="end_customer", nature="person")
    assert completeness(person, whole).percent > without_fields.percent
    assert "credit_code" not in completeness(person, whole).missing
    unseen = {"fresh": subjects, "stale": []}  # no right to contacts
    assert "contact_role" not in completeness(bare, unseen).missing
    seller, buyer = Customer(kind="distributor"), Customer(kind="end_customer")
    by_credit = [
        completeness(one, whole).missing.index("credit_grade")
        for one in (seller, buyer)
    ]
    assert by_credit[0] < by_credit[1]


def test_the_next_best_field_leads_to_the_form_at_that_field(zhang, chen, sign_in):
    customer = a_customer(zhang)
    browser = sign_in(zhang)

    def upcoming(browser):
        return browser.get(customer.get_absolute_url()).context["complete"]

    assert upcoming(browser)["url"].startswith("/contacts/add/?customer=")
    a_contact(
        customer, mobile="13800000000", decision_role=an_item("contact_role", "user")
    )
    found = upcoming(browser)
    page, _hash, field = found["url"].partition("#")
    assert page == f"/customers/{customer.pk}/edit/"
    assert f'id="{field}"' in browser.get(page).text
    assert found["next"]
    read_only = upcoming(sign_in(chen))
    assert (read_only["next"], read_only["url"]) == (found["next"], "")


def test_a_file_that_is_added_leads_back_to_the_files(zhang, sign_in):
    customer, browser = a_customer(zhang), sign_in(zhang)
    data = {"file": SimpleUploadedFile("报价.txt", "一".encode())}
    data["version"] = customer.version
    answer = browser.post(f"{customer.get_absolute_url()}attachments/", data)
    assert answer.url == f"{customer.get_absolute_url()}#attachments"
    page = browser.get(customer.get_absolute_url()).text
    assert page.index('id="files"') < page.index('id="attachments"')


@pytest.fixture
def around(zhang, wang):
    """Return {letter: customer}: a–b–c–d and a–hidden–e, f is the parent of a."""
    found = {letter: a_customer(zhang, name=f"{letter}公司") for letter in "abcdef"}
    found["hidden"] = a_customer(wang, name="看不见的公司")
    pairs = [("a", "b"), ("b", "c"), ("c", "d"), ("a", "hidden"), ("hidden", "e")]
    for one, other in pairs:
        Relation.objects.create(
            customer=found[one], kind="supplies", other=found[other]
        )
    Customer.objects.filter(pk=found["a"].pk).update(parent=found["f"])
    return found


def test_the_network_goes_two_steps_and_on_through_no_hidden_one(
    around, zhang, lina, sign_in
):
    found = network_of(around["a"], zhang)
    names = {node.name: node.wording for node in found.nodes.values()}
    assert names == {
        "a公司": "",
        "b公司": "供货给",
        "c公司": "供货给",
        "f公司": "隶属于",
    }
    assert found.hidden == 1
    assert len(network_of(around["a"], lina).nodes) == 6
    page = sign_in(zhang).get(f"/customers/{around['a'].pk}/relations/")
    assert "看不见的公司" not in page.text
    assert 'data-hidden="1"' in page.text
    for letter in "abcf":
        assert f'href="/customers/{around[letter].pk}/relations/"' in page.text


def test_the_network_draws_so_many_and_costs_the_same(
    around, zhang, sign_in, monkeypatch
):
    browser, url = sign_in(zhang), f"/customers/{around['a'].pk}/relations/"

    def cost():
        browser.get(url)
        with CaptureQueriesContext(connection) as queries:
            browser.get(url)
        return len(queries)

    few = cost()
    for number in range(5):
        new = a_customer(zhang, name=f"新{number}")
        for one in "ab":
            Relation.objects.create(customer=around[one], kind="partner_of", other=new)
    assert cost() == few <= 12
    assert len(network_of(around["a"], zhang).across) == 5
    monkeypatch.setattr(network, "MOST_NODES", 4)
    found = network_of(around["a"], zhang)
    assert (len(found.nodes), found.more) == (4, 5)
    assert "未全部画出" in browser.get(url).text


def test_nobody_is_asked_to_write_what_is_left_to_others(zhang, zhao):
    customer = a_customer(zhang)
    for name in FIELDS:
        if name not in ("credit_limit", "employees"):
            setattr(customer, Customer._meta.get_field(name).attname, 1)
    whole = NOTHING | {"contact_role": True, "contact_phone": True}
    read = whole | {"fresh": FileEntry.Subject.values}
    assert completeness(customer, read).missing == ("credit_limit", "employees")
    assert file_complete(customer, read, zhao)["url"].endswith("#id_credit_limit")
    assert file_complete(customer, read, zhang)["url"].endswith("#id_employees")
