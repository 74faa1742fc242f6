"""Reading feeds: whom one may ask, what is made of what they say, what is kept."""

import socket
import time
import tracemalloc
from contextlib import suppress
from datetime import date, timedelta
from html import escape

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from competitors.feeds import fetching, reading, work
from competitors.feeds.fetching import fetch
from competitors.feeds.hosts import is_outside, target_of
from competitors.feeds.parsing import _shown, parse
from competitors.feeds.trouble import Trouble, Unread
from competitors.models import FeedEntry, NewsItem, NewsSource
from crm.jobs import due, shipped
from crm.jobs.asking import ask_alone
from crm.jobs.models import Job, Schedule
from tests import feeds
from tests.factories import a_source, an_entry

pytestmark = pytest.mark.django_db

#: By the clock of Shanghai.
LATELY = timezone.localtime(feeds.LATELY).date()


@pytest.fixture(scope="module")
def served():
    """A site on the loopback."""
    with feeds.site() as server:
        yield server


@pytest.fixture
def site(served, settings):
    """The site, named by its literal address."""
    settings.CRM_FEED_HOSTS = [served.host]
    served.asked.clear()
    return served


def refusal_of(url):
    """Return why an address cannot be read."""
    try:
        answer = fetch(url)
        parse(answer.body, charset=answer.charset, url=answer.url)
    except Unread as unread:
        return unread.reason
    return None


def told_by(site, path):
    """Return what a feed of the site tells."""
    answer = fetch(f"http://{site.host}/{path}/")
    return parse(answer.body, charset=answer.charset, url=answer.url)


# --- Whom one may ask -----------------------------------------------------------------


def test_nobody_is_asked_unless_named(served, settings):
    assert settings.CRM_FEED_HOSTS == []
    served.asked.clear()
    assert refusal_of(f"http://{served.host}/rss/") == Trouble.NOT_NAMED
    assert served.asked == []


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://news.example/feed", True),
        ("http://NEWS.example./feed", True),
        ("https://news.example:443/feed", True),
        ("https://news.example:8443/feed", False),
        ("https://other.example:8443/feed", True),
        ("https://other.example/feed", False),
        ("https://evil.example/feed", False),
        ("https://news.example.evil.example/", False),
        ("https://news.example@evil.example/", False),
        ("https://user:word@news.example/", False),
        ("ftp://news.example/feed", False),
        ("file:///etc/passwd", False),
        ("http://[::1/", False),
        ("http://新闻.example/订阅?a=一", True),
        ("http://xn--efvy88h.example/", True),
    ],
)
def test_hosts_are_asked_on_the_usual_ports_or_as_they_are_named(settings, url, may):
    names = ["news.example", "Other.example:8443", "新闻.example", "bad:port"]
    settings.CRM_FEED_HOSTS = names
    if may:
        assert target_of(url).path.isascii()
    else:
        with pytest.raises(Unread):
            target_of(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "172.16.5.4",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104 - an address that is refused
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
    ],
)
def test_a_name_that_leads_inside_is_refused(settings, monkeypatch, address):
    settings.CRM_FEED_HOSTS = ["news.example"]
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    outside = (socket.AF_INET, 1, 6, "", ("93.184.216.34", 80))
    found = [outside, (family, 1, 6, "", (address, 80))]
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *_a, **_o: found)
    assert refusal_of("http://news.example/") == Trouble.INSIDE


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"]
)
def test_addresses_of_the_public_network_are_outside(address):
    assert is_outside(address)


def test_the_loopback_by_a_name_is_inside(served, settings):
    settings.CRM_FEED_HOSTS = [f"localhost:{served.server_port}"]
    url = f"http://localhost:{served.server_port}/rss/"
    assert refusal_of(url) == Trouble.INSIDE


def test_a_name_is_resolved_once(site, settings, monkeypatch):
    """Who answers for a name cannot send us elsewhere after it was checked."""
    settings.CRM_FEED_HOSTS = ["news.example"]
    asked = []

    def resolve(host, *_args, **_options):
        asked.append(host)
        return [(socket.AF_INET, 1, 6, "", ("127.0.0.1", site.server_port))]

    monkeypatch.setattr(fetching.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(fetching, "is_outside", lambda _address: True)
    assert fetch("http://news.example/rss/").body
    assert asked == ["news.example"]
    assert site.asked[0][1]["Host"] == "news.example"


def test_what_is_asked_says_nothing_of_us(site, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    fetch(f"http://{site.host}/rss/")
    ((_path, headers),) = site.asked
    assert not {"Cookie", "Authorization", "Referer"} & headers.keys()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("to/http://169.254.169.254/latest/", Trouble.NOT_NAMED),
        ("to/file:///etc/passwd", Trouble.NOT_NAMED),
        ("to///evil.example/", Trouble.NOT_NAMED),
        ("round/", Trouble.REDIRECTS),
        ("nowhere/", Trouble.STATUS),
        ("large/", Trouble.TOO_LARGE),
        ("gzip_bomb/", Trouble.TOO_LARGE),
        ("bomb/", Trouble.NO_FEED),
        ("outside/", Trouble.NO_FEED),
        ("broken/", Trouble.NO_FEED),
        ("page/", Trouble.NO_FEED),
    ],
)
def test_what_is_no_feed_is_refused(site, path, reason):
    assert refusal_of(f"http://{site.host}/{path}") == reason


