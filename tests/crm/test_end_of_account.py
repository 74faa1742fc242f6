"""Leaving is leaving, passwords of others do not last, sessions are one's own."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from crm.accounts import open_sessions
from crm.guards.actor import acting
from crm.models import OpenSession, User
from system.people import administration
from tests.browsers import Browser
from tests.people import PASSWORD, let_leave

pytestmark = pytest.mark.django_db

NEW = "山高-水长-2027"


@pytest.fixture(autouse=True)
def _forgotten():
    """Start every test without what was counted and noted before."""
    cache.clear()
    open_sessions._seen.clear()


def enter(username="sales", password=PASSWORD, **headers):
    """Return a browser that has tried to sign in, and the answer."""
    browser = Browser()
    data = {"login": username, "password": password}
    return browser, browser.post("/login/", data, headers=headers)


def test_whoever_has_left_is_out_the_next_day(zhou, zhang):
    browser, _answer = enter()
    today = timezone.localdate()
    administration.leave(zhang, today, by=zhou)
    assert browser.get("/profile/").status_code == 200
    let_leave(zhang)
    assert browser.get("/profile/").status_code == 302
    assert enter()[1].status_code == 200
    assert zhang not in User.objects.active()
    assert not User.objects.get(pk=zhang.pk).has_perm("customers.view_customer")


def test_a_password_of_the_administrator_has_to_be_replaced(zhou, zhang, sign_in):
    url = reverse("user_password", args=[zhang.pk])
    shown = sign_in(zhou).post(url, {"password": ""})
    password = shown.context["password"]
    browser, answer = enter(password=password)
    assert answer.status_code == 302
    for address in ("/", "/customers/", "/profile/"):
        assert browser.get(address).url == "/profile/password/"
    assert browser.post("/customers/add/", {"name": "甲"}).url == "/profile/password/"
    fragment = browser.get("/customers/", headers={"HX-Request": "true"})
    assert fragment.headers["HX-Redirect"] == "/profile/password/"
    data = {"oldpassword": password, "password1": NEW, "password2": NEW}
    assert browser.post("/profile/password/", data).status_code == 302
    assert browser.get("/customers/").status_code == 200
    assert User.objects.get(pk=zhang.pk).password_until is None


def test_a_temporary_password_is_over_after_72_hours(zhou, zhang):
    request = type("Request", (), {"META": {}, "id": ""})()
    administration.set_password(zhang, NEW, by=zhou, request=request)
    assert zhang.password_until - timezone.now() <= timedelta(days=7)
    browser, answer = enter(password=NEW)
    assert answer.status_code == 302
    with acting(zhou, verb="password_set"):
        User.objects.filter(pk=zhang.pk).update(password_until=timezone.now())
    assert browser.get("/profile/password/").status_code == 302
    answer = enter(password=NEW)[1]
    assert answer.status_code == 403
    assert "7 天" in answer.text


def test_a_new_person_starts_with_a_temporary_password(zhou, sign_in, head_office):
    sent = {"username": "new", "name": "新人", "password": NEW}
    answer = sign_in(zhou).post(reverse("user_create"), sent)
    assert answer.status_code == 302
    assert User.objects.get(username="new").password_until


def test_a_session_ends_by_idleness_and_not_while_one_works(zhang, settings):
    browser, _answer = enter()
    assert Session.objects.get().expire_date - timezone.now() > timedelta(hours=7)
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=1))
    open_sessions._seen.clear()
    assert browser.get("/profile/").status_code == 200
    assert Session.objects.get().expire_date - timezone.now() > timedelta(hours=7)
    Session.objects.update(expire_date=timezone.now())
    assert browser.get("/profile/").status_code == 302


def test_one_sees_where_one_is_signed_in_and_ends_it(zhang, wang):
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1"
    here, _answer = enter()
    there, _answer = enter(**{"User-Agent": phone})
    third, _answer = enter()
    foreign, _answer = enter("sales2")
    page = here.get("/profile/")
    assert len(page.context["sessions"]) == 3
    assert "Safari · iPhone" in page.text
    other = OpenSession.objects.get(device=phone)
    url = reverse("session_end", args=[other.pk])
    assert foreign.post(url).status_code == 404
    assert here.post(url).status_code == 302
    assert there.get("/profile/").status_code == 302
    assert third.get("/profile/").status_code == 200
    assert here.post(reverse("session_end_others")).status_code == 302
    assert third.get("/profile/").status_code == 302
    assert here.get("/profile/").status_code == 200
    assert foreign.get("/profile/").status_code == 200


def test_a_dismissed_person_has_no_session_left(zhou, zhang):
    enter()
    administration.deactivate(zhang, by=zhou)
    assert not zhang.open_sessions.exists()
    assert not Session.objects.exists()
