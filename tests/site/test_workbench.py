"""工作台: every card by right, every number the list behind it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import a_contact, a_customer

pytestmark = pytest.mark.django_db

PEOPLE = ("zhang", "chen", "lina", "zhao", "qian", "zhou", "nobody")
FIGURE = re.compile(r'<a class="figure[^"]*" href="([^"]+)"><b>([^<]*)</b>')
CARD = re.compile(r'data-card="(\w+)"')


@pytest.fixture
def business(zhang, wang, zhao, lina):
    """A few weeks of work in two departments."""
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
        assert not target.context["errors"], (url, target.context["errors"])
        assert (url, target.context["total"]) == (url, number)


@pytest.mark.parametrize(
    ("person", "cards"),
    [
        ("zhang", {"contacts_due", "customers_by_status", "returned_reports"}),
        ("chen", {"returned_reports"}),
        ("lina", {"inbox_by_age"}),
        ("zhao", {"contacts_due", "customers_by_status", "returned_reports"}),
        ("nobody", set()),
    ],
)
def test_cards_follow_from_rights(person, cards, request, business, sign_in):
    answer = sign_in(request.getfixturevalue(person)).get("/")
    assert cards <= set(CARD.findall(answer.content.decode()))
    forbidden = {"inbox_by_age"} - cards
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
    assert found["/system/inbox/"] == 30
    assert found[f"/system/inbox/?created_at_after={today}"] == 6
    assert found[f"/system/inbox/?created_at_before={today - timedelta(days=4)}"] == 12


@pytest.mark.parametrize("person", PEOPLE)
def test_a_workbench_costs_few_queries(person, request, business, client):
    client.force_login(request.getfixturevalue(person))
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    assert len(queries) <= 15, [query["sql"][:150] for query in queries]
