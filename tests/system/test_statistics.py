"""统计: every number of every chart is the list behind it, for everybody."""

import csv
import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from io import BytesIO
from itertools import pairwise

import pytest
from django.db.models import Sum
from django.http import QueryDict
from django.utils import timezone
from python_calamine import CalamineWorkbook

from crm.charts import counting
from crm.charts.periods import Period, period_of
from crm.guards.actor import acting
from crm.kinds import charted
from crm.queries.days import start_of
from crm.views.lists import listing_at
from customers.models import Membership
from tests.factories import (
    a_competitor,
    a_contract,
    a_customer,
    a_news_item,
    an_encounter,
    an_interaction,
    an_item,
)

pytestmark = pytest.mark.django_db

HEAD = re.compile(r'data-series="(\d)">([^<]*)<')
SECTION = re.compile(r'<section class="card chart\b.*?</section>', re.DOTALL)
NUMBER = re.compile(r'<a data-value="([^"]*)" href="([^"]*)">([^<]*)</a>')
TOTAL = re.compile(r'data-total="(\d+)"')
PEOPLE = ("zhang", "chen", "lina", "zhao", "qian")


@pytest.fixture
def business(zhang, wang, zhao, lina, chen):
    """Rows at both ends of the days and beyond them, of everybody, some half full."""
    period = period_of("last_30_days", timezone.localdate())
    days = (period.first, timezone.localdate(), period.first - timedelta(days=1))
    rival, other = a_competitor(lina), a_competitor(lina, name="只被看到的对手")
    for place, day in enumerate(days):
        at = min(start_of(day) + timedelta(minutes=1), timezone.now())
        for owner in (zhang, wang, zhao):
            customer = a_customer(
                owner,
                created_at=at,
                level=an_item("customer_level", "A") if place else None,
                industry=an_item("industry", "C") if place else None,
                source=an_item("customer_source", "referral") if place else None,
                region_id="530111" if place else None,
            )
            a_customer(owner, registered=False, created_at=at)
            a_contract(
                owner, customer=customer, signed_on=day, amount=1000 * (place + 1)
            )
            an_interaction(customer, occurred_at=at)
            an_interaction(customer, by=zhao, occurred_at=at)
            an_encounter(rival, customer, happened_on=day, outcome="we_won")
            an_encounter(
                rival,
                customer,
                happened_on=day,
                outcome="they_won",
                offered_product="采煤机|三代" if place else "",
                price=(None, 99_999, 100_000)[place],
            )
        a_news_item(chen, published_on=day)
        a_news_item(chen, published_on=day, registered=False)
    a_contract(wang, registered=False, signed_on=days[0])
    assert other
    with acting(lina):
        Membership.objects.create(customer=customer, user=zhang, may_write=False)


def sections(answer):
    """Return the charts of a page as HTML."""
    assert answer.status_code == 200
    return SECTION.findall(answer.content.decode())


def numbers(answer):
    """Return [(value, address, text)] of all charts of a page."""
    found = [one for html in sections(answer) for one in NUMBER.findall(html)]
    assert found
    return [(Decimal(value), unescape(url), text) for value, url, text in found]


def behind(answer, url):
    """Return the rows of the list at an address, as the list itself finds them."""
    path, _mark, query = url.partition("?")
    model = next(m for m in charted() if m.page("list") == path)
    view = listing_at(model, answer.wsgi_request, QueryDict(query, mutable=True))
    rows = view.get_queryset()
    assert view.errors == [], url
    return rows.order_by()


def pages(browser, query):
    """Yield the answer of each page of charts that a person may open."""
    for address in ("/statistics/", "/statistics/workbench/"):
        yield browser.get(f"{address}{query}")
    for model in charted():
        answer = browser.get(f"/statistics/{model.segment}/{query}")
        if answer.status_code != 403:
            yield answer


def numbers_are_rows(answers):
    """Compare every number of some pages with its list; return {address: number}."""
    seen = {}
    for answer in answers:
        for html in sections(answer):
            is_sum = "data-amount" in html
            for value, url, _text in NUMBER.findall(html):
                seen[unescape(url), is_sum] = answer, Decimal(value)
    assert any(value for _answer, value in seen.values())
    for (url, is_sum), (answer, value) in seen.items():
        rows = behind(answer, url)
        found = rows.aggregate(n=Sum("amount"))["n"] if is_sum else rows.count()
        assert (url, found or 0) == (url, value)
    return {url: value for (url, _is_sum), (_answer, value) in seen.items()}


