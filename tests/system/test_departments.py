"""Pages of departments."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from crm.models import Department

pytestmark = pytest.mark.django_db


def test_only_the_administrator_opens_departments(
    zhang, lina, zhao, nobody, sign_in, sales_department
):
    for person in (zhang, lina, zhao, nobody):
        browser = sign_in(person)
        for url in (
            "/system/departments/",
            "/system/departments/add/",
            reverse("department_update", args=[sales_department.pk]),
            reverse("department_delete", args=[sales_department.pk]),
        ):
            assert browser.get(url).status_code == 403
            assert browser.post(url, {"name": "x"}).status_code in (403, 405)


def test_the_tree_shows_what_lies_below_what(
    zhou, zhao, other_department, sign_in, django_assert_max_num_queries
):
    Department.objects.create(name="销售一部一组", parent=zhao.department)
    browser = sign_in(zhou)
    with django_assert_max_num_queries(8):
        answer = browser.get("/system/departments/")
    branches = [(d, one.name, one.strength) for d, one in answer.context["branches"]]
    assert branches == [
        (0, "总公司", 1),
        (1, "销售一部", 1),
        (2, "销售一部一组", 0),
        (1, "销售二部", 0),
    ]


def test_a_department_is_added_with_its_head(zhou, zhang, head_office, sign_in):
    browser = sign_in(zhou)
    sent = {"name": "市场部", "parent": head_office.pk, "head": zhang.pk}
    assert browser.post("/system/departments/add/", sent).status_code == 302
    made = Department.objects.get(name="市场部")
    assert (made.parent, made.head) == (head_office, zhang)
    again = browser.post("/system/departments/add/", sent)
    assert again.status_code == 422
    assert Department.objects.filter(name="市场部").count() == 1


def test_a_cycle_is_refused(zhou, head_office, sales_department, sign_in):
    url = reverse("department_update", args=[head_office.pk])
    sent = {"name": "总公司", "parent": sales_department.pk}
    answer = sign_in(zhou).post(url, sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors["parent"]
    rows = Department.objects.filter(pk=head_office.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(parent=sales_department)


def test_a_cycle_that_only_postgresql_sees_is_told(
    zhou, head_office, sales_department, sign_in, monkeypatch
):
    monkeypatch.setattr(Department, "clean", lambda self: None)
    url = reverse("department_update", args=[head_office.pk])
    sent = {"name": "总公司", "parent": sales_department.pk}
    answer = sign_in(zhou).post(url, sent)
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()
    head_office.refresh_from_db()
    assert head_office.parent is None


def test_only_an_empty_department_is_deleted(
    zhou, zhang, head_office, other_department, sign_in
):
    browser = sign_in(zhou)
    for department in (head_office, zhang.department):
        answer = browser.post(reverse("department_delete", args=[department.pk]))
        assert answer.status_code == 409
        assert answer.context["used_by"]
    url = reverse("department_delete", args=[other_department.pk])
    assert browser.get(url).status_code == 200
    assert browser.post(url).status_code == 302
    assert not Department.objects.filter(pk=other_department.pk).exists()
