"""How people come in: sessions that an administrator ends, failures, who is idle."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.accounts import attempts
from crm.models import HistoryEntry, User
from tests.browsers import Browser
from tests.factories import a_customer
from tests.pages import ids

pytestmark = pytest.mark.django_db


def page_of(person):
    """Return the address of a person's page; their version is the newest then."""
    person.refresh_from_db()
    return f"/system/users/{person.pk}/"


@pytest.fixture
def two_devices(zhang):
    """张伟 at the desk and on the way."""
    devices = [Browser(), Browser()]
    for device in devices:
        device.force_login(zhang)
        assert device.get("/profile/").status_code == 200
    return devices


def test_one_session_of_a_person_is_ended_at_once(zhou, zhang, sign_in, two_devices):
    browser, page = sign_in(zhou), page_of(zhang)
    answer = browser.get(page)
    sessions = answer.context["sessions"]
    assert len(sessions) == 2
    key = two_devices[0].session.session_key
    session = zhang.open_sessions.get(session_key=key)
    sent = {"version": zhang.version, "session": session.pk}
    assert browser.post(f"{page}sessions/", sent).status_code == 302
    assert two_devices[0].get("/customers/").status_code == 302
    assert two_devices[1].get("/customers/").status_code == 200
    entry = HistoryEntry.objects.filter(verb="session_ended").latest("pk")
    assert (entry.actor_id, entry.object_id) == (zhou.pk, zhang.pk)
    assert browser.post(f"{page}sessions/", sent).status_code == 409


def test_all_sessions_of_a_person_are_ended_at_once(zhou, zhang, sign_in, two_devices):
    url = f"{page_of(zhang)}sessions/"
    answer = sign_in(zhou).post(url, {"version": zhang.version})
    assert answer.status_code == 302
    for device in two_devices:
        assert device.get("/customers/").status_code == 302
    assert not zhang.open_sessions.exists()


@pytest.mark.parametrize("session", ["x", "-1", "9" * 30, "²", "0"])
def test_a_session_that_there_is_not_ends_none(zhou, zhang, sign_in, session):
    url = f"{page_of(zhang)}sessions/"
    sent = {"version": zhang.version, "session": session}
    answer = sign_in(zhou).post(url, sent)
    assert answer.status_code in (404, 409)


def test_a_session_of_somebody_else_is_not_ended(zhou, wang, zhang, sign_in):
    theirs = Browser()
    theirs.force_login(wang)
    theirs.get("/profile/")
    session = wang.open_sessions.get()
    url = f"{page_of(zhang)}sessions/"
    sent = {"version": zhang.version, "session": session.pk}
    answer = sign_in(zhou).post(url, sent)
    assert answer.status_code == 409
    assert theirs.get("/customers/").status_code == 200


@pytest.mark.parametrize("who", ["zhang", "lina", "zhao", "nobody"])
def test_nobody_else_sees_or_ends_sessions(who, zhou, zhang, sign_in, request):
    browser = sign_in(request.getfixturevalue(who))
    assert browser.get(page_of(zhou)).status_code == 403
    sent = {"version": zhou.version}
    assert browser.post(f"{page_of(zhou)}sessions/", sent).status_code == 403
    assert browser.get(f"{page_of(zhou)}sessions/").status_code == 405


def test_failures_and_the_end_of_a_lock_are_shown(zhou, zhang, sign_in):
    browser, page_url = sign_in(zhou), page_of(zhang)
    for _time in range(attempts.OF_NAME - 1):
        attempts.failed(zhang.username.upper(), "10.1.2.3", "", known=True)
    page = browser.get(page_url)
    assert "10.1.2.3" in page.text
    assert page.context["failures"]["until"] is None
    attempts.failed(zhang.username, "10.1.2.4", "", known=True)
    page = browser.get(page_url)
    left = page.context["failures"]["until"] - timezone.now()
    assert timedelta(minutes=14) < left <= attempts.WINDOW
    assert f'data-failures="{attempts.OF_NAME}"' in page.text
    answer = browser.post(f"{page_url}unlock/", {"version": zhang.version})
    assert answer.status_code == 302
    assert 'data-failures="0"' in browser.get(page_url).text


def test_who_is_idle_is_found(zhou, zhang, wang, liu, sign_in):
    """张伟 entered something today, 王芳 only looks, 刘洋 has never been here."""
    browser, now = sign_in(zhou), timezone.now()
    for person in (zhang, wang):
        theirs = Browser()
        theirs.force_login(person)
        User.objects.filter(pk=person.pk).update(last_login=now)
    theirs.force_login(zhang)
    form = theirs.get("/customers/add/").context["form"]
    sent = {n: form[n].value() or "" for n in form.fields} | {"name": "昆明一厂"}
    assert theirs.post("/customers/add/", sent).status_code == 302
    idle = {}
    for what in ("sign_in", "entry"):
        answer = browser.get("/system/users/", {"idle": what})
        idle[what] = set(ids(answer))
    assert idle["sign_in"] == {liu.pk}
    assert {wang.pk, liu.pk} <= idle["entry"]
    assert zhang.pk not in idle["entry"]
    both = browser.get("/system/users/", {"idle": ["sign_in", "entry"]})
    assert set(ids(both)) == idle["sign_in"] | idle["entry"]
    User.objects.filter(pk=wang.pk).update(last_login=now - timedelta(days=15))
    answer = browser.get("/system/users/", {"idle": "sign_in"})
    assert set(ids(answer)) == {wang.pk, liu.pk}
    page = browser.get("/system/users/", {"column": ["name", "last_entry"]}).text
    assert f"{timezone.localtime():%Y-%m-%d}" in page


def test_what_somebody_else_entered_is_not_their_doing(zhou, zhang, sign_in):
    a_customer(zhang)
    answer = sign_in(zhou).get("/system/users/", {"idle": "entry", "q": "张伟"})
    assert ids(answer) == [zhang.pk]
