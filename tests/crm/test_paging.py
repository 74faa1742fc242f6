"""Long lists: every page by every way to it, totals that say how far they counted."""

import re
from datetime import timedelta
from html import unescape
from math import exp, log
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.lists import plan
from crm.lists.ordering import Order
from crm.models import visibility
from crm.queries import paging, totals
from crm.queries.paging import Pages
from crm.queries.search import InSample
from crm.queries.totals import Total, counted
from crm.views import lists
from customers.models import Customer
from customers.tables import CustomerTable
from tests.factories import a_customer
from tests.pages import alerts, ids, record_models

pytestmark = pytest.mark.django_db

NEXT = re.compile(r'<a rel="next" href="([^"]+)"')
PREVIOUS = re.compile(r'<a rel="prev" href="([^"]+)"')
SORTS = ["created_at", "name", "employees", "last_contact_at", "number"]


@pytest.fixture
def thirty(zhang):
    """Thirty-three customers; many are alike, many say nothing."""
    now = timezone.now()
    for number in range(33):
        a_customer(
            zhang,
            name=f"客户{number % 4}",
            employees=number % 5 or None,
            last_contact_at=now - timedelta(days=number) if number % 3 else None,
            created_at=now - timedelta(hours=number // 2),
        )


@pytest.fixture
def hasty(monkeypatch):
    """Count no further than to five."""
    for module in (totals, plan, lists):
        monkeypatch.setattr(module, "MOST_COUNTED", 5)
    monkeypatch.setattr(paging, "SHORT", 3)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("path", [*SORTS, "pk"])
def test_what_is_sorted_stands_as_what_is_walked(path, down, backwards, thirty):
    order, rows = Order(Customer, path, down=down), Customer.objects.all()
    for row in (None, *rows[:40:7]):
        found = []
        for one in (order, order.gathered()):
            place = row and one.place(one.place_text(row))
            zones = one.zones(rows, backwards=backwards)
            if row:
                zones = one.beyond(rows, place, backwards=backwards)
            found.append([record.pk for zone in zones for record in zone])
        assert found[0] == found[1]
        assert found[0] or row


def links(answer, pattern):
    """Return where the next or the previous page is, or None."""
    found = pattern.search(answer.text)
    return unescape(found[1]) if found else None


def in_order(sort):
    """Return the ids of all customers in an order, sorted at once."""
    order = CustomerTable(Customer.objects.none()).ordering(sort)
    return list(Customer.objects.order_by(*order.keys).values_list("pk", flat=True))


# --- Every way to a page ------------------------------------------------------------


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS)])
def test_numbers_lead_to_every_page(sort, thirty, zhang, sign_in):
    browser, found = sign_in(zhang), []
    for number in (1, 2, 3, 4):
        query = {"sort": sort, "per_page": 10, "page": number}
        found += ids(browser.get("/customers/", query))
    assert found == in_order(sort)


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS)])
def test_next_and_previous_lead_through_all_rows_and_back(
    sort, thirty, hasty, zhang, sign_in
):
    browser, whole = sign_in(zhang), in_order(sort)
    url, there, back = f"/customers/?per_page=10&sort={sort}", [], []
    while url:
        answer = browser.get(url)
        there, url = there + ids(answer), links(answer, NEXT)
    assert there == whole
    while answer:
        back = ids(answer) + back
        url = links(answer, PREVIOUS)
        answer = browser.get(url) if url else None
    assert back == whole


@pytest.mark.parametrize("sort", ["employees", "-employees", "created_at"])
def test_numbers_beyond_what_was_counted_lead_on(sort, thirty, hasty, zhang, sign_in):
    browser, found = sign_in(zhang), []
    for number in (1, 2, 3, 4):
        query = {"sort": sort, "per_page": 10, "page": number, "kind": "end_customer"}
        answer = browser.get("/customers/", query)
        found += ids(answer)
        assert 'data-total="5+"' in answer.text
    assert found == in_order(sort)
    answer = browser.get("/customers/?per_page=10&page=5&kind=end_customer")
    assert alerts(answer) == ["没有这一页。"]


