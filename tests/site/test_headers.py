"""What every answer carries, good or bad, and whom the house believes."""

import json
import re

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import a_customer

pytestmark = pytest.mark.django_db

ADDRESSES = (
    "/",
    "/login/",
    "/health/",
    "/customers/",
    "/customers/add/",
    "/customers/?sort=x",
    "/customers/999999999/",
    "/nowhere/",
    "/system/users/",
    "/options/customers.customer/",
    "/logout/",
    "/customers/?" + "&".join(f"a{number}=1" for number in range(3000)),
)


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address[:30])
@pytest.mark.parametrize("who", ["visitor", "zhang"])
def test_every_answer_carries_the_headers(address, who, request, client):
    if who != "visitor":
        client.force_login(request.getfixturevalue(who))
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for directive in ("default-src 'none'", "frame-ancestors", "base-uri"):
        assert directive in policy
    assert "form-action 'self'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Request-ID"]
    assert "Server" not in headers


def test_parts_of_pages_are_exchanged_without_styles_of_their_own(zhang, client):
    """What is swapped in would else get the style of what it replaces: refused."""
    client.force_login(zhang)
    page = client.get("/").text
    given = re.search(r"name=\"htmx-config\" content='(.*?)'", page, re.DOTALL)[1]
    assert json.loads(given)["attributesToSettle"] == ["class"]


def test_an_error_of_ours_carries_them_too(zhang, client, monkeypatch):
    def broken(*_args, **_options):
        raise RuntimeError

    monkeypatch.setattr("crm.views.history.readable", broken)
    client.force_login(zhang)
    client.raise_request_exception = False
    customer = a_customer(zhang)
    answer = client.get(f"/history/customers.customer/{customer.pk}/")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_cookies_are_kept_from_scripts_and_other_sites(zhang, client):
    client.get("/login/")
    client.post("/login/", {"login": "sales", "password": "crm-demo-2026"})
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        cookie = client.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "a b", ""])
def test_a_foreign_host_is_refused(client, host):
    assert client.get("/login/", headers={"Host": host}).status_code == 400


def test_a_forwarded_host_is_not_believed(zhang, client):
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    answer = client.get("/customers/", headers=headers)
    assert answer.url == "/login/?next=/customers/"


@pytest.mark.parametrize("method", ["TRACE", "FOO", "CONNECT"])
def test_odd_methods_are_refused(zhang, client, method):
    client.force_login(zhang)
    assert client.generic(method, "/customers/").status_code == 405


# --- Forms from elsewhere -------------------------------------------------------------

FORMS = (
    "/login/",
    "/logout/",
    "/language/",
    "/profile/",
    "/profile/password/",
    "/customers/add/",
    "/customers/{pk}/edit/",
    "/customers/{pk}/delete/",
    "/customers/{pk}/team/add/",
    "/customers/{pk}/attachments/",
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("token", [None, "x", "a" * 64])
def test_a_form_without_its_token_is_refused(zhang, form, token):
    customer = a_customer(zhang)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(zhang)
    data = {"name": "改", "language": "en"}
    if token:
        data["csrfmiddlewaretoken"] = token
        browser.cookies[settings.CSRF_COOKIE_NAME] = "b" * 32
    answer = browser.post(form.format(pk=customer.pk), data)
    assert answer.status_code == 403
    assert "Cookie" in answer.text
    customer.refresh_from_db()
    assert (customer.version, customer.deleted_at) == (1, None)


@pytest.mark.parametrize(
    "origin", ["null", "https://evil.example", "http://testserver:81"]
)
def test_a_form_from_another_place_is_refused(zhang, origin):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(zhang)
    browser.get("/customers/add/")
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value
    data = {"language": "en", "csrfmiddlewaretoken": token}
    answer = browser.post("/language/", data, headers={"Origin": origin})
    assert answer.status_code == 403
    assert browser.post("/language/", data).status_code == 302