@pytest.mark.parametrize("path", ["slow", "dripping"])
def test_a_slow_site_is_left(site, monkeypatch, path):
    monkeypatch.setattr(fetching, "IN_ALL", 0.3)
    assert refusal_of(f"http://{site.host}/{path}/") == Trouble.LATE


def test_a_site_that_is_not_there_cannot_be_reached(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    settings.CRM_FEED_HOSTS = [host]
    assert refusal_of(f"http://{host}/") == Trouble.UNREACHABLE


def test_a_site_without_tls_is_not_asked_by_it(site):
    assert refusal_of(f"https://{site.host}/rss/") == Trouble.UNSAFE


# --- What they say --------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["rss", "gb18030", "gb18030_by_header", "packed", "away"]
)
def test_rss_is_read_as_plain_text_whatever_it_is_written_in(site, path):
    first, undated, ancient, future, old = told_by(site, path)
    assert (first.title, first.guid) == ("新标准 发布", "a-1")
    assert first.link == f"http://{site.host}/a/1?x=1&y=2"
    assert first.summary == "第一段 第二段 & 更多"
    assert first.day == LATELY
    assert (undated.link, undated.guid) == ("", "没有日期")
    assert [told.day for told in (undated, ancient, future)] == [None] * 3
    assert old.day == LATELY - timedelta(days=100)


def test_atom_is_read(site):
    (told,) = told_by(site, "atom")
    assert (told.guid, told.title) == ("urn:1", "a <b> c")
    assert told.link == "https://news.example/x/one.html"
    assert (told.summary, told.day) == ("Ein Text", LATELY)


def test_rss_1_is_read(site):
    (told,) = told_by(site, "rdf")
    assert (told.guid, told.title) == ("https://news.example/r1", "一")
    assert told.day == date(2026, 11, 24)


def one(text):
    """Return the one entry of a feed that says this, in HTML, of it."""
    (item,) = parse(f"<rss><item><title>{escape(text)}</title></item></rss>".encode())
    return item


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("甲<![乙", "甲<![乙"),
        ("甲<b>乙</b><br>丙 &amp; 丁", "甲乙 丙 & 丁"),
        ("甲<script>坏()</script>乙<style>p{}</style>", "甲乙"),
        ("甲<script>坏()", "甲"),
        ("3 < 5 且 7 > 6", "3 < 5 且 7 > 6"),
        ("甲<!-- 注 -->乙", "甲乙"),
    ],
)
def test_broken_html_is_shown_as_far_as_it_says_anything(text, shown):
    assert one(text).title == shown


@pytest.mark.parametrize("piece", ["<a ", "<a b='", "<!--", "<script>", "</script"])
def test_no_html_takes_long(piece):
    """The standard library's parser needs the square of the length for such pieces."""
    seen = []
    for length in (20_000, 200_000):
        began = time.process_time()
        _shown((piece * length)[:length])
        seen.append(time.process_time() - began)
    assert seen[1] < 60 * max(seen[0], 0.001)


def test_an_address_that_grows_inside_itself_does_not_fill_the_memory():
    deep = 20_000
    inside = '<a xml:base="aa/">' * deep + "</a>" * deep
    tracemalloc.start()
    parse(f"<rss>{inside}</rss>".encode(), url="https://news.example/")
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000_000


def test_long_texts_are_cut():
    title, name = "长" * 500, "g" * 900
    (told,) = parse(
        f"<rss><item><title>{title}</title><guid>{name}</guid>"
        f"<description>{'文' * 30_000}</description></item></rss>".encode()
    )
    assert (len(told.title), len(told.guid), len(told.summary)) == (200, 64, 1_000)


@given(st.binary(max_size=200), st.sampled_from(["", "gbk", "utf-16", "x"]))
def test_no_bytes_break_it(junk, charset):
    for body in (junk, b"<rss><item><title>" + junk + b"</title></item></rss>"):
        with suppress(Unread):
            parse(body, charset=charset, url="http://news.example/")


# --- What is kept ---------------------------------------------------------------------