def test_the_number_of_rows_of_a_state_is_kept(thirty, hasty, zhang, sign_in):
    answer = sign_in(zhang).get("/customers/?status=potential")
    assert 'data-total="33"' in answer.text


@pytest.mark.parametrize("query", ["", "&kind=end_customer", "&status=potential"])
def test_the_last_page_is_one_click_away(query, thirty, hasty, zhang, sign_in):
    answer = sign_in(zhang).get(f"/customers/?per_page=10&page=last{query}")
    assert ids(answer) == in_order("-created_at")[30:]
    assert answer.context["page_obj"].number == 4
    assert links(answer, NEXT) is None


def test_the_next_page_begins_after_the_row_even_if_newer_ones_came(
    thirty, zhang, sign_in
):
    browser = sign_in(zhang)
    first = browser.get("/customers/?per_page=10")
    whole = in_order("-created_at")
    a_customer(zhang)
    assert ids(browser.get(links(first, NEXT))) == whole[10:20]


def test_conditions_go_along(thirty, zhang, sign_in):
    browser = sign_in(zhang)
    answer = browser.get("/customers/?per_page=10&employees_min=1&sort=name")
    assert "employees_min=1" in links(answer, NEXT)
    assert "sort=name" in links(answer, NEXT)
    chip = browser.get(links(answer, NEXT)).context["chips"][0]
    assert "after" not in chip["remove_url"]
    assert "page" not in chip["remove_url"].replace("per_page", "")


@pytest.mark.parametrize("key", ["after", "before"])
@pytest.mark.parametrize(
    "place",
    ["x", "~", "~x", "~-1", "x~1", f"~{'9' * 30}", "2026~1", "~%00", f"{'9' * 500}~1"],
)
def test_a_place_that_is_none_is_said(key, place, zhang, sign_in):
    a_customer(zhang)
    answer = sign_in(zhang).get(f"/customers/?page=2&{key}={quote(place, safe='%')}")
    assert answer.status_code == 200
    assert alerts(answer) == ["没有这一页。"]
    assert ids(answer) == []


def test_a_place_is_of_the_order_asked_for(zhang, sign_in):
    a_customer(zhang)
    browser = sign_in(zhang)
    for sort, place in (("employees", "many~1"), ("annual_revenue", "NaN~1")):
        answer = browser.get(f"/customers/?sort={sort}&after={place}")
        assert answer.status_code == 200
        assert ids(answer) == []


# --- How many -----------------------------------------------------------------------


def test_a_total_is_exact_up_to_what_is_counted(zhang, hasty):
    for number in range(1, 8):
        a_customer(zhang)
        exact = number <= 5
        assert counted(Customer.objects.all()) == Total(min(number, 5), exact)


def test_without_a_condition_the_kept_number_is_shown(thirty, hasty, zhang, sign_in):
    answer = sign_in(zhang).get("/customers/")
    assert 'data-total="33"' in answer.text


def test_beyond_it_the_exact_number_is_one_click_away(thirty, hasty, zhang, sign_in):
    browser = sign_in(zhang)
    answer = browser.get("/customers/?q=客户")
    assert 'data-total="5+"' in answer.text
    assert "共 5+ 条" in answer.text
    exact = re.search(r'<a href="([^"]+)"[^>]*>精确计数', answer.text)[1]
    answer = browser.get(unescape(exact))
    assert 'data-total="33"' in answer.text
    assert "精确计数" not in answer.text


def test_only_the_exact_total_can_be_asked_for(zhang, sign_in):
    a_customer(zhang)
    answer = sign_in(zhang).get("/customers/?total=about")
    assert alerts(answer)
    assert ids(answer) == []


# --- What a long list is sorted by --------------------------------------------------


def test_a_long_list_is_sorted_only_as_an_index_is(thirty, hasty, zhang, sign_in):
    browser = sign_in(zhang)
    page = browser.get("/customers/").text
    assert "sort=name" in page
    assert "sort=owner" not in page
    answer = browser.get("/customers/?sort=owner")
    assert alerts(answer) == ["超过 5 条的记录不能按负责人排序，请先缩小范围。"]
    assert ids(answer) == []


