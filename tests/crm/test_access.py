"""Whether somebody may sign in is decided by a named verb, and by nothing beside it."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from crm.guards.actor import acting
from crm.models import HistoryEntry, User
from system.people import administration
from tests.people import PASSWORD, dismiss
from tests.races import ROUNDS, together


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("is_active", False),
        ("password", "!"),
        ("left_on", timezone.localdate),
    ],
)
def test_no_plain_update_changes_who_may_sign_in(zhang, column, value):
    value = value() if callable(value) else value
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=zhang.pk).update(**{column: value})
    assert User.objects.filter(pk=zhang.pk, phone="").update(phone="010-12345678")


@pytest.mark.django_db
def test_another_verb_does_not_open_the_account_again(zhang):
    dismiss(zhang)
    with pytest.raises(IntegrityError), acting(None, verb="registered"):
        User.objects.filter(pk=zhang.pk).update(is_active=True)


@pytest.mark.django_db
def test_the_last_day_is_noted_as_leaving(zhou, zhang, sign_in):
    browser = sign_in(zhou)
    url = f"/system/users/{zhang.pk}/edit/"
    form = browser.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in sent.items() if value not in (None, "")}
    sent |= {"left_on": "2026-12-31", "phone": "010-12345678"}
    assert browser.post(url, sent).status_code == 302
    entries = HistoryEntry.objects.filter(label="crm.user", object_id=zhang.pk)
    noted = {entry.verb: set(entry.changes) for entry in entries}
    assert noted["left"] == {"left_on"}
    assert noted["changed"] == {"phone"}


@pytest.mark.django_db(transaction=True)
def test_whoever_saves_his_profile_meanwhile_stays_dismissed(zhou, zhang):
    browsers = [Client(raise_request_exception=False) for _time in range(3)]

    def work(number):
        if number == 3:
            administration.deactivate(User.objects.get(pk=zhang.pk), by=zhou)
            return
        for turn in range(8):
            data = {"phone": f"010-1234567{turn}", "email": ""}
            browsers[number].post("/profile/", data)

    for _round in ROUNDS:
        for browser in browsers:
            browser.force_login(zhang)
        together(4, work)
        zhang.refresh_from_db()
        assert not zhang.is_active
        administration.reactivate(zhang, by=zhou)


@pytest.mark.django_db(transaction=True)
def test_whoever_changes_his_password_meanwhile_stays_dismissed(zhou, zhang):
    words = [PASSWORD, "山高-水长-2027"]

    def work(number, browser, old, new):
        if number:
            administration.deactivate(User.objects.get(pk=zhang.pk), by=zhou)
            return
        data = {"oldpassword": old, "password1": new, "password2": new}
        browser.post("/profile/password/", data)

    for _round in ROUNDS:
        browser = Client(raise_request_exception=False)
        browser.force_login(zhang)
        old, new = words if zhang.check_password(words[0]) else words[::-1]
        together(2, partial(work, browser=browser, old=old, new=new))
        zhang.refresh_from_db()
        assert not zhang.is_active
        administration.reactivate(zhang, by=zhou)
