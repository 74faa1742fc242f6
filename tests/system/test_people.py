"""Pages of people: entering, editing, disabling, passwords."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.guards.actor import acting
from crm.models import HistoryEntry, Role, User
from tests.factories import a_customer
from tests.people import PASSWORD, hire

pytestmark = pytest.mark.django_db


def fields(person, **changes):
    """Return the fields of a person's form as a browser would send them."""
    sent = {
        "username": person.username,
        "name": person.name,
        "department": person.department_id or "",
        "roles": [role.pk for role in person.roles.all()],
    }
    return {**sent, **changes}


def role(code):
    """Return a shipped role."""
    return Role.objects.get(code=code)


@pytest.mark.parametrize("who", ["zhang", "lina", "zhao", "chen", "nobody"])
def test_only_the_administrator_opens_people(who, zhou, sign_in, request):
    browser = sign_in(request.getfixturevalue(who))
    pages = ["", "add/", f"{zhou.pk}/", f"{zhou.pk}/edit/", f"{zhou.pk}/password/"]
    for page in pages:
        assert browser.get(f"/system/users/{page}").status_code == 403, page
    before = User.objects.values().get(pk=zhou.pk)
    for page in ["add/", *pages[3:], f"{zhou.pk}/deactivation/"]:
        sent = browser.post(f"/system/users/{page}", {"name": "坏人", "password": "x"})
        assert sent.status_code == 403, page
    assert User.objects.values().get(pk=zhou.pk) == before


def test_people_are_found_by_conditions(zhou, zhang, wang, lina, sign_in):
    browser = sign_in(zhou)
    for query, found in (
        ({"q": "张"}, {zhang}),
        ({"department": zhang.department_id}, {zhang}),
        ({"roles": role("salesperson").pk}, {zhang, wang}),
        ({"roles": [role("salesperson").pk, lina.roles.get().pk]}, {zhang, wang, lina}),
        ({"is_active": "false"}, set()),
        ({"username": "infoadmin", "sort": "-department"}, {lina}),
    ):
        answer = browser.get("/system/users/", query)
        assert not answer.context["errors"], query
        assert set(answer.context["page_obj"].object_list) == found, query


def test_a_bad_condition_shows_nobody(zhou, sign_in):
    answer = sign_in(zhou).get("/system/users/?salary=1")
    assert answer.context["errors"]
    assert list(answer.context["page_obj"].object_list) == []


def test_more_people_cost_no_more_queries(
    zhou, sign_in, django_assert_max_num_queries, sales_department
):
    browser = sign_in(zhou)
    for number in range(12):
        hire(f"p{number}", f"员工{number}", "salesperson", department=sales_department)
    with django_assert_max_num_queries(12):
        browser.get("/system/users/")


def test_a_random_password_is_shown_once_and_works(zhou, sales_department, sign_in):
    browser = sign_in(zhou)
    sent = {
        "username": "newcomer",
        "name": "马云飞",
        "department": sales_department.pk,
        "roles": [role("salesperson").pk],
    }
    answer = browser.post("/system/users/add/", sent)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    page = answer.content.decode()
    password = re.search(r'class="secret">([^<]+)<', page).group(1)
    person = User.objects.get(username="newcomer")
    assert person.check_password(password)
    assert [r.code for r in person.roles.all()] == ["salesperson"]
    assert password not in browser.get(person.get_absolute_url()).content.decode()
    assert HistoryEntry.objects.filter(actor_id=zhou.pk, label="crm.user").exists()


