"""Pages of the house: language, lookups, search of everything, history, health."""

import pytest
from django.conf import settings
from django.db import connection

from crm.models import HistoryEntry, Region
from tests.factories import a_contact, a_customer
from tests.pages import form_of, shows

pytestmark = pytest.mark.django_db


# --- Language -----------------------------------------------------------------------


def test_the_house_speaks_chinese_whatever_the_browser_prefers(zhang, sign_in):
    answer = sign_in(zhang).get("/customers/", headers={"Accept-Language": "en-GB"})
    assert '<html lang="zh-hans">' in answer.text
    assert answer.headers["Content-Language"] == "zh-hans"
    assert shows(answer, "客户")


def test_switching_the_language_keeps_the_page(zhang, sign_in):
    browser = sign_in(zhang)
    page = "http://testserver/customers/?status=won&q=x"
    answer = browser.post("/language/", {"language": "en"}, headers={"Referer": page})
    assert (answer.status_code, answer.url) == (302, "/customers/?status=won&q=x")
    page = browser.get("/customers/")
    assert '<html lang="en">' in page.text
    assert "Customers" in page.text
    browser.post("/language/", {"language": "zh-hans"})
    assert '<html lang="zh-hans">' in browser.get("/customers/").text


def test_a_visitor_may_switch_the_language(client):
    answer = client.post("/language/", {"language": "en", "next": "/login/"})
    assert answer.url == "/login/"
    cookie = answer.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "Sign in" in client.get("/login/").text


@pytest.mark.parametrize("language", ["", "fr", "zh", "../../etc", "\x00", "x" * 9999])
def test_an_unknown_language_is_refused(client, language):
    assert client.post("/language/", {"language": language}).status_code == 400


def test_a_language_is_not_switched_by_get(client):
    assert client.get("/language/?language=en").status_code == 405


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example/x",
        "https://evil.example//evil.example/x",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http://[::1",
        "/\t/evil.example",
        "%2f%2fevil.example",
        "\r\nX-Evil: 1",
        "",
    ],
)
def test_a_switch_of_language_leads_nowhere_else(client, target):
    for place in ({"next": target}, {}):
        headers = {} if place or "\n" in target else {"Referer": target}
        data = {"language": "en"} | place
        answer = client.post("/language/", data, headers=headers)
        assert answer.status_code == 302
        address = answer.headers["Location"]
        assert address.startswith("/")
        assert not address.startswith(("//", "/\\"))
        assert "evil.example" not in address
        assert "X-Evil" not in answer.headers