@pytest.mark.parametrize("person", PEOPLE)
def test_every_number_is_the_list_behind_it(person, request, business, sign_in):
    browser = sign_in(request.getfixturevalue(person))
    assert len(numbers_are_rows(pages(browser, "?period=last_30_days"))) > 100


@pytest.mark.parametrize("person", PEOPLE)
def test_won_and_lost_are_crossed_by_any_two_sides(person, request, business, sign_in):
    browser = sign_in(request.getfixturevalue(person))
    sides = ("", "product", "region", "amount", "month", "competitor")
    address = "/statistics/encounters/?first=2026-01-01"
    seen = numbers_are_rows(
        browser.get(f"{address}&rows={rows}&columns={columns}")
        for rows, columns in pairwise(sides)
    )
    crossed = [url for url, value in seen.items() if value]
    for key in ("offered=", "customer_region=5", "price_max=99999.99", "priced=false"):
        assert any(key in url and "they_won" in url for url in crossed), key


def test_sides_that_make_no_sense_are_told_and_shares_are_of_both(
    zhao, business, sign_in
):
    browser, address = sign_in(zhao), "/statistics/encounters/?first=2026-01-01"
    for query, said in (("columns=competitor", "相同"), ("rows=x", "“x”")):
        answer = browser.get(f"{address}&{query}")
        assert not SECTION.search(answer.text)
        assert said in answer.text
    query = "rows=region&columns=month&chart=crossed&format=csv"
    answer = browser.get(f"{address.replace('/?', '/export/?')}&{query}")
    rows = list(
        csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines())
    )
    assert rows[0][1].split()[1] == "赢单"
    assert rows[-1][-1] == "50.0"


def test_where_a_customer_is_that_one_does_not_see_is_told_to_nobody(
    zhang, wang, lina, sign_in
):
    customer = a_customer(wang, region_id="530111")
    an_encounter(a_competitor(lina), customer, by=zhang, outcome="we_won")
    for person, told in ((zhang, "0"), (wang, "1")):
        browser = sign_in(person)
        page = browser.get("/statistics/encounters/?rows=region").text
        assert ("云南省" in page[page.index("encounter-crossed") :]) is (told == "1")
        found = browser.get("/encounters/?customer_region=530000")
        assert TOTAL.search(found.text)[1] == told


def test_the_page_of_the_list_says_the_same(zhao, business, sign_in):
    browser = sign_in(zhao)
    answer = browser.get("/statistics/customers/?period=last_30_days")
    some = [one for one in numbers(answer) if one[0]]
    for value, url, _text in some[::7]:
        target = browser.get(url)
        assert not target.context["errors"]
        assert (url, TOTAL.search(target.content.decode())[1]) == (url, str(value))


def test_department_and_person_narrow_charts_and_lists(
    qian, zhang, zhao, sales_department, business, sign_in
):
    browser = sign_in(qian)
    for whose in (f"department={sales_department.pk}", f"owner={zhang.pk}"):
        answer = browser.get(f"/statistics/interactions/?period=last_30_days&{whose}")
        for value, url, _text in numbers(answer):
            assert whose.split("=")[0] in url
            assert (url, behind(answer, url).count()) == (url, value)
    assert 'name="department"' not in sign_in(zhang).get("/statistics/").text


def test_what_has_no_row_is_told_and_so_is_what_is_not_given(zhao, business, sign_in):
    html = sign_in(zhao).get("/statistics/customers/").text
    for name in ("北京市", "西藏自治区", "未填写", "王芳"):
        assert (name in html) is (name != "王芳"), name
    assert "只被看到的对手" in sign_in(zhao).get("/statistics/encounters/").text


def test_an_end_has_the_same_colour_on_every_chart(qian, business, sign_in):
    browser, colours = sign_in(qian), {}
    for part in ("opportunities", "encounters"):
        page = browser.get(f"/statistics/{part}/").text
        for place, label in HEAD.findall(page):
            colours.setdefault(label, set()).add(place)
    assert (colours["赢单"], colours["输单"]) == ({"3"}, {"5"})
    assert len(colours["作废"]) == 1


