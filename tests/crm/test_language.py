"""The switch of the language: where it leads, and what it will not do."""

import pytest
from django.conf import settings

from tests.pages import shows

pytestmark = pytest.mark.django_db


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