@pytest.mark.parametrize(
    "password", ["5201314", "12345678", "Ab1", "newcomer", "p" * 5000]
)
def test_a_weak_password_is_refused(zhou, sign_in, password):
    sent = {"username": "newcomer", "name": "新人", "password": password}
    answer = sign_in(zhou).post("/system/users/add/", sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors["password"]
    assert not User.objects.filter(username="newcomer").exists()


def test_a_typed_password_is_never_sent_back(zhou, sign_in):
    sent = {"username": "", "name": "新人", "password": "马到成功-四个字-2026"}
    answer = sign_in(zhou).post("/system/users/add/", sent)
    assert answer.status_code == 422
    assert "马到成功" not in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"username": "SALES"}, "username"),
        ({"name": ""}, "name"),
        ({"phone": "not a phone"}, "phone"),
        ({"joined_on": "0001-01-01"}, "joined_on"),
        ({"joined_on": "2026-02-01", "left_on": "2026-01-01"}, "left_on"),
        ({"roles": ["999999"]}, "roles"),
        ({"department": "999999"}, "department"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(zhou, zhang, sign_in, changes, wrong):
    person = hire("someone", "某人")
    before = User.objects.values().get(pk=person.pk)
    answer = sign_in(zhou).post(
        reverse("user_update", args=[person.pk]), fields(person, **changes)
    )
    assert answer.status_code == 422
    assert wrong in answer.context["form"].errors
    assert User.objects.values().get(pk=person.pk) == before


def test_nobody_reports_to_those_who_report_to_them(zhou, zhang, liu, sign_in):
    User.objects.filter(pk=liu.pk).update(superior=zhang)
    sent = fields(zhang, superior=liu.pk)
    answer = sign_in(zhou).post(reverse("user_update", args=[zhang.pk]), sent)
    assert answer.status_code == 422
    assert "superior" in answer.context["form"].errors


def test_fields_that_the_form_lacks_are_ignored(zhou, zhang, sign_in):
    extra = {"is_active": "", "is_superuser": "1", "last_login": "2020-01-01"}
    url = reverse("user_update", args=[zhang.pk])
    assert sign_in(zhou).post(url, fields(zhang, **extra)).status_code == 302
    zhang.refresh_from_db()
    assert zhang.is_active


def test_a_role_counts_with_the_next_request(zhou, zhang, sign_in):
    theirs = Client()
    theirs.force_login(zhang)
    assert theirs.get("/customers/").status_code == 200
    url = reverse("user_update", args=[zhang.pk])
    assert sign_in(zhou).post(url, fields(zhang, roles=[])).status_code == 302
    assert theirs.get("/customers/").status_code == 403
    taken = HistoryEntry.objects.filter(label="crm.roleassignment", verb="removed")
    assert taken.get().actor_id == zhou.pk


def test_disabling_ends_sessions_at_once(zhou, zhang, sign_in):
    theirs = Client()
    theirs.force_login(zhang)
    browser = sign_in(zhou)
    answer = browser.post(reverse("user_deactivate", args=[zhang.pk]), follow=True)
    assert "张伟已不能登录" in answer.content.decode()
    assert theirs.get("/customers/").status_code == 302
    assert authenticate(None, username="sales", password=PASSWORD) is None
    entry = HistoryEntry.objects.filter(verb="deactivated").get()
    assert (entry.actor_id, entry.object_id) == (zhou.pk, zhang.pk)
    browser.post(reverse("user_reactivate", args=[zhang.pk]))
    assert authenticate(None, username="sales", password=PASSWORD) == zhang


def test_the_page_tells_what_a_person_owns(
    zhou, zhang, wang, sign_in, django_assert_max_num_queries
):
    for owner in (zhang, zhang, wang):
        a_customer(owner)
    browser = sign_in(zhou)
    with django_assert_max_num_queries(12):
        answer = browser.get(zhang.get_absolute_url())
    (customers,) = answer.context["owned"]
    assert customers["count"] == 2
    assert reverse("user_handover", args=[zhang.pk]) in answer.content.decode()
    assert customers["url"] is None  # the administrator reads no customers


def test_nobody_disables_or_demotes_themselves(zhou, sign_in):
    second = hire("sysadmin2", "周二", "system_administrator")
    browser = sign_in(zhou)
    answer = browser.post(reverse("user_deactivate", args=[zhou.pk]))
    assert answer.status_code == 422
    answer = browser.post(
        reverse("user_update", args=[zhou.pk]), fields(zhou, roles=[])
    )
    assert answer.status_code == 422
    assert "roles" in answer.context["form"].errors
    zhou.refresh_from_db()
    assert zhou.is_active
    assert zhou.roles.count() == 1
    assert second.is_active


def test_the_last_administrator_stays(zhou, nobody, sign_in):
    helper = Role.objects.create(
        code="personnel",
        name="人事",
        grants={"crm.view_user": "all", "crm.change_user": "all"},
    )
    nobody.role_assignments.create(role=helper)
    browser = sign_in(nobody)
    for name in ("update", "password", "deactivate"):
        answer = browser.post(reverse(f"user_{name}", args=[zhou.pk]), fields(zhou))
        assert answer.status_code == 404, name
    zhou.refresh_from_db()
    assert zhou.is_active


def test_the_last_administrator_has_no_last_day(zhou, sign_in):
    browser, soon = sign_in(zhou), timezone.localdate() + timedelta(days=30)
    address = reverse("user_update", args=[zhou.pk])
    answer = browser.post(address, fields(zhou, left_on=soon))
    assert answer.status_code == 422
    assert "最后一名" in str(answer.context["form"].errors)
    second = hire("sysadmin2", "周二", "system_administrator")
    assert browser.post(address, fields(zhou, left_on=soon)).status_code == 302
    zhou.refresh_from_db()
    assert zhou.left_on == soon
    address = reverse("user_update", args=[second.pk])
    assert browser.post(address, fields(second, left_on=soon)).status_code == 422


def test_a_last_day_that_is_over_closes_no_account_with_records(
    zhou, zhang, wang, sign_in
):
    customer, browser = a_customer(zhang), sign_in(zhou)
    yesterday = timezone.localdate() - timedelta(days=1)
    address = reverse("user_update", args=[zhang.pk])
    answer = browser.post(address, fields(zhang, left_on=yesterday))
    assert answer.status_code == 422
    assert "客户 1" in str(answer.context["form"].errors)
    with acting(None, verb="transferred"):
        type(customer).objects.filter(pk=customer.pk).update(owner=wang, reporter=wang)
    assert browser.post(address, fields(zhang, left_on=yesterday)).status_code == 302
    page = browser.get(f"/system/users/{zhang.pk}/").text
    assert "已离职" in page
    assert 'data-status="inactive"' in page
    rows = browser.get("/system/users/?is_active=false").context["page_obj"]
    assert list(rows.object_list) == [zhang]


def test_whoever_may_not_change_roles_gives_none(zhou, zhang, nobody, sign_in):
    helper = Role.objects.create(
        code="personnel",
        name="人事",
        grants={"crm.view_user": "all", "crm.change_user": "all"},
    )
    nobody.role_assignments.create(role=helper)
    sent = fields(zhang, roles=[role("system_administrator").pk])
    answer = sign_in(nobody).post(reverse("user_update", args=[zhang.pk]), sent)
    assert answer.status_code == 302
    assert [r.code for r in zhang.roles.all()] == ["salesperson"]


def test_reach_limits_whom_one_administers(zhou, zhang, wang, nobody, sign_in):
    helper = Role.objects.create(
        code="personnel",
        name="人事",
        grants=dict.fromkeys(("crm.view_user", "crm.change_user"), "department"),
    )
    zhang.role_assignments.create(role=helper)
    browser = sign_in(zhang)
    shown = browser.get("/system/users/").context["page_obj"].object_list
    assert list(shown) == [zhang]
    assert browser.get(wang.get_absolute_url()).status_code == 404


def test_another_password_ends_the_other_sessions(zhou, zhang, sign_in):
    theirs = Client()
    theirs.force_login(zhang)
    url = reverse("user_password", args=[zhang.pk])
    new = "一个很长的新密码2026"
    answer = sign_in(zhou).post(url, {"password": new})
    assert answer.status_code == 302
    assert theirs.get("/customers/").status_code == 302
    assert authenticate(None, username="sales", password=new) == zhang
    assert HistoryEntry.objects.filter(verb="password_set").get().object_id == zhang.pk


def test_the_page_of_a_person_names_who_is_signed_in(zhou, zhang, sign_in):
    browser = sign_in(zhou)
    for name in ("detail", "update", "password"):
        answer = browser.get(reverse(f"user_{name}", args=[zhang.pk]))
        assert answer.context["user"] == zhou, name


def test_ones_own_password_is_not_set_here(zhou, sign_in):
    url = reverse("user_password", args=[zhou.pk])
    assert sign_in(zhou).get(url).status_code == 404


def test_changing_addresses_take_no_get(zhou, zhang, sign_in):
    browser = sign_in(zhou)
    for name in ("deactivate", "reactivate"):
        url = reverse(f"user_{name}", args=[zhang.pk])
        assert browser.get(url).status_code == 405