def test_reports_of_others_are_in_no_chart(zhang, wang, lina, sign_in):
    a_customer(wang, registered=False)
    for person, number in ((zhang, 0), (wang, 1), (lina, 1)):
        answer = sign_in(person).get("/statistics/customers/")
        assert max(value for value, _url, _text in numbers(answer)) == number


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?first=2026-05-01&last=2026-04-01", "填反"),
        ("?first=morgen", "日期"),
        ("?last=2026-04-01", "起始"),
        ("?first=2099-04-01", "截止"),
        ("?period=always", "period"),
        ("?colour=red", "colour"),
        ("?department=77777777", "不在可选项"),
    ],
)
def test_what_makes_no_sense_is_said_and_counted_is_nothing(query, said, zhao, sign_in):
    answer = sign_in(zhao).get(f"/statistics/customers/{query}")
    assert answer.status_code == 200
    assert not SECTION.search(answer.text)
    assert said in answer.text
    assert (
        sign_in(zhao)
        .get(f"/statistics/customers/export/{query}&chart=level")
        .status_code
        == 400
    )


def test_the_workbench_fetches_charts_for_who_sees_more_than_their_own(
    zhang, zhao, sign_in
):
    fetched = 'hx-get="/statistics/workbench/"'
    assert fetched in sign_in(zhao).get("/").text
    assert fetched not in sign_in(zhang).get("/").text


def test_pages_follow_from_rights(zhou, chen, nobody, sign_in):
    for person in (zhou, nobody):
        browser = sign_in(person)
        assert browser.get("/statistics/").status_code == 403
        assert browser.get("/statistics/contracts/").status_code == 403
        assert 'href="/statistics/"' not in browser.get("/").text
    assert sign_in(chen).get("/statistics/nothing/").status_code == 404


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_file_has_the_numbers_of_the_page(kind, lina, business, sign_in):
    browser = sign_in(lina)
    browser.cookies["language"] = "en"
    an = an_item("customer_level", "A")
    an.label_en = "=1+1"
    with acting(lina):
        an.save()
    answer = browser.get(f"/statistics/customers/export/?chart=level&format={kind}")
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    if kind == "csv":
        rows = list(csv.reader(content.decode("utf-8-sig").splitlines()))
        assert any(row[0] == "'=1+1" for row in rows)
    else:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python()
        assert all(isinstance(row[1], float) for row in rows[1:])
    page = sections(browser.get("/statistics/customers/"))
    html = next(one for one in page if 'data-chart="customer-level"' in one)
    shown = [Decimal(value) for value, _url, _text in NUMBER.findall(html)]
    assert [Decimal(row[1]) for row in rows[1:]] == shown


def test_what_took_long_is_kept_for_a_while_and_says_so(
    zhang, sign_in, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(counting, "LONG", -1)
    monkeypatch.setattr(counting, "_kept", {})
    browser, address = sign_in(zhang), "/statistics/customers/"
    first = browser.get(address)
    a_customer(zhang)
    assert numbers(browser.get(address)) == numbers(first)
    monkeypatch.setattr(counting, "_kept", {})
    assert numbers(browser.get(address)) != numbers(first)


def test_a_page_takes_few_queries_however_many_rows(
    qian, business, zhang, sign_in, django_assert_max_num_queries
):
    browser = sign_in(qian)
    for model in (None, *charted()):
        address = f"/statistics/{model.segment}/" if model else "/statistics/"
        browser.get(address)
        with django_assert_max_num_queries(12):
            browser.get(address)


def test_periods_are_the_calendars():
    day = date(2026, 2, 28)
    assert period_of("this_quarter", day) == Period(
        date(2026, 1, 1), date(2026, 3, 31), 3
    )
    assert period_of("last_month", day).before.first == date(2025, 12, 1)
    assert period_of("last_year", day).before.last == date(2024, 12, 31)
    assert period_of("last_30_days", day).before.last == date(2026, 1, 29)
    assert Period(date(1990, 1, 1), day).before is None
    weeks = period_of("this_year", day).steps("week")
    assert (len(weeks), weeks[0].last, weeks[1].first.weekday()) == (
        53,
        date(2026, 1, 4),
        0,
    )
    months = Period(date(2020, 1, 15), date(2026, 2, 1)).steps("week")
    assert [step.first for step in months[:2]] == [date(2020, 1, 15), date(2020, 4, 1)]
