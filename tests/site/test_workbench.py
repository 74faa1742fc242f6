"""工作台: every card by right, every number the list behind it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts import approval
from crm.models import HistoryEntry
from crm.queries import figures as counting
from crm.queries import totals
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    a_news_item,
    an_encounter,
    an_interaction,
)

pytestmark = pytest.mark.django_db

PEOPLE = ("zhang", "chen", "lina", "zhao", "qian", "zhou", "nobody")
FIGURE = re.compile(r'<a class="figure[^"]*" href="([^"]+)"><b>([^<]*)</b>')
TOTAL = re.compile(r'data-total="(\d+)"')
CARD = re.compile(r'data-card="(\w+)"')


@pytest.fixture
def business(zhang, wang, zhao, lina, chen):
    """A few weeks of work in two departments, and a stranger at the door."""
    HistoryEntry.record(None, "sign_in_failed", title="admin")
    now = timezone.now()
    for owner in (zhang, wang, zhao):
        a_customer(owner, next_contact_at=now, status="won")
        a_customer(owner, next_contact_at=now - timedelta(days=3))
        a_customer(owner, next_contact_at=now + timedelta(days=3), status="lost")
        a_customer(owner, created_at=now - timedelta(days=45))
        a_customer(owner, last_contact_at=now - timedelta(days=31), status="loyal")
        for days in (0, 1, 3, 4, 9):
            reported = now - timedelta(days=days)
            record = a_customer(owner, registered=False, created_at=reported)
            a_contact(record, registered=False, created_at=reported)
        back = a_customer(owner, registered=False, name=f"{owner}的退回客户")
        back.send_back(lina, "请补充地址")
    rival = a_competitor(lina)
    for amount in (50_000, 150_000, 160_000):
        contract = a_contract(zhang, amount=amount)
        approval.submit(contract, by=zhang)
        an_interaction(contract.customer)
        an_encounter(rival, contract.customer)
    for importance in ("high", "normal"):
        a_news_item(chen, importance=importance)
        a_news_item(chen, registered=False)


def figures(answer):
    """Return [(address, number)] of the workbench."""
    found = FIGURE.findall(answer.content.decode())
    return [(unescape(url), int(n.replace(",", ""))) for url, n in found]


@pytest.mark.parametrize("person", PEOPLE)
def test_every_number_is_the_list_behind_it(person, request, business, sign_in):
    browser = sign_in(request.getfixturevalue(person))
    answer = browser.get("/")
    assert answer.status_code == 200
    for url, number in figures(answer):
        target = browser.get(url)
        assert target.status_code == 200, url
        assert not target.context.get("errors"), url
        total = int(TOTAL.search(target.content.decode())[1])
        assert (url, total) == (url, number)


@pytest.mark.parametrize(
    ("person", "cards"),
    [
        (
            "zhang",
            {
                "contacts_due",
                "customers_by_status",
                "my_contracts",
                "my_recent_interactions",
                "returned_reports",
            },
        ),
        ("chen", {"returned_reports", "unread_news", "my_reports_of_market"}),
        ("lina", {"inbox_by_age"}),
        (
            "zhao",
            {
                "approvals_waiting",
                "contacts_due",
                "customers_by_status",
                "team_contracts",
            },
        ),
        ("zhou", {"house_figures", "refusals"}),
        ("nobody", set()),
    ],
)
def test_cards_follow_from_rights(person, cards, request, business, sign_in):
    answer = sign_in(request.getfixturevalue(person)).get("/")
    assert cards <= set(CARD.findall(answer.content.decode()))
    forbidden = {"inbox_by_age", "house_figures", "refusals"} - cards
    assert not forbidden & set(CARD.findall(answer.content.decode()))


def numbers(answer):
    """Return the numbers of a workbench by their addresses."""
    return dict(figures(answer))


def test_a_salesperson_sees_what_is_due(zhang, business, sign_in):
    found = numbers(sign_in(zhang).get("/"))
    today = timezone.localdate()
    yesterday, mine = today - timedelta(days=1), f"/customers/?owner={zhang.pk}"
    assert found[f"{mine}&next_contact_at_before={yesterday}"] == 1
    due = f"{mine}&next_contact_at_after={today}&next_contact_at_before={today}"
    assert found[due] == 1
    assert found[f"{mine}&idle_days_min=30"] == 2
    assert found[f"{mine}&status=won"] == 1


def test_nobody_sees_foreign_rows(zhang, wang, business, sign_in):
    page = sign_in(zhang).get("/").content.decode()
    assert "张伟的退回客户" in page
    assert "王芳的退回客户" not in page


def test_the_team_is_the_supervisors(zhao, zhang, wang, business, sign_in):
    found = numbers(sign_in(zhao).get("/"))
    assert found["/customers/?idle_days_min=30"] == 4
    assert found["/customers/?status=won"] == 2


def test_the_inbox_is_counted_by_age(lina, business, sign_in):
    found = numbers(sign_in(lina).get("/"))
    today = timezone.localdate()
    assert found["/system/inbox/"] == 33
    assert found[f"/system/inbox/?created_at_after={today}"] == 9
    assert found[f"/system/inbox/?created_at_before={today - timedelta(days=4)}"] == 12


@pytest.mark.parametrize("person", ["zhang", "zhao"])
def test_what_was_very_many_is_not_counted_again_for_a_minute(
    person, request, business, sign_in, monkeypatch
):
    monkeypatch.setattr(totals, "_many", {})
    browser = sign_in(request.getfixturevalue(person))
    counted = dict(FIGURE.findall(browser.get("/").text))
    monkeypatch.setattr(counting, "MOST_COUNTED", 1)
    browser.get("/")
    kept = dict(FIGURE.findall(browser.get("/").text))
    assert kept.keys() == counted.keys()
    named = ("next_contact_at", "idle_days_min", "occurred_at_after")
    for url, number in counted.items():
        many = any(name in url for name in named) and int(number) > 1
        assert (url, kept[url]) == (url, "1+" if many else number)
    assert "1+" in kept.values()
    totals._many.clear()
    monkeypatch.setattr(counting, "MOST_COUNTED", totals.MOST_COUNTED)
    assert dict(FIGURE.findall(browser.get("/").text)) == counted


def test_whoever_looks_again_and_again_is_told_the_number_in_time(
    zhang, business, sign_in, monkeypatch
):
    monkeypatch.setattr(totals, "_many", {})
    monkeypatch.setattr(counting, "MOST_COUNTED", 0)
    browser = sign_in(zhang)
    browser.get("/")
    remembered = dict(totals._many)
    assert remembered
    browser.get("/")
    assert totals._many == remembered


def test_what_one_has_very_many_of_says_nothing_of_others(
    zhang, zhao, business, sign_in, monkeypatch
):
    monkeypatch.setattr(totals, "_many", {})
    mine = numbers(sign_in(zhang).get("/"))
    monkeypatch.setattr(counting, "MOST_COUNTED", 1)
    for _look in range(2):
        sign_in(zhao).get("/")
    monkeypatch.setattr(counting, "MOST_COUNTED", totals.MOST_COUNTED)
    assert numbers(sign_in(zhang).get("/")) == mine


@pytest.mark.parametrize("person", PEOPLE)
def test_a_workbench_costs_few_queries(person, request, business, client):
    client.force_login(request.getfixturevalue(person))
    client.get("/")  # whose turn it is is reckoned once, for everybody
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    assert len(queries) <= 12, [query["sql"][:150] for query in queries]


def test_the_administrator_sees_who_is_locked_and_what_was_refused(
    zhou, zhang, business, sign_in
):
    sign_in(zhang).get("/system/log/")
    visitor = Client()
    for _time in range(12):
        visitor.post("/login/", {"login": zhang.username, "password": "wrong"})
    answer = sign_in(zhou).get("/")
    assert numbers(answer)["/system/users/?locked=true"] == 1
    page = answer.content.decode()
    refused = page.partition('data-card="refusals"')[2].partition("</section")[0]
    assert "403 GET /system/log/" in refused
    assert "张伟" in refused


def test_the_customer_of_an_interaction_is_led_to_where_it_may_be_opened(
    zhang, wang, client
):
    client.force_login(zhang)
    customer = a_customer(zhang)
    an_interaction(customer)
    link = f'<a href="{customer.get_absolute_url()}">{customer.name}</a></span>'
    assert link in client.get("/").text
    customer.owner = wang
    customer.save()
    page = client.get("/").text
    assert customer.name in page
    assert link not in page
