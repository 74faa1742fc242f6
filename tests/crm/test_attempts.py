"""Limits on signing in stop whoever guesses and lock out nobody beside them."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from crm.accounts import attempts
from crm.models import FailedSignIn, HistoryEntry, User
from tests.browsers import Browser
from tests.people import PASSWORD, hire

pytestmark = pytest.mark.django_db

TOO_MANY = "登录失败次数过多"


@pytest.fixture(autouse=True)
def _forgotten():
    """Start every test without what allauth counts by itself."""
    cache.clear()


def enter(browser, username, password, address="127.0.0.1", **headers):
    """Send the form of the sign-in page from an address."""
    data = {"login": username, "password": password}
    return browser.post("/login/", data, REMOTE_ADDR=address, headers=headers)


def fail(username, times, address="127.0.0.1"):
    """Fail to sign in, each time with a browser of its own."""
    for _time in range(times):
        answer = enter(Browser(), username, "wrong", address)
    return answer


def gets_in(username, address="127.0.0.1", browser=None):
    """Say whether the right password opens."""
    return enter(browser or Browser(), username, PASSWORD, address).status_code == 302


def test_invented_names_close_the_door_to_nobody(zhang):
    for number in range(31):
        answer = fail(f"nobody{number}", 1)
    assert TOO_MANY in answer.text
    assert TOO_MANY in fail("sales", 1).text
    assert gets_in("sales")


def test_a_proxy_that_is_not_ours_cannot_lend_an_address(zhang):
    for number in range(31):
        answer = enter(
            Browser(), f"nobody{number}", "x", **{"X-Forwarded-For": f"10.9.8.{number}"}
        )
    assert TOO_MANY in answer.text
    assert FailedSignIn.objects.values("address").distinct().count() == 1


def test_ten_failures_close_a_name_whether_anybody_has_it(zhang, wang):
    for name in ("sales", "nobody-here"):
        fail(name, 10)
        answer = enter(Browser(), name, PASSWORD)
        assert TOO_MANY in answer.text
        assert not gets_in(name, "127.0.0.2")
    assert gets_in("sales2")


def test_whoever_has_signed_in_on_a_device_is_not_locked_out_there(zhang):
    own = Browser()
    assert gets_in("sales", browser=own)
    own.post("/logout/")
    fail("sales", 12, "203.0.113.7")
    assert not gets_in("sales", "203.0.113.8")
    assert gets_in("sales", browser=own)


def test_a_known_device_cannot_guess_for_ever(zhang):
    own = Browser()
    assert gets_in("sales", browser=own)
    own.post("/logout/")
    for _time in range(10):
        enter(own, "sales", "wrong")
    assert TOO_MANY in enter(own, "sales", PASSWORD).text


def test_a_forged_cookie_makes_no_device_known(zhang, settings):
    fail("sales", 10)
    forged = Browser()
    forged.cookies[settings.DEVICE_COOKIE_NAME] = '{"1": ["a", "b"]}'
    assert not gets_in("sales", browser=forged)


def test_one_password_tried_on_everybody_is_slowed_down(zhang):
    for number in range(30):
        hire(f"person{number}", f"员工{number}")
        fail(f"person{number}", 1)
    assert TOO_MANY in enter(Browser(), "sales", PASSWORD).text
    assert gets_in("sales", "127.0.0.2")
    FailedSignIn.objects.update(at=timezone.now() - attempts.PACE * 2)
    assert gets_in("sales", "127.0.0.1")


def test_a_lock_ends_after_a_quarter_of_an_hour(zhang):
    fail("sales", 10)
    FailedSignIn.objects.update(at=timezone.now() - attempts.WINDOW)
    assert gets_in("sales")


def test_old_failures_are_swept(zhang):
    fail("sales", 3)
    FailedSignIn.objects.update(at=timezone.now() - timedelta(days=2))
    fail("sales", 1)
    assert FailedSignIn.objects.count() == 1


def test_the_administrator_sees_a_lock_and_lifts_it(zhou, zhang, wang, sign_in):
    fail("SALES", 10)
    browser = sign_in(zhou)
    assert "已锁定" in browser.get(zhang.get_absolute_url()).text
    page = browser.get("/system/users/?locked=true")
    assert [row.pk for row in page.context["page_obj"].object_list] == [zhang.pk]
    assert browser.post(reverse("user_unlock", args=[zhang.pk])).status_code == 302
    assert HistoryEntry.objects.filter(verb="unlocked", subject_id=zhang.pk).exists()
    assert gets_in("sales")
    assert (
        sign_in(wang).post(reverse("user_unlock", args=[zhang.pk])).status_code == 403
    )


def test_a_new_password_lifts_the_lock_too(zhou, zhang, sign_in):
    fail("sales", 10)
    url = reverse("user_password", args=[zhang.pk])
    answer = sign_in(zhou).post(url, {"password": "山高-水长-2027"})
    assert answer.status_code == 302
    answer = enter(Browser(), "sales", "山高-水长-2027")
    assert answer.status_code == 302


def test_the_name_may_be_written_in_any_letters(zhang):
    for name in ("Sales", "SALES", " sales "):
        assert gets_in(name)
    assert 'autocapitalize="none"' in Browser().get("/login/").text


def test_no_two_names_differ_in_capitals_only(zhang):
    other = User(username="Sales", name="另一人")
    with pytest.raises(Exception, match="username_once_in_any_letters"):
        other.save(force_insert=True)
