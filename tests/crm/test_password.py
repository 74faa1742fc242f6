"""Choosing another password for oneself."""

import pytest

from crm.models import HistoryEntry
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db


def test_a_new_password_is_noted_without_being_told(zhang, sign_in):
    data = {"oldpassword": PASSWORD, "password1": "山高-水长-2027", "password2": ""}
    data["password2"] = data["password1"]
    answer = sign_in(zhang).post("/profile/password/", data)
    assert answer.status_code == 302
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
