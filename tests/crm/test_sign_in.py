"""Signing in and out, and everything that must not happen there."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from crm.models import HistoryEntry, User
from tests.factories import a_customer
from tests.pages import shows
from tests.people import PASSWORD, dismiss

pytestmark = pytest.mark.django_db

WRONG = "用户名或密码错误"


@pytest.fixture(autouse=True)
def _forgotten_attempts():
    """Start every test without failed attempts."""
    cache.clear()


def enter(client, username, password, **more):
    """Send the form of the sign-in page."""
    data = {"login": username, "password": password} | more
    return client.post("/login/", data)


def test_the_right_password_opens_the_workbench(zhang, client):
    answer = enter(client, "sales", PASSWORD)
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.get("/profile/").status_code == 200
    entry = HistoryEntry.objects.get(verb="signed_in")
    assert (entry.actor_id, entry.address) == (zhang.pk, "127.0.0.1")


def test_signing_in_makes_a_new_session(zhang, client):
    client.get("/login/")
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    enter(client, "sales", PASSWORD)
    first = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert first != "a" * 32
    client.post("/logout/")
    enter(client, "sales", PASSWORD)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != first


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("sales", "wrong"),
        ("nobody-here", PASSWORD),
        ("sales", PASSWORD.upper()),
        ("SALES ' OR 1=1 --", PASSWORD),
        ("sales", "x" * 5_000),
        ("长" * 150, PASSWORD),
        ("sales", "😀"),
    ],
)
def test_every_wrong_sign_in_gets_the_same_answer(zhang, client, username, password):
    answer = enter(client, username, password)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert page.count("note-error") == 1
    assert client.get("/profile/").status_code == 302
    assert HistoryEntry.objects.get(verb="sign_in_failed").title == username
    errors = answer.context["form"].non_field_errors()
    assert errors == enter(client, "sales", "wrong").context["form"].non_field_errors()


@pytest.mark.parametrize(
    ("username", "password"),
    [("", PASSWORD), ("sales", ""), ("sal\x00es", PASSWORD), ("sales", "a\x00b")],
)
def test_what_cannot_be_a_name_or_password_is_said(zhang, client, username, password):
    assert enter(client, username, password).status_code == 200
    assert client.get("/profile/").status_code == 302


def test_a_blocked_account_hears_nothing_special(zhang, client):
    dismiss(zhang)
    answer = enter(client, "sales", PASSWORD)
    assert client.get("/profile/").status_code == 302
    assert answer.status_code in (200, 302)


def test_after_ten_failures_the_right_password_is_refused_too(zhang, wang, client):
    for _time in range(10):
        assert enter(client, "sales", "wrong").status_code == 200
    answer = enter(client, "sales", PASSWORD)
    assert answer.status_code in (200, 429)
    assert client.get("/profile/").status_code == 302
    assert shows(answer, "登录失败次数过多") or answer.status_code == 429
    assert enter(Client(), "sales2", PASSWORD).status_code == 302


def test_the_failures_of_one_account_count_whatever_the_letters(zhang, client):
    for name in ("sales", "SALES", " sales", "Sales ", "sales") * 2:
        enter(client, name, "wrong")
    enter(client, "sales", PASSWORD)
    assert client.get("/profile/").status_code == 302


def test_who_is_disabled_is_out_with_the_next_request(zhang, sign_in):
    browser = sign_in(zhang)
    assert browser.get("/customers/").status_code == 200
    dismiss(zhang)
    assert browser.get("/customers/").status_code == 302
    assert browser.post("/customers/add/", {"name": "甲"}).status_code == 302


def test_signing_out_is_a_post_and_ends_the_session(zhang, sign_in):
    browser = sign_in(zhang)
    assert browser.get("/logout/").status_code == 405
    assert browser.get("/profile/").status_code == 200
    stolen = browser.cookies[settings.SESSION_COOKIE_NAME].value
    answer = browser.post("/logout/")
    assert (answer.status_code, answer.url) == (302, "/login/")
    browser.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert browser.get("/profile/").status_code == 302
    assert HistoryEntry.objects.filter(verb="signed_out", actor_id=zhang.pk).exists()


def test_pages_of_a_person_are_not_kept_by_the_browser(zhang, sign_in):
    a_customer(zhang)
    for url in ("/customers/", "/profile/"):
        header = sign_in(zhang).get(url).headers.get("Cache-Control", "")
        assert "no-store" in header or "private" in header, url


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "https://evil.example",
        "https:evil.example",
        "http:///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "%2f%2fevil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://[::1",
        "/customers/\r\nX-Evil: 1",
        "ftp://testserver/",
        "/" + "a" * 10_000,
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(zhang, client, target):
    answer = enter(client, "sales", PASSWORD, next=target)
    assert answer.status_code in (302, 400)
    address = answer.headers.get("Location", "/")
    assert "\n" not in address
    assert address.startswith("/") or "://" not in address
    assert not address.startswith(("//", "/\\", "http", "javascript:", "data:"))
    assert "X-Evil" not in answer.headers


def test_signing_in_leads_to_a_page_not_to_what_is_only_sent_to(zhang, client):
    for typed, opened in (
        ("/help/first-steps/", "/help/"),
        ("/language/", "/"),
    ):
        client.post("/logout/")
        assert enter(client, "sales", PASSWORD, next=typed).url == opened


def test_who_had_to_sign_in_first_comes_where_they_wanted(zhang, client):
    answer = client.get("/customers/?status=won")
    assert answer.url == "/login/?next=/customers/%3Fstatus%3Dwon"
    page = client.get(answer.url)
    assert 'name="next" value="/customers/?status=won"' in page.text
    answer = enter(client, "sales", PASSWORD, next="/customers/?status=won")
    assert answer.url == "/customers/?status=won"


def test_who_is_signed_in_needs_no_sign_in_page(zhang, sign_in):
    assert sign_in(zhang).get("/login/").status_code == 302


def test_nobody_signs_up(client):
    for address in ("/signup/", "/accounts/signup/", "/register/"):
        assert client.get(address).status_code in (302, 404)


@pytest.mark.parametrize(
    "key",
    [
        "x",
        "a" * 31,
        "A" * 32,
        "a" * 4_000,
        "'; DROP TABLE crm_user; --aaaaaaaa",
        "aaaaaaaa\x00aaaaaaaaaaaaaaaaaaaaaaa",
    ],
)
def test_a_session_that_cannot_be_is_no_session(client, key):
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert client.get("/customers/").status_code == 302


# --- One's own settings -------------------------------------------------------------


def change(browser, new, old=PASSWORD, again=None):
    """Send the form that changes the password."""
    data = {"oldpassword": old, "password1": new, "password2": again or new}
    return browser.post("/profile/password/", data)


@pytest.mark.parametrize(
    "password",
    [
        "5201314",
        "woaini1314",
        "12345678",
        "password",
        "1234567",
        "sales2026",
        "Admin@123",
        "P@ssw0rd2026",
        "kunming2026",
        "Beijing#2025",
        "zhangwei@123",
        "总公司2026",
        "Zonggongsi123",
        "x" * 129,
        "天地玄黄" * 1_250,
    ],
)
def test_a_weak_password_is_refused(zhang, sign_in, password):
    answer = change(sign_in(zhang), password)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert "invalid-feedback" in answer.text
    zhang.refresh_from_db()
    assert zhang.check_password(PASSWORD)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "云南的天气真好呀啊", "🦄" * 8, "x7" * 32],
)
def test_a_strong_password_of_any_letters_is_taken(zhang, sign_in, password):
    assert change(sign_in(zhang), password).status_code == 302
    zhang.refresh_from_db()
    assert zhang.check_password(password)


def test_the_old_password_is_asked_for(zhang, sign_in):
    answer = change(sign_in(zhang), "correct horse battery", old="wrong")
    assert "oldpassword" in answer.context["form"].errors


def test_both_new_passwords_must_agree(zhang, sign_in):
    answer = change(sign_in(zhang), "correct horse battery", again="other horse")
    assert "password2" in answer.context["form"].errors


def test_a_changed_password_ends_all_other_sessions(zhang):
    here, there = Client(), Client()
    for browser in (here, there):
        browser.force_login(zhang)
    assert change(here, "correct horse battery").status_code == 302
    assert here.get("/profile/").status_code == 200
    assert there.get("/profile/").status_code == 302


def test_one_changes_how_to_be_reached_and_nothing_else(zhang, sign_in):
    slipped = {
        "is_superuser": "on",
        "is_staff": "on",
        "is_active": "",
        "roles": "1",
        "role": "1",
        "department": "",
        "username": "boss",
        "name": "老板",
    }
    browser = sign_in(zhang)
    answer = browser.post("/profile/", {"phone": "010-12345678", "email": ""} | slipped)
    assert answer.status_code == 302
    fresh = User.objects.get(pk=zhang.pk)
    assert fresh.phone == "010-12345678"
    assert (fresh.username, fresh.name, fresh.is_active) == ("sales", "张伟", True)
    assert fresh.department == zhang.department
    assert [role.code for role in fresh.roles.all()] == ["salesperson"]


@pytest.mark.parametrize(
    "data", [{"phone": "x", "email": ""}, {"phone": "", "email": "x"}]
)
def test_a_wrong_phone_or_mail_is_said(zhang, sign_in, data):
    answer = sign_in(zhang).post("/profile/", data)
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text
    fresh = User.objects.get(pk=zhang.pk)
    assert (fresh.phone, fresh.email) == ("", "")


def test_the_profile_shows_department_and_roles(zhang, sign_in):
    page = sign_in(zhang).get("/profile/").text
    assert "销售一部" in page
    assert "业务员" in page


# --- A forgotten password -----------------------------------------------------------


@pytest.fixture
def mail_server(settings):
    """A server for mail is set."""
    settings.EMAIL_HOST = "mail.example"


def test_without_a_mail_server_one_asks_the_administrator(zhang, client, mailoutbox):
    User.objects.filter(pk=zhang.pk).update(email="zhang@example.com")
    assert "系统管理员" in client.get("/password/reset/").text
    answer = client.post("/password/reset/", {"email": "zhang@example.com"})
    assert "系统管理员" in answer.text
    assert mailoutbox == []


def test_a_forgotten_password_tells_nobody_who_is_known(
    zhang, client, mailoutbox, mail_server
):
    User.objects.filter(pk=zhang.pk).update(email="zhang@example.com")
    for address in ("zhang@example.com", "stranger@example.com"):
        answer = client.post("/password/reset/", {"email": address})
        assert (answer.status_code, answer.url) == (302, "/password/reset/done/")
    to_zhang = [mail for mail in mailoutbox if mail.to == ["zhang@example.com"]]
    assert len(to_zhang) == 1
    assert "http://testserver/password/reset/key/" in to_zhang[0].body


def test_a_link_works_once(zhang, client, mailoutbox, mail_server):
    User.objects.filter(pk=zhang.pk).update(email="zhang@example.com")
    client.post("/password/reset/", {"email": "zhang@example.com"})
    words = mailoutbox[0].body.split()
    link = next(word for word in words if "/password/reset/key/" in word)
    page = client.get(link, follow=True)
    url = page.redirect_chain[-1][0]
    new = {"password1": "correct horse battery", "password2": "correct horse battery"}
    assert client.post(url, new).status_code == 302
    zhang.refresh_from_db()
    assert zhang.check_password("correct horse battery")
    assert Client().get(link, follow=True).context["token_fail"]


def test_the_link_names_our_host_and_no_other(zhang, client, mailoutbox, mail_server):
    User.objects.filter(pk=zhang.pk).update(email="zhang@example.com")
    headers = {"X-Forwarded-Host": "evil.example"}
    data = {"email": "zhang@example.com"}
    client.post("/password/reset/", data, headers=headers)
    assert "evil.example" not in mailoutbox[0].body
    answer = client.post("/password/reset/", data, headers={"Host": "evil.example"})
    assert answer.status_code == 400


def test_a_fragment_asked_for_after_the_session_ended_opens_the_sign_in_page(client):
    headers = {
        "HX-Request": "true",
        "HX-Current-URL": "https://evil.example//customers/?q=a&page=2",
    }
    answer = client.get("/customers/?q=b", headers=headers)
    assert answer.status_code == 401
    assert answer.content == b""
    target = answer.headers["HX-Redirect"]
    assert target.startswith("/login/?next=")
    assert "evil.example" not in target
    assert client.get("/customers/").status_code == 302


def test_a_broken_current_address_is_no_fault(client):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://[::1"}
    assert client.get("/customers/", headers=headers).status_code == 401
