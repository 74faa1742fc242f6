"""The second factor: asked for at sign-in, kept secret, required by a role."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.urls import reverse

from crm.accounts.second_factor import Adapter
from crm.models import HistoryEntry, Role
from tests.browsers import Browser
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

ACTIVATION = "/profile/second-factor/totp/activate/"
CODE = "/profile/second-factor/authenticate/"


@pytest.fixture(autouse=True)
def _forgotten(settings):
    """Start every test without codes that were used before; none runs out meanwhile."""
    settings.MFA_TOTP_TOLERANCE = 2
    cache.clear()


def enter(username="sales"):
    """Return a browser that has typed name and password, and the answer."""
    browser = Browser()
    data = {"login": username, "password": PASSWORD}
    return browser, browser.post("/login/", data)


def code_of(secret):
    """Return what an app shows now for a secret."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def enrolled():
    """Return the secret of 张伟, who has just set up an app."""
    browser, _answer = enter()
    page = browser.get(ACTIVATION)
    assert 'src="data:image/svg+xml;base64,' in page.text
    secret = page.context["form"].secret
    assert browser.post(ACTIVATION, {"code": "000000"}).status_code == 200
    answer = browser.post(ACTIVATION, {"code": code_of(secret)})
    assert answer.url == "/profile/second-factor/recovery-codes/"
    codes = browser.get(answer.url).context["unused_codes"]
    return secret, codes


def test_the_code_is_asked_for_at_sign_in_and_works_once(zhang):
    secret, _codes = enrolled()
    browser, answer = enter()
    assert answer.url == CODE
    assert browser.get("/customers/").status_code == 302
    assert browser.post(CODE, {"code": "000000"}).status_code == 200
    code = code_of(secret)
    assert browser.post(CODE, {"code": code}).status_code == 302
    assert browser.get("/customers/").status_code == 200
    other, _answer = enter()
    assert other.post(CODE, {"code": code}).status_code == 200
    assert other.get("/customers/").status_code == 302


def test_a_recovery_code_opens_once(zhang):
    _secret, codes = enrolled()
    for right in (302, 200):
        browser, _answer = enter()
        assert browser.post(CODE, {"code": codes[0]}).status_code == right


def test_codes_cannot_be_guessed_for_ever(zhang):
    secret, _codes = enrolled()
    browser, _answer = enter()
    for _time in range(10):
        browser.post(CODE, {"code": "000000"})
    assert browser.post(CODE, {"code": code_of(secret)}).status_code == 200


def test_no_secret_lies_open_in_the_database(zhang, settings):
    secret, _codes = enrolled()
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored
    assert Adapter().decrypt(stored) == secret
    settings.SECRET_KEY = "another key altogether " * 3
    assert Adapter().decrypt(stored) != secret
    assert re.fullmatch("[A-Z2-7]{32}", Adapter().decrypt(stored))


def test_a_role_that_asks_for_it_leads_to_setting_it_up(
    zhang, django_capture_on_commit_callbacks
):
    Role.objects.filter(code="salesperson").update(requires_second_factor=True)
    browser, answer = enter()
    assert answer.status_code == 302
    for address in ("/", "/customers/", "/profile/"):
        assert browser.get(address).url == ACTIVATION
    page = browser.get(ACTIVATION)
    assert 'role="alert"' in page.text
    code = code_of(page.context["form"].secret)
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(ACTIVATION, {"code": code}).status_code == 302
    assert browser.get("/customers/").status_code == 200
    entry = HistoryEntry.objects.get(verb="second_factor_added")
    assert (entry.actor_id, entry.subject_id) == (zhang.pk, zhang.pk)


def test_the_administrator_removes_a_lost_one(zhou, zhang, sign_in):
    enrolled()
    browser = sign_in(zhou)
    assert "解除第二重验证" in browser.get(zhang.get_absolute_url()).text
    url = reverse("user_second_factor", args=[zhang.pk])
    assert browser.post(url).status_code == 302
    assert enter()[1].url == "/"
    entry = HistoryEntry.objects.get(verb="second_factor_removed")
    assert (entry.actor_id, entry.subject_id) == (zhou.pk, zhang.pk)


def test_one_gives_it_up_oneself(zhang):
    secret, _codes = enrolled()
    browser, _answer = enter()
    browser.post(CODE, {"code": code_of(secret)})
    answer = browser.post("/profile/second-factor/totp/deactivate/")
    assert answer.status_code == 302
    assert not Authenticator.objects.filter(user=zhang).exists()
