"""Pages of industry news: read marks, links to records, what stays unseen."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from competitors.models import NewsItem, NewsRead
from crm.models import HistoryEntry
from tests.factories import (
    a_competitor,
    a_customer,
    a_news_item,
    a_product,
    an_item,
)
from tests.pages import books, form_of, ids, shows

pytestmark = pytest.mark.django_db

ADD = "/news/add/"
LINKED = ("customers", "competitors", "products", "industries")


def sent(browser, url, /, **fields):
    """Return the fields of a form of news, as a browser would send them."""
    data = form_of(browser, url)
    for name in LINKED:
        data[name] = [getattr(row, "pk", row) for row in data[name] or ()]
    return data | fields


def filled(browser, **fields):
    """Return the fields of a new piece of news."""
    category = an_item("news_category", "policy").pk
    return sent(browser, ADD, title="新标准发布", category=category, **fields)


def test_a_researcher_reports_news_with_links(chen, zhang, lina, sign_in):
    customer, product = a_customer(zhang), a_product(lina)
    competitor, industry = a_competitor(chen), an_item("industry", "J")
    browser = sign_in(chen)
    data = filled(
        browser,
        customers=[customer.pk],
        competitors=[competitor.pk],
        products=[product.pk],
        industries=[industry.pk],
        link="https://example.com/news?id=1",
    )
    answer = browser.post(ADD, data)
    assert answer.status_code == 302, answer.context["form"].errors
    news = NewsItem.objects.get()
    assert news.registration == "reported"
    assert list(news.industries.all()) == [industry]
    page = browser.get(answer.url)
    for name in (customer.name, competitor.name, product.name, industry.label):
        assert shows(page, name)
    assert 'rel="noopener noreferrer"' in page.content.decode()
    entries = HistoryEntry.objects.filter(
        subject_label="competitors.newsitem", subject_id=news.pk
    )
    assert set(entries.values_list("label", flat=True)) == {
        "competitors.newsitem",
        "competitors.newscustomer",
        "competitors.newscompetitor",
        "competitors.newsproduct",
        "competitors.newsindustry",
    }


def test_a_reader_sees_only_names_of_rows_within_sight(zhang, wang, chen, sign_in):
    mine, secret = a_customer(zhang), a_customer(wang, name="机密客户")
    news = a_news_item(chen)
    news.customers.set([mine, secret])
    page = sign_in(zhang).get(news.get_absolute_url())
    assert shows(page, mine.name)
    assert not shows(page, secret.name)
    history = sign_in(zhang).get(f"/history/competitors.newsitem/{news.pk}/")
    assert not shows(history, secret.name)


def test_links_out_of_sight_stay_when_one_saves(zhang, lina, chen, sign_in):
    seen, secret = a_customer(zhang), a_customer(zhang, registered=False)
    news = a_news_item(chen)
    news.customers.set([seen, secret])
    browser = sign_in(chen)
    url = reverse("newsitem_update", args=[news.pk])
    page = browser.get(url)
    assert not shows(page, secret.name)
    answer = browser.post(url, sent(browser, url, customers=[]))
    assert answer.status_code == 302, answer.context["form"].errors
    assert list(news.customers.all()) == [secret]


@pytest.mark.parametrize("field", ["customers", "competitors", "products"])
def test_a_choice_out_of_sight_is_refused_at_its_field(
    zhang, lina, chen, sign_in, field
):
    foreign = {
        "customers": a_customer(zhang, registered=False),
        "competitors": a_competitor(lina, registered=False),
        "products": a_product(lina, registration="reported"),
    }[field]
    browser = sign_in(chen)
    before = books()
    answer = browser.post(ADD, filled(browser, **{field: [foreign.pk]}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert books() == before


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "data:text/html,x", "java\tscript:x", "//evil", "file:///"],
)
def test_only_web_addresses_become_links(chen, sign_in, link):
    browser = sign_in(chen)
    answer = browser.post(ADD, filled(browser, link=link))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["link"]
    with pytest.raises(IntegrityError), transaction.atomic():
        a_news_item(chen, link=link)


def test_reading_is_marked_by_post_and_not_by_get(zhang, chen, sign_in):
    news = a_news_item(chen)
    browser, url = sign_in(zhang), reverse("newsitem_reading", args=[news.pk])
    assert browser.get(url).status_code == 405
    browser.get(news.get_absolute_url())
    assert not NewsRead.objects.exists()
    assert ids(browser.get("/news/?read=unread")) == [news.pk]
    assert ids(browser.get("/news/?read=read")) == []
    for _click in range(2):
        assert browser.post(url).url == news.get_absolute_url()
    assert [(r.user, r.news) for r in NewsRead.objects.all()] == [(zhang, news)]
    assert ids(browser.get("/news/?read=unread")) == []
    assert ids(browser.get("/news/?read=read")) == [news.pk]
    assert ids(sign_in(chen).get("/news/?read=unread")) == [news.pk]


def test_all_that_the_page_could_show_is_marked_at_once(zhang, chen, sign_in):
    seen = [a_news_item(chen).pk for _time in range(3)]
    hidden = a_news_item(chen, registered=False)
    browser = sign_in(zhang)
    page = browser.get("/news/").content.decode()
    fields = {"until": re.search(r'name="until" value="([^"]+)"', page)[1]}
    later = a_news_item(chen)
    assert browser.get("/news/reading/").status_code == 405
    assert browser.post("/news/reading/", {"until": "soon"}).status_code == 400
    for _click in range(2):
        assert browser.post("/news/reading/", fields).url == "/news/"
    marked = NewsRead.objects.filter(user=zhang).values_list("news", flat=True)
    assert sorted(marked) == seen
    assert hidden.pk not in marked
    assert ids(browser.get("/news/?read=unread")) == [later.pk]


def test_nobody_marks_what_they_do_not_see(zhang, chen, nobody, sign_in):
    news = a_news_item(chen, registered=False)
    url = reverse("newsitem_reading", args=[news.pk])
    assert sign_in(zhang).post(url).status_code == 404
    assert sign_in(nobody).post(url).status_code == 403
    assert not NewsRead.objects.exists()


def test_who_writes_news_has_read_it(chen, sign_in):
    browser = sign_in(chen)
    browser.post(ADD, filled(browser))
    assert ids(browser.get("/news/?read=unread")) == []


def test_the_unread_is_marked_in_the_list(zhang, chen, sign_in):
    news = a_news_item(chen)
    browser = sign_in(zhang)
    mark = 'class="pill pill-info"'
    assert mark in browser.get("/news/").content.decode()
    news.mark_read(zhang)
    assert mark not in browser.get("/news/").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=标准", True),
        ("q=xbz", True),
        ("q=工信部", True),
        ("q=没有", False),
        ("industries={industry}", True),
        ("industries={other}", False),
        ("customers={customer}", True),
        ("competitors={competitor}", True),
        ("products={product}", True),
        ("published_on_after=2026-06-01&published_on_before=2026-06-01", True),
        ("valid_until_min=2026-06-01", None),
        ("valid_until_after=2026-07-01", False),
        ("importance=high&importance=low", True),
        ("importance=normal", False),
        ("read=nonsense", None),
    ],
)
def test_conditions_find_news(zhang, chen, lina, sign_in, query, found):
    news = a_news_item(
        chen,
        title="新标准发布",
        source="工信部",
        published_on="2026-06-01",
        valid_until="2026-06-30",
        importance="high",
    )
    customer, competitor = a_customer(zhang), a_competitor(chen)
    product, industry = a_product(lina), an_item("industry", "J")
    news.customers.add(customer)
    news.competitors.add(competitor)
    news.products.add(product)
    news.industries.add(industry)
    filled_in = query.format(
        customer=customer.pk,
        competitor=competitor.pk,
        product=product.pk,
        industry=industry.pk,
        other=an_item("industry", "A").pk,
    )
    answer = sign_in(zhang).get(f"/news/?{filled_in}")
    assert bool(answer.context["errors"]) is (found is None)
    assert (answer.context["total"] == 1) is bool(found)


def test_importance_sorts_by_weight_and_every_column_sorts(chen, sign_in):
    rows = {i: a_news_item(chen, importance=i).pk for i in ("low", "high", "normal")}
    browser = sign_in(chen)
    found = ids(browser.get("/news/?sort=-importance"))
    assert found == [rows["high"], rows["normal"], rows["low"]]
    for column in browser.get("/news/").context["table"].columns:
        if column.orderable:
            answer = browser.get(f"/news/?sort={column.name}")
            assert not answer.context["errors"], column.name


def test_news_holds_fast_what_it_is_about_until_it_is_deleted(chen, lina, sign_in):
    competitor, news = a_competitor(chen), a_news_item(chen)
    news.competitors.add(competitor)
    url = reverse("competitor_delete", args=[competitor.pk])
    browser = sign_in(chen)
    assert browser.get(url).status_code == 200
    assert browser.post(url).status_code == 409
    news.discard(chen)
    assert browser.post(url).status_code == 302


def test_a_stale_form_shows_both_texts(chen, zhang, sign_in):
    news = a_news_item(chen, title="旧标题")
    news.customers.add(a_customer(zhang))
    browser = sign_in(chen)
    url = reverse("newsitem_update", args=[news.pk])
    data = sent(browser, url, title="我的标题")
    NewsItem.objects.filter(pk=news.pk).update(title="别人的标题")
    answer = browser.post(url, data)
    assert answer.status_code == 409
    assert shows(answer, "别人的标题")
    assert shows(answer, "我的标题")


@pytest.mark.parametrize("field", ["title", "source", "summary", "body"])
def test_scripts_in_texts_stay_texts(chen, sign_in, field):
    news = a_news_item(chen, **{field: "</title><script>alert(1)</script>"})
    browser = sign_in(chen)
    for url in (
        f"/news/?column={field}&column=title",
        news.get_absolute_url(),
        reverse("newsitem_update", args=[news.pk]),
        f"/history/competitors.newsitem/{news.pk}/",
    ):
        assert "<script>alert" not in browser.get(url).content.decode()


def test_a_list_costs_the_same_for_three_rows_as_for_thirty(chen, zhang, sign_in):
    browser = sign_in(zhang)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            browser.get("/news/?per_page=50&column=title&column=industries")
        return len(queries)

    def more(number):
        for _time in range(number):
            a_news_item(chen).industries.add(an_item("industry", "J"))

    more(3)
    few = cost()
    more(27)
    assert cost() == few <= 15


def named(news):
    """Return where the page of a piece of news fetches whom its text names."""
    return f"{news.get_absolute_url()}named/"


def test_whom_a_text_names_is_fetched_alone_and_costs_the_same_for_many(
    zhang, chen, wang, sign_in
):
    titles = [f"昆明{sign}川动力公司" for sign in "甲乙丙丁戊己"]
    news, browser = a_news_item(chen, body="，".join(titles)), sign_in(chen)
    assert f'hx-get="{named(news)}"' in browser.get(news.get_absolute_url()).text
    costs = []
    for some in (titles[:1], titles[1:]):
        for title in some:
            a_customer(wang, name=title)
        with CaptureQueriesContext(connection) as queries:
            part = browser.get(named(news), headers={"HX-Request": "true"})
        costs.append(len(queries))
    told = [row.name for _kind, _label, row in part.context["suggestions"]]
    assert sorted(told) == sorted(titles)
    assert "<html" not in part.text
    assert "<html" in browser.get(named(news)).text
    assert costs[0] == costs[1] <= 8
    own = a_news_item(wang, registered=False)
    assert browser.get(named(own)).status_code == 404


def test_who_is_named_in_the_text_is_suggested_and_linked_by_a_click(
    zhang, wang, chen, lina, sign_in
):
    mine = a_customer(zhang, name="昆明云内动力股份有限公司", short_name="云内动力")
    a_customer(wang, name="云内科技（曲靖）有限公司", short_name="云内")
    rival = a_competitor(lina, name="滇池仪表有限公司", aliases=["Dian Meters"])
    a_competitor(lina, name="内动有限公司", short_name="Diam")
    shut = a_customer(wang, name="楚雄机密有限公司", registered=False)
    news = a_news_item(
        chen,
        title="昆明雲內動力 中标",
        summary="与 Dian Meters、云内科技(曲靖)和楚雄机密公司竞争。",
    )
    browser = sign_in(lina)
    page = browser.get(named(news))
    told = [row.name for _kind, _label, row in page.context["suggestions"]]
    assert told == ["云内科技（曲靖）有限公司", mine.name, shut.name, rival.name]
    assert sign_in(zhang).get(named(news)).status_code == 403
    assert "named" not in sign_in(zhang).get(news.get_absolute_url()).text
    data = {"version": news.version, "kind": "customers", "link": mine.pk}
    address = f"{news.get_absolute_url()}link/"
    assert sign_in(zhang).post(address, data).status_code == 403
    browser = sign_in(lina)
    assert browser.post(address, data).status_code == 302
    assert list(news.customers.all()) == [mine]
    assert browser.post(address, data).status_code == 409
    page = browser.get(named(news))
    assert mine not in [row for _kind, _label, row in page.context["suggestions"]]
    entry = HistoryEntry.objects.filter(label="competitors.newscustomer").get()
    assert entry.actor_name == lina.name


def test_only_records_that_one_sees_are_suggested_and_linked(
    zhang, wang, chen, sign_in
):
    shut = a_customer(wang, name="楚雄机密有限公司", registered=False)
    news = a_news_item(chen, title="楚雄机密中标", body="，".join(["甲乙丙丁"] * 9000))
    browser = sign_in(chen)
    assert browser.get(named(news)).context["suggestions"] == []
    address = f"{news.get_absolute_url()}link/"
    for kind, link, status in (
        ("customers", shut.pk, 409),
        ("products", 1, 422),
        ("customers", "x", 422),
    ):
        data = {"version": news.version, "kind": kind, "link": link}
        assert browser.post(address, data).status_code == status
    assert not news.customers.exists()