def test_a_short_list_is_sorted_by_everything(hasty, zhang, sign_in):
    for _time in range(5):
        a_customer(zhang)
    browser = sign_in(zhang)
    assert "sort=owner" in browser.get("/customers/").text
    assert len(ids(browser.get("/customers/?sort=owner"))) == 5


@pytest.mark.parametrize("down", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("model", record_models(), ids=lambda m: m._meta.model_name)
def test_postgresql_walks_what_is_said_to_be_walked(model, down):
    names = [field.name for field in model._meta.concrete_fields]
    orders = [Order(model, name, down=down) for name in names]
    walked = [order for order in orders if order.walked and order.path != "id"]
    assert walked
    with connection.cursor() as cursor:
        for kind in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            cursor.execute(f"SET LOCAL enable_{kind} = off")
    for order in walked:
        for backwards in (False, True):
            for zone in order.zones(model.objects.all(), backwards=backwards):
                plan = zone.values("pk")[:10].explain()
                assert "Sort" not in plan, (order.path, plan)


def test_every_column_of_numbers_and_dates_sorts_a_long_list():
    table = CustomerTable(Customer.objects.none())
    for name in ("employees", "annual_revenue", "credit_limit", "number", "name"):
        assert table.ordering(name).walked, name
    for name in ("last_contact_at", "next_contact_at", "created_at", "changed_at"):
        assert table.ordering(f"-{name}").walked, name


def test_pages_of_long_lists_are_found_by_their_ids_first(thirty, hasty):
    rows = Customer.objects.select_related("owner")
    order = Order(Customer, "created_at", down=True)
    page = Pages(rows, order, 10, Total(5, exact=False)).page(2)
    assert [row.pk for row in page] == in_order("-created_at")[10:20]
    assert page[0].owner.name == "张伟"


# --- Very many hits are known by a sample -------------------------------------------


def test_a_sample_says_that_there_are_very_many(zhang, sign_in, monkeypatch):
    monkeypatch.setattr(visibility, "MOST_SEEN_BY_FEW", -1)
    chosen = Customer.objects.filter(InSample("pk"))
    while chosen.count() < 2:
        a_customer(zhang, name="青岚化工")
    total = Customer.objects.count()
    for enough, said in ((2, "10000+"), (3, str(total))):
        monkeypatch.setattr(totals, "SURELY_MANY", enough)
        for query in ("q=青岚", "q=qinglan", "q=ql", "name=化工"):
            totals._many.clear()
            page = sign_in(zhang).get(f"/customers/?{query}").text
            assert f'data-total="{said}"' in page, (enough, query)


@pytest.mark.parametrize(
    ("person", "most", "asked"),
    [("zhang", 1, True), ("zhang", 2, False), ("zhao", 2, True), ("lina", 9, True)],
)
def test_who_sees_few_rows_asks_no_sample(
    person, most, asked, zhang, zhao, sign_in, request, monkeypatch
):
    """Of fewer rows than a word could make a long list of, it says nothing."""
    monkeypatch.setattr(visibility, "MOST_SEEN_BY_FEW", most)
    for owner in (zhang, zhang, zhao):
        a_customer(owner, name="青岚化工")
    browser = sign_in(request.getfixturevalue(person))
    with CaptureQueriesContext(connection) as queries:
        browser.get("/customers/?q=青岚")
    assert any("& 15" in query["sql"] for query in queries) is asked


def test_a_sample_is_never_mistaken():
    """Bounded after Chernoff: so many hits in the sample, and yet few in all."""
    share, least = 1 / 16, totals.SURELY_MANY / totals.MOST_COUNTED
    unlike = least * log(least / share) + (1 - least) * log((1 - least) / (1 - share))
    assert exp(-totals.MOST_COUNTED * unlike) < 1e-16


@pytest.mark.parametrize(
    ("text", "index"), [("科技", "text"), ("keji", "pinyin"), ("kj", "pairs")]
)
def test_a_sample_has_indexes_of_its_own(text, index, lina):
    rows = Customer.everything.order_by().search(text, lina)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert f"customer_{index}_sample" in rows.filter(InSample("pk")).explain()