def test_what_is_new_waits_once_and_what_is_old_is_no_news(site):
    source = a_source(url=f"http://{site.host}/rss/")
    for _time in range(2):
        source.refresh_from_db()
        reading.read(source)
    titles = set(source.entries.values_list("title", flat=True))
    assert titles == {"新标准 发布", "没有日期", "很早以前", "将来"}
    undated = source.entries.get(title="没有日期")
    assert undated.published_on == timezone.localdate()
    assert not NewsItem.objects.exists()


def test_a_source_that_has_not_changed_says_so(site):
    source = a_source(url=f"http://{site.host}/known/")
    reading.read(source)
    source.refresh_from_db()
    assert (source.etag, source.entries.count()) == ('"v1"', 4)
    version = source.version
    FeedEntry.objects.all().delete()
    reading.read(source)
    source.refresh_from_db()
    assert site.asked[-1][1]["If-Modified-Since"] == "Wed, 25 Nov 2026 00:00:00 GMT"
    assert (source.entries.count(), source.last_error) == (0, "")
    assert source.version == version == 1  # nobody's open form goes stale


def test_of_thousands_the_newest_200_wait(site):
    source = a_source(url=f"http://{site.host}/many/")
    reading.read(source)
    assert source.entries.count() == reading.AT_ONCE


def test_what_waits_does_not_grow_without_end(site, monkeypatch):
    monkeypatch.setattr(reading, "MOST_WAITING", 3)
    source = a_source(url=f"http://{site.host}/rss/")
    an_entry(source)
    reading.read(source)
    assert source.entries.count() == 3


def test_why_a_source_could_not_be_read_stands_with_it_until_it_can(site):
    source = a_source(url=f"http://{site.host}/nowhere/")
    reading.read(source)
    source.refresh_from_db()
    assert (source.last_error, source.last_status) == ("status", 404)
    assert source.trouble == "该网站拒绝了请求 (404)"
    NewsSource.objects.update(url=f"http://{site.host}/rss/")
    source.refresh_from_db()
    reading.read(source)
    source.refresh_from_db()
    assert (source.last_error, source.trouble) == ("", "")


def test_a_source_that_is_gone_or_leads_elsewhere_by_then_learns_nothing(site):
    source = a_source(url=f"http://{site.host}/rss/")
    NewsSource.objects.update(url="https://news.example/other")
    reading.read(source)
    assert not FeedEntry.objects.exists()
    NewsSource.objects.all().delete()
    reading.read(source)


def test_what_nobody_took_is_forgotten_and_what_was_decided_is_known_longer(chen):
    source = a_source()
    now = timezone.now()
    waiting, _late, dismissed = (an_entry(source) for _time in range(3))
    dismissed.dismiss(by=chen)
    FeedEntry.objects.exclude(pk=waiting.pk).update(found_at=now - timedelta(days=61))
    reading.forget()
    assert set(FeedEntry.objects.all()) == {waiting, dismissed}
    FeedEntry.objects.update(found_at=now - timedelta(days=401))
    reading.forget()
    assert not FeedEntry.objects.exists()


# --- In the background ----------------------------------------------------------------


def test_the_clock_reads_every_source_whatever_becomes_of_the_others(site, worker):
    shipped.fill()
    paths = ("slow", "rss", "bomb", "atom")
    sources = {path: a_source(url=f"http://{site.host}/{path}/") for path in paths}
    a_source(url=f"http://{site.host}/rdf/", active=False)
    sources["away"] = a_source(url="https://other.example/feed")
    fetching.IN_ALL, kept = 0.3, fetching.IN_ALL
    try:
        ask_alone(work.read_sources, by=None)
        worker.drain()
    finally:
        fetching.IN_ALL = kept
    job = Job.objects.get()
    assert (job.status, job.done, job.total) == ("done", 5, 5)
    for source in sources.values():
        source.refresh_from_db()
    errors = {path: source.last_error for path, source in sources.items()}
    assert errors == {
        "slow": "late",
        "rss": "",
        "bomb": "no_feed",
        "atom": "",
        "away": "not_named",
    }
    assert FeedEntry.objects.count() == 5


def test_the_clock_makes_no_job_where_nobody_may_be_asked(settings):
    shipped.fill()
    path = "competitors.feeds.work.read_sources"
    schedule = Schedule.objects.get(task_path=path)
    assert schedule.rhythm == "hourly"
    a_source()
    past = timezone.now() - timedelta(minutes=5)
    for hosts, jobs in (([], 0), (["news.example"], 1)):
        settings.CRM_FEED_HOSTS = hosts
        Schedule.objects.exclude(pk=schedule.pk).delete()
        Schedule.objects.update(next_at=past)
        due.start_due()
        assert Job.objects.count() == jobs