def test_a_mad_language_cookie_is_chinese(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "../../en\x00"
    assert '<html lang="zh-hans">' in client.get("/login/").text


# --- Lookups ------------------------------------------------------------------------


def options(browser, label, query=""):
    """Return the texts that a lookup offers."""
    answer = browser.get(f"/options/{label}/{query}")
    assert answer.status_code == 200
    return [row["text"] for row in answer.json()["results"]]


def test_a_lookup_offers_what_one_may_see(zhang, wang, sign_in):
    a_customer(zhang, name="我的公司")
    a_customer(wang, name="别人的公司")
    browser = sign_in(zhang)
    assert options(browser, "customers.customer") == ["我的公司"]
    assert options(browser, "customers.customer", "?q=公司") == ["我的公司"]
    assert options(browser, "customers.customer", "?q=别人") == []


def test_a_lookup_finds_people_and_regions(zhang, wang, sign_in):
    browser = sign_in(zhang)
    assert options(browser, "crm.user", "?q=王") == ["王芳"]
    region = Region.objects.get(code="530100")
    assert region.full_name in options(browser, "crm.region", "?q=昆明")


@pytest.mark.parametrize(
    "text", ["%", "%25", "_", "%5C", "%00", "' OR 1=1", "长" * 500]
)
def test_signs_in_a_lookup_are_only_signs(zhang, sign_in, text):
    a_customer(zhang, name="公司")
    assert options(sign_in(zhang), "customers.customer", f"?q={text}") in ([], ["公司"])


@pytest.mark.parametrize("text", ["%25", "_", "%5C"])
def test_a_lookup_for_signs_finds_none(zhang, sign_in, text):
    a_customer(zhang, name="公司")
    browser = sign_in(zhang)
    assert options(browser, "customers.customer", f"?q={text}") == []
    assert options(browser, "crm.user", f"?q={text}") == []
    assert options(browser, "crm.region", f"?q={text}") == []


@pytest.mark.parametrize(
    "label",
    [
        "x",
        "x.y",
        "crm",
        "crm.",
        ".",
        "a.b.c",
        "crm.role",
        "crm.historyentry",
        "crm.record",
        "crm.submission",
        "sessions.session",
        "contenttypes.contenttype",
        "customers.membership",
        "%00",
    ],
)
def test_other_tables_have_no_lookup(zhang, sign_in, label):
    assert sign_in(zhang).get(f"/options/{label}/").status_code == 404


def test_who_may_not_see_a_kind_is_offered_nothing(nobody, zhang, sign_in):
    a_customer(zhang)
    assert options(sign_in(nobody), "customers.customer") == []


def test_a_lookup_offers_no_more_than_a_page_holds(zhang, sign_in):
    for _time in range(25):
        a_customer(zhang)
    assert len(options(sign_in(zhang), "customers.customer")) == 20


# --- Search of everything -----------------------------------------------------------


def test_the_search_finds_everything_one_may_see(zhang, wang, sign_in):
    mine = a_contact(a_customer(zhang, name="华夏科技"), name="华先生")
    a_contact(a_customer(wang, name="华东贸易"), name="华女士")
    answer = sign_in(zhang).get("/search/?q=华")
    groups = {
        group["label"]: [row.record for row in group["rows"]]
        for group in answer.context["groups"]
    }
    assert groups == {"客户": [mine.customer], "联系人": [mine]}
    assert "华东" not in answer.text
    assert "华女士" not in answer.text


@pytest.mark.parametrize(
    "text", ["", " ", "　", "%00", "%25", "_", "%5C", "x" * 5000, "%F0%9F%A6%84"]
)
def test_a_search_for_nothing_finds_nothing(zhang, sign_in, text):
    a_customer(zhang, name="公司")
    answer = sign_in(zhang).get(f"/search/?q={text}")
    assert answer.status_code == 200
    assert answer.context["groups"] == []


# --- History ------------------------------------------------------------------------


def test_the_history_tells_old_and_new(zhang, sign_in):
    customer = a_customer(zhang, name="旧名", status="potential")
    browser = sign_in(zhang)
    url = f"/customers/{customer.pk}/edit/"
    browser.post(url, form_of(browser, url) | {"name": "新名", "status": "won"})
    answer = browser.get(f"/history/customers.customer/{customer.pk}/")
    latest = answer.context["entries"][0]
    told = {c["name"]: (c["old"], c["new"]) for c in latest.told_changes}
    assert told == {"name": ("旧名", "新名"), "status": ("潜在", "成交")}
    assert (latest.actor_name, latest.verb_label) == ("张伟", "编辑")
    assert latest.address == "127.0.0.1"
    assert shows(answer, "旧名")


def test_the_history_of_a_customer_tells_of_its_parts(zhang, wang, sign_in):
    customer = a_customer(zhang)
    browser = sign_in(zhang)
    browser.post(f"/customers/{customer.pk}/team/add/", {"user": wang.pk})
    answer = browser.get(f"/history/customers.customer/{customer.pk}/")
    assert shows(answer, "王芳")


def test_the_history_withholds_names_of_unseen_rows(zhang, wang, sign_in):
    theirs = a_customer(wang, name="看不见的公司")
    mine = a_customer(zhang, parent=theirs)
    answer = sign_in(zhang).get(f"/history/customers.customer/{mine.pk}/")
    assert answer.status_code == 200
    assert "看不见的公司" not in answer.text
    assert shows(answer, "（您无权查看）")


@pytest.mark.parametrize("label", ["crm.user", "crm.role", "x.y", "x", "a.b.c"])
def test_what_is_no_record_has_no_history_page(zhang, sign_in, label):
    assert sign_in(zhang).get(f"/history/{label}/{zhang.pk}/").status_code == 404


def test_the_history_shows_texts_escaped(zhang, sign_in):
    trap = "<script>alert('雀')</script>"
    customer = a_customer(zhang, name=trap, remarks=trap)
    answer = sign_in(zhang).get(f"/history/customers.customer/{customer.pk}/")
    assert shows(answer, trap)
    assert "<script>alert" not in answer.text


# --- Health and errors --------------------------------------------------------------


def test_health_says_ok_and_nothing_else(client):
    answer = client.get("/health/")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert client.post("/health/").status_code == 405


def test_without_a_database_health_says_so(client, monkeypatch):
    def away(*_args, **_options):
        raise connection.Database.OperationalError("server at 10.1.2.3 is away")

    monkeypatch.setattr(connection, "cursor", away)
    monkeypatch.setattr("crm.views.health.DatabaseError", Exception)
    answer = client.get("/health/")
    assert (answer.status_code, answer.text) == (503, "fail")


@pytest.mark.parametrize(
    "address",
    [
        "/.git/HEAD",
        "/.env",
        "/admin/",
        "/__debug__/",
        "/metrics",
        "/api/docs",
        "/media/x",
        "/attachments/x",
        "/static/../crm/settings.py",
        "/static/%2e%2e/manage.py",
        "/customers/1/../../etc/passwd",
        "/customers/99999999999999999999999/",
        "/customers/-1/",
        "/customers/%00/",
        "/<script>alert(1)</script>/",
    ],
)
def test_there_is_nothing_else(zhang, sign_in, address):
    answer = sign_in(zhang).get(address)
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_an_error_of_ours_tells_nothing(zhang, sign_in, monkeypatch):
    def broken(*_args, **_options):
        raise RuntimeError("secret detail /srv/secret")

    monkeypatch.setattr("crm.views.house.told", broken)
    browser = sign_in(zhang)
    browser.raise_request_exception = False
    customer = a_customer(zhang)
    answer = browser.get(f"/history/customers.customer/{customer.pk}/")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "RuntimeError" not in answer.text
    assert answer.headers["X-Request-ID"]


def test_a_failing_post_leaves_nothing_behind(zhang, sign_in, monkeypatch):
    customer = a_customer(zhang)
    browser = sign_in(zhang)
    browser.raise_request_exception = False
    url = f"/customers/{customer.pk}/edit/"
    data = form_of(browser, url) | {"name": "改"}

    def broken(*_args, **_options):
        raise RuntimeError("after the saving")

    monkeypatch.setattr("crm.views.records.messages.success", broken)
    entries = HistoryEntry.objects.count()
    assert browser.post(url, data).status_code == 500
    customer.refresh_from_db()
    assert customer.name != "改"
    assert HistoryEntry.objects.count() == entries
