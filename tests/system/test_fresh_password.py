"""Whoever leaves the desk leaves nobody their rights: the password is asked again."""

import pytest
from django.test import Client
from django.urls import reverse

from crm.models import Role, User
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(zhou):
    """周敏's browser, signed in long ago."""
    browser = Client()
    browser.force_login(zhou)
    return browser


def version_of(person):
    """Return the version of a person as it stands now."""
    return User.objects.values_list("version", flat=True).get(pk=person.pk)


def test_a_deactivation_goes_on_after_the_password(desk, zhang):
    url = reverse("user_deactivate", args=[zhang.pk])
    answer = desk.post(url, {"version": version_of(zhang)})
    assert answer.url.startswith("/profile/confirm/?next=")
    assert User.objects.get(pk=zhang.pk).is_active
    before = desk.session.session_key
    wrong = desk.post("/profile/confirm/", {"password": "wrong", "next": url})
    assert "password" in wrong.context["form"].errors
    assert User.objects.get(pk=zhang.pk).is_active
    answer = desk.post("/profile/confirm/", {"password": PASSWORD, "next": url})
    assert answer.status_code == 302
    assert not User.objects.get(pk=zhang.pk).is_active
    assert desk.session.session_key != before
    again = desk.post(
        reverse("user_reactivate", args=[zhang.pk]), {"version": version_of(zhang)}
    )
    assert again.url == zhang.get_absolute_url()


def test_a_password_typed_twice_leads_back_to_the_page(desk, zhang):
    url = reverse("user_deactivate", args=[zhang.pk])
    asked = desk.get("/profile/confirm/", {"next": url})
    assert asked.context["back"] == zhang.get_absolute_url()
    answer = desk.post("/profile/confirm/", {"password": PASSWORD, "next": url})
    assert answer.url == zhang.get_absolute_url()


def test_a_typed_password_is_not_kept_meanwhile(desk, zhang):
    url = reverse("user_password", args=[zhang.pk])
    sent = {"password": "山高-水长-2027", "version": version_of(zhang)}
    assert desk.post(url, sent).url.startswith("/profile/confirm/?next=")
    assert "2027" not in str(dict(desk.session))
    assert User.objects.get(pk=zhang.pk).check_password(PASSWORD)


@pytest.mark.parametrize("roles", [True, False])
def test_only_other_roles_ask_for_the_password(desk, zhang, roles):
    held = [role.pk for role in zhang.roles.all()]
    more = [Role.objects.get(code="researcher").pk] if roles else []
    sent = {
        "username": "sales",
        "name": "张伟",
        "department": zhang.department_id,
        "phone": "010-12345678",
        "roles": held + more,
        "version": version_of(zhang),
    }
    answer = desk.post(reverse("user_update", args=[zhang.pk]), sent)
    assert answer.url.startswith("/profile/confirm/") is roles


def test_the_matrix_of_a_role_asks_too(desk):
    role = Role.objects.get(code="researcher")
    for name in ("role_update", "role_delete"):
        answer = desk.post(reverse(name, args=[role.pk]), {"version": role.version})
        assert answer.url.startswith("/profile/confirm/"), name


def test_whoever_has_just_signed_in_is_not_asked(zhou, zhang):
    browser = Client()
    browser.post("/login/", {"login": "sysadmin", "password": PASSWORD})
    url = reverse("user_deactivate", args=[zhang.pk])
    sent = {"version": version_of(zhang)}
    assert browser.post(url, sent).url == zhang.get_absolute_url()
