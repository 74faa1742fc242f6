"""全局搜索: everything one may see, by kind, each with the list of all its hits."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    a_news_item,
    an_interaction,
)

pytestmark = pytest.mark.django_db

HEADING = re.compile(r'<h2><a href="([^"]+)">')


@pytest.fixture
def books(zhang, wang, lina):
    """Records of many kinds in which the same word occurs."""
    for owner in (zhang, wang):
        for number in range(12):
            customer = a_customer(owner, name=f"青岚{number}号科技有限公司")
        a_contact(customer, name="青岚")
        a_contract(owner, customer=customer, title="青岚一期合同")
        an_interaction(customer, subject="青岚来访")
    a_competitor(lina, name="青岚仪表")
    a_news_item(lina, title="青岚上市")


@pytest.mark.parametrize("person", ["zhang", "chen", "lina", "zhou", "nobody"])
def test_each_kind_leads_to_the_list_of_all_its_hits(
    person, request, books, zhang, sign_in
):
    browser = sign_in(request.getfixturevalue(person))
    answer = browser.get("/search/", {"q": "青岚"})
    assert answer.status_code == 200
    headings = HEADING.findall(answer.content.decode())
    assert len(headings) == len(answer.context["groups"])
    for url, group in zip(headings, answer.context["groups"], strict=True):
        target = browser.get(unescape(url))
        assert target.status_code == 200, url
        assert not target.context["errors"], url
        total, shown = target.context["total"], len(group["rows"])
        assert total > shown if group["more"] else total == shown


def test_foreign_rows_are_not_found(books, zhang, sign_in):
    groups = sign_in(zhang).get("/search/", {"q": "青岚"}).context["groups"]
    owned = [row for group in groups[:4] for row in group["rows"]]
    assert owned
    assert {row.owner for row in owned} == {zhang}


def test_reports_are_found_by_those_who_may_see_them(zhang, wang, client):
    report = a_customer(zhang, name="未登记青岚", registered=False)
    for person, seen in ((zhang, True), (wang, False)):
        client.force_login(person)
        page = client.get("/search/", {"q": "青岚"}).content.decode()
        assert (report.get_absolute_url() in page) is seen


@pytest.mark.parametrize("text", ["", "   ", "\0", "%", "_", "'", "🙂", "x" * 5000])
def test_any_text_gives_a_page(text, zhang, sign_in):
    assert sign_in(zhang).get("/search/", {"q": text}).status_code == 200


def test_a_search_costs_few_queries(books, lina, client):
    client.force_login(lina)
    with CaptureQueriesContext(connection) as queries:
        client.get("/search/", {"q": "青岚"})
    assert len(queries) <= 15
