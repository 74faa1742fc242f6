"""Choosing another password for oneself."""

import pytest
from django.contrib.auth.hashers import make_password

from crm.guards.actor import acting
from crm.models import HistoryEntry, User
from crm.settings import PASSWORD_HASHERS
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db


def test_a_new_password_is_noted_without_being_told(zhang, sign_in):
    data = {"oldpassword": PASSWORD, "password1": "山高-水长-2027", "password2": ""}
    data["password2"] = data["password1"]
    answer = sign_in(zhang).post("/profile/password/", data)
    assert answer.status_code == 302
    assert answer.url == "/"
    zhang.refresh_from_db()
    assert zhang.check_password("山高-水长-2027")
    entry = HistoryEntry.objects.filter(verb="password_set").get()
    assert (entry.actor_id, entry.subject_id) == (zhang.pk, zhang.pk)
    assert "2027" not in str(HistoryEntry.objects.values_list("changes", flat=True))


def test_the_old_password_must_be_known(zhang, sign_in):
    data = {"oldpassword": "guess", "password1": "山高-水长-2027"}
    data["password2"] = data["password1"]
    answer = sign_in(zhang).post("/profile/password/", data)
    assert answer.context["form"].errors["oldpassword"]
    zhang.refresh_from_db()
    assert zhang.check_password(PASSWORD)


def test_an_older_hash_is_accepted_and_replaced_at_sign_in(zhang, client, settings):
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS
    old = make_password(PASSWORD, hasher="pbkdf2_sha256")
    with acting(None, verb="password_set"):
        User.objects.filter(pk=zhang.pk).update(password=old)
    answer = client.post("/login/", {"login": "sales", "password": PASSWORD})
    assert answer.status_code == 302
    zhang.refresh_from_db()
    assert zhang.password.startswith("argon2$argon2id$v=19$m=9216,t=4,p=1$")
    assert zhang.check_password(PASSWORD)
