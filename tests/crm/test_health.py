"""Health, and how little an error of ours gives away."""

import pytest
from django.db import connection

from crm.models import HistoryEntry
from tests.factories import a_customer
from tests.pages import form_of

pytestmark = pytest.mark.django_db


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

    monkeypatch.setattr("crm.views.history.readable", broken)
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

    monkeypatch.setattr("crm.views.entry.messages.success", broken)
    entries = HistoryEntry.objects.count()
    assert browser.post(url, data).status_code == 500
    customer.refresh_from_db()
    assert customer.name != "改"
    assert HistoryEntry.objects.count() == entries
