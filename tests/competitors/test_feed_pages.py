"""Sources of news and what they told: who sets them, who takes it, once."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from competitors.models import FeedEntry, NewsItem, NewsSource
from crm.guards.actor import acting
from crm.jobs.models import Job
from crm.models import HistoryEntry, Role
from tests import feeds
from tests.factories import a_news_item, a_source, an_entry, an_item
from tests.pages import form_of, shows
from tests.races import ROUNDS, signed_in, together

SOURCES, FEED = "/news/sources/", "/news/feed/"
ADD = f"{SOURCES}add/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(settings):
    """A source whose host is named."""
    settings.CRM_FEED_HOSTS = ["news.example"]
    return a_source(name="行业网")


def state(entry):
    """Return what became of an entry."""
    entry.refresh_from_db()
    return entry.state


def filled(browser, **fields):
    """Return the fields of a new source."""
    category = an_item("news_category", "policy").pk
    return form_of(browser, ADD) | {"name": "行业网", "category": category} | fields


# --- Sources --------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["lina", "zhou"])
def test_administrators_set_sources(who, request, sign_in, settings):
    settings.CRM_FEED_HOSTS = ["news.example"]
    browser = sign_in(request.getfixturevalue(who))
    data = filled(browser, url="https://news.example/feed.xml", active="on")
    assert browser.post(ADD, data).status_code == 302
    source = NewsSource.objects.get()
    page = browser.get(SOURCES)
    assert shows(page, "行业网")
    assert shows(page, "https://news.example/feed.xml")
    data = form_of(browser, source.get_absolute_url()) | {"name": "另一个网"}
    assert browser.post(source.get_absolute_url(), data).status_code == 302
    source.refresh_from_db()
    assert (source.name, source.version) == ("另一个网", 2)
    assert browser.post(f"{SOURCES}{source.pk}/delete/").status_code == 302
    entries = HistoryEntry.objects.filter(label="competitors.newssource")
    verbs = entries.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["created", "changed", "removed"]


@pytest.mark.parametrize("who", ["zhang", "chen", "zhao"])
def test_nobody_else_sees_them(who, request, source, sign_in):
    browser = sign_in(request.getfixturevalue(who))
    for address in (SOURCES, ADD, source.get_absolute_url()):
        assert browser.get(address).status_code == 403
    assert browser.post(f"{SOURCES}{source.pk}/reading/").status_code == 403
    assert "动态来源" not in browser.get("/").text


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/feed",
        "http://127.0.0.1/feed",
        "http://169.254.169.254/latest/",
        "https://news.example:22/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://news.example/a b",
    ],
)
def test_an_address_that_may_not_be_asked_is_refused_at_its_field(
    lina, sign_in, settings, url
):
    settings.CRM_FEED_HOSTS = ["news.example"]
    browser = sign_in(lina)
    answer = browser.post(ADD, filled(browser, url=url))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"url"}


def test_without_the_administrator_nothing_is_asked_and_the_page_says_so(
    lina, sign_in, settings
):
    browser = sign_in(lina)
    assert settings.CRM_FEED_HOSTS == []
    assert shows(browser.get(SOURCES), "CRM_FEED_HOSTS")
    answer = browser.post(ADD, filled(browser, url="https://news.example/feed"))
    assert "尚未允许" in str(answer.context["form"].errors["url"])


def test_a_source_whose_host_is_no_longer_named_can_be_taken_out_of_use(
    lina, sign_in, source, settings
):
    settings.CRM_FEED_HOSTS = []
    browser, address = sign_in(lina), source.get_absolute_url()
    data = form_of(browser, address) | {"active": "on"}
    assert browser.post(address, data).status_code == 422
    del data["active"]
    assert browser.post(address, data).status_code == 302


def test_one_feed_is_read_by_one_source(lina, sign_in, source):
    browser = sign_in(lina)
    answer = browser.post(ADD, filled(browser, url=source.url))
    assert answer.status_code == 422
    assert "已有来源" in str(answer.context["form"].errors)


def test_another_address_begins_anew(lina, sign_in, source):
    NewsSource.objects.update(etag='"1"', last_error="status", last_status=404)
    browser, address = sign_in(lina), source.get_absolute_url()
    assert shows(browser.get(SOURCES), "该网站拒绝了请求 (404)")
    data = form_of(browser, address) | {"url": "https://news.example/new"}
    assert browser.post(address, data).status_code == 302
    source.refresh_from_db()
    assert (source.etag, source.last_error, source.last_status) == ("", "", None)


def test_a_source_is_read_at_once_by_a_job_however_often_one_asks(
    lina, sign_in, settings, worker
):
    with feeds.site() as site:
        settings.CRM_FEED_HOSTS = [site.host]
        source = a_source(url=f"http://{site.host}/rss/", active=False)
        browser = sign_in(lina)
        for _click in range(2):
            address = f"{SOURCES}{source.pk}/reading/"
            assert browser.post(address).url == SOURCES
        assert Job.objects.get().person == lina
        assert worker.work()
    assert Job.objects.get().status == "done"
    assert source.entries.count() == 4
    assert not HistoryEntry.objects.filter(label="competitors.feedentry").exists()


def test_a_deleted_source_takes_what_it_told_along_but_no_news(chen, source):
    entry = an_entry(source)
    news = entry.take(by=chen)
    an_entry(source)
    source.delete()
    assert not FeedEntry.objects.exists()
    assert NewsItem.objects.get() == news


# --- What they told -------------------------------------------------------------------


def test_one_click_makes_news_of_it(chen, sign_in, source):
    entry = an_entry(
        source,
        title="新标准发布",
        link="https://news.example/1",
        summary="摘要",
        published_on="2026-11-20",
    )
    below = an_entry(source, published_on="2026-11-19")
    browser = sign_in(chen)
    page = browser.get(FEED)
    for text in ("新标准发布", "行业网", "2026-11-20", "摘要"):
        assert shows(page, text)
    answer = browser.post(f"{FEED}{entry.pk}/taking/")
    assert answer.url == f"{FEED}#entry-{below.pk}"
    news = NewsItem.objects.get()
    entry.refresh_from_db()
    assert (entry.state, entry.news, entry.decided_by) == ("taken", news, chen)
    assert (news.title, news.source, news.link) == (
        "新标准发布",
        "行业网",
        "https://news.example/1",
    )
    assert (news.owner, news.reporter, news.category) == (chen, chen, source.category)
    assert (str(news.published_on), news.summary) == ("2026-11-20", "摘要")
    assert news.registration == "reported"
    assert NewsItem.objects.read_by(chen).exists()
    assert news.get_absolute_url() in browser.get(FEED).text


def test_who_registers_news_takes_it_into_the_books(lina, source):
    assert an_entry(source).take(by=lina).is_registered


def test_what_is_dismissed_waits_no_longer(chen, sign_in, source):
    entry, browser = an_entry(source), sign_in(chen)
    assert browser.post(f"{FEED}{entry.pk}/dismissal/").url == FEED
    assert state(entry) == "dismissed"
    assert not shows(browser.get(FEED), f"entry-{entry.pk}")
    for act in ("taking", "dismissal"):
        assert browser.post(f"{FEED}{entry.pk}/{act}/").status_code == 409
    assert not NewsItem.objects.exists()
    told = HistoryEntry.objects.get(label="competitors.feedentry")
    assert (told.verb, told.actor_id, told.title) == ("changed", chen.pk, entry.title)
    assert told.changes["state"] == ["waiting", "dismissed"]


@pytest.mark.parametrize("who", ["zhang", "zhao", "zhou"])
def test_who_adds_no_news_takes_none(who, request, sign_in, source):
    entry, browser = an_entry(source), sign_in(request.getfixturevalue(who))
    assert browser.get(FEED).status_code == 403
    assert f'href="{FEED}"' not in browser.get("/").text
    for act in ("taking", "dismissal"):
        assert browser.post(f"{FEED}{entry.pk}/{act}/").status_code == 403
        assert browser.get(f"{FEED}{entry.pk}/{act}/").status_code == 405
    assert state(entry) == "waiting"


def test_a_known_link_is_said_and_not_taken_twice_unasked(chen, lina, sign_in, source):
    known = a_news_item(lina, link="https://news.example/1")
    entry = an_entry(source, link=known.link)
    browser, taking = sign_in(chen), f"{FEED}{entry.pk}/taking/"
    page = browser.get(FEED)
    assert shows(page, "已有相同链接的动态")
    assert known.get_absolute_url() in page.text
    assert browser.post(taking).status_code == 409
    assert state(entry) == "waiting"
    assert browser.post(taking, {"again": "1"}).status_code == 302
    assert NewsItem.objects.filter(link=known.link).count() == 2


def test_news_that_one_may_not_see_is_not_spoken_of(chen, lina, sign_in, source):
    hidden = a_news_item(lina, link="https://news.example/1", registered=False)
    entry, browser = an_entry(source, link=hidden.link), sign_in(chen)
    assert not shows(browser.get(FEED), "已有相同链接的动态")
    assert browser.post(f"{FEED}{entry.pk}/taking/").status_code == 302


def test_the_list_of_news_and_the_menu_say_how_much_waits(chen, zhang, sign_in, source):
    browser = sign_in(chen)
    assert FEED not in browser.get("/news/").text
    for _time in range(3):
        an_entry(source)
    assert "待收录动态 3" in browser.get("/news/").text
    assert browser.get(FEED).context["total"] == 3
    assert FEED not in sign_in(zhang).get("/news/").text


def test_the_menu_marks_the_page_one_is_at_alone(lina, sign_in, source):
    an_entry(source)
    browser = sign_in(lina)
    for address in ("/news/", FEED, SOURCES):
        menu = browser.get(address).context["menu"]
        items = [item for group in menu for item in group["items"]]
        assert [item["url"] for item in items if item["active"]] == [address]


def test_the_list_turns_pages_and_keeps_to_one_source(chen, sign_in, source):
    other = a_source()
    for _time in range(25):
        an_entry(source)
    entry = an_entry(other)
    browser = sign_in(chen)
    page = browser.get(FEED)
    assert (page.context["total"], len(page.context["page_obj"])) == (26, 20)
    assert len(page.content) < 40_000
    assert len(browser.get(f"{FEED}?page=2").context["page_obj"]) == 6
    one = browser.get(f"{FEED}?source={other.pk}")
    assert list(one.context["page_obj"]) == [entry]
    for query in ("page=x", "page=99", "page=-1", "source=x", "source=999", "page=%ff"):
        assert browser.get(f"{FEED}?{query}").status_code == 200
    data = {"page": "2"}
    answer = browser.post(f"{FEED}{entry.pk}/dismissal/", data)
    assert answer.url.startswith(f"{FEED}?page=2#entry-")


@pytest.mark.parametrize("address", [SOURCES, FEED, "/news/"])
def test_pages_cost_the_same_for_many_as_for_few(lina, sign_in, source, address):
    browser, costs = sign_in(lina), []
    for number in (2, 15):
        for _time in range(number):
            an_entry(a_source(), link="https://news.example/1")
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 10


def test_markup_of_other_sites_is_only_text(chen, sign_in, source):
    entry = an_entry(source, title="<script>alert(1)</script>", summary="<img src=x>")
    browser = sign_in(chen)
    for page in (
        browser.get(FEED),
        browser.post(f"{FEED}{entry.pk}/taking/", follow=1),
    ):
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


# --- Two at once ----------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_it_at_once_one_does(chen, lina, source):
    browsers = [signed_in(chen), signed_in(lina)]
    for _turn in ROUNDS:
        entry = an_entry(source)
        address = f"{FEED}{entry.pk}/taking/"

        def work(number, address=address):
            return browsers[number].post(address).status_code

        assert sorted(together(2, work)) == [302, 409]
        assert state(entry) == "taken"
    assert NewsItem.objects.count() == len(ROUNDS)


@pytest.mark.django_db(transaction=True)
def test_what_one_takes_and_another_dismisses_becomes_one_of_both(chen, lina, source):
    for _turn in ROUNDS:
        entry, before = an_entry(source), NewsItem.objects.count()
        verbs = (lambda e: e.take(by=chen), lambda e: e.dismiss(by=lina))

        def work(number, pk=entry.pk, verbs=verbs):
            with transaction.atomic():
                verbs[number](FeedEntry.objects.get(pk=pk))

        outcomes = together(2, work)
        assert sum(outcome is None for outcome in outcomes) == 1
        taken = state(entry) == "taken"
        assert NewsItem.objects.count() == before + taken


def test_postgresql_knows_an_entry_once_and_no_decision_of_nobody(source):
    entry = an_entry(source)
    with pytest.raises(IntegrityError), transaction.atomic():
        an_entry(source, guid=entry.guid)
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedEntry.objects.filter(pk=entry.pk).update(state="taken")


def test_an_installation_that_is_upgraded_gets_the_rights(db):
    for code in ("information_administrator", "system_administrator"):
        grants = Role.objects.get(code=code).grants
        for act in ("view", "add", "change", "delete"):
            assert grants[f"competitors.{act}_newssource"] == "all"


def test_news_that_is_deleted_for_good_leaves_the_entry_decided(lina, source):
    entry = an_entry(source)
    news = entry.take(by=lina)
    news.discard(lina)
    with acting(lina, verb="purged"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE competitors_newsitem DISABLE TRIGGER USER")
        NewsItem.everything.filter(pk=news.pk).delete()
        cursor.execute("ALTER TABLE competitors_newsitem ENABLE TRIGGER USER")
    entry.refresh_from_db()
    assert (entry.state, entry.news) == ("taken", None)
