"""The first page of all one sees: read the short way, the same rows as the long way."""

import re

import pytest
from django.db import connection

from crm.lists import sources
from crm.lists.first_page import first_page
from crm.lists.ordering import Order
from crm.models import User
from crm.queries.totals import Total
from customers.models import Customer
from tests.factories import a_customer

pytestmark = pytest.mark.django_db

RESULTS = re.compile(r'<div id="results">.*?</form>\s*</div>\s*</div>', re.DOTALL)
#: What is another in each answer: the token of its forms, the minute for the printer.
OF_THE_MOMENT = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|(?<=<span class="printed">)[^·]*'
)
PEOPLE = ("zhang", "wang", "zhao", "lina", "chen", "sun")
SORTS = ("", "?sort=name", "?sort=-annual_revenue", "?sort=next_contact_at&per_page=10")


@pytest.fixture
def books(zhang, wang, liu):
    """Forty customers of three people, some with an amount, reports, a team."""
    made = [
        a_customer(
            (zhang, wang, liu)[number % 3],
            name=f"{number:02}号客户",
            annual_revenue=number if number % 2 else None,
            registered=number % 7 != 0,
        )
        for number in range(40)
    ]
    made[2].memberships.create(user=wang, may_write=False)
    return made


def results(answer):
    """Return what a list page shows, whenever it is asked."""
    return RESULTS.findall(OF_THE_MOMENT.sub("", answer.text))


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("who", PEOPLE)
def test_the_short_way_shows_what_the_long_way_shows(
    who, sort, books, sign_in, request, monkeypatch
):
    browser = sign_in(request.getfixturevalue(who))
    short = browser.get(f"/customers/{sort}")
    monkeypatch.setattr(sources, "first_page", lambda *_given: None)
    long = browser.get(f"/customers/{sort}")
    assert short.status_code == long.status_code
    assert results(short) == results(long) != []
    assert "号客户" in long.text or who == "chen"


@pytest.mark.parametrize("sort", SORTS)
def test_few_rows_are_sorted_and_are_those_that_walking_meets(
    sort, books, zhang, sign_in, monkeypatch
):
    browser = sign_in(zhang)
    sorted_ = browser.get(f"/customers/{sort}")
    monkeypatch.setattr(sources, "MOST_GATHERED", {})
    walked = browser.get(f"/customers/{sort}")
    assert results(sorted_) == results(walked) != []


@pytest.mark.parametrize(("who", "gathers"), [("zhang", True), ("lina", False)])
def test_who_sees_few_of_many_has_them_sorted_not_met_on_a_walk(
    who, gathers, books, request
):
    user = request.getfixturevalue(who)
    source = sources.RecordSource(Customer.objects.all, user, "view", None)
    assert source.gathers(Total(40)) is gathers
    assert not source.gathers(Total(sources.MOST_GATHERED["own"] + 1))
    assert not source.gathers(Total(40, exact=False))


def test_rows_that_are_gathered_are_sorted_whatever_index_there_is(books):
    with connection.cursor() as cursor:
        for way in ("sort", "incremental_sort", "seqscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    order = Order(Customer, "created_at", down=True)
    for one, is_sorted in ((order, False), (order.gathered(), True)):
        plan = one.zones(Customer.objects.all())[0][:5].explain()
        assert ("Sort" in plan) is is_sorted


def test_the_short_way_is_taken_by_whoever_sees_nothing_beyond_reach(
    books, zhao, zhang
):
    order = Order(Customer, "created_at", down=True)
    names = {"owner": "owner__name"}
    found = first_page(Customer, zhao, order, 26, names)
    assert found == list(Customer.objects.visible_to(zhao)[:26])
    assert found[0].owner_id
    # Reports of his own lie beyond his reach.
    assert first_page(Customer, zhang, order, 26, names) is None


def test_rights_are_asked_anew_though_the_sql_is_kept(books, zhao, wang):
    order = Order(Customer, "created_at", down=True)
    before = first_page(Customer, zhao, order, 100, {})
    wang.department = zhao.department
    wang.save()
    after = first_page(Customer, User.objects.get(pk=zhao.pk), order, 100, {})
    assert {row.owner for row in after} - {row.owner for row in before} == {wang}
