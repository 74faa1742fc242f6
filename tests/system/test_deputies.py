"""Pages of deputies: who decides for whom."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from crm.models import Deputy

pytestmark = pytest.mark.django_db
ADD = "/system/deputies/add/"


def days(start, end, **more):
    """Return the fields of a form for some days of March 2027."""
    return {"starts_on": f"2027-03-{start}", "ends_on": f"2027-03-{end}", **more}


def absence(person, deputy, start, end):
    """Return a stored absence of some days of March 2027."""
    return Deputy.objects.create(
        person=person,
        deputy=deputy,
        starts_on=datetime.date(2027, 3, start),
        ends_on=datetime.date(2027, 3, end),
    )


def test_salespeople_have_no_deputies(zhang, lina, nobody, sign_in):
    for person in (zhang, lina, nobody):
        browser = sign_in(person)
        assert browser.get("/system/deputies/").status_code == 403
        assert browser.post(ADD, {}).status_code == 403


def test_supervisors_arrange_their_own_only(zhao, sun, qian, sign_in):
    theirs = absence(sun, qian, 1, 2)
    browser = sign_in(zhao)
    sent = days("08", "12", deputy=qian.pk, person=sun.pk)
    assert browser.post(ADD, sent).status_code == 302
    mine = Deputy.objects.get(person=zhao)
    assert mine.deputy == qian
    shown = browser.get("/system/deputies/").context["page_obj"].object_list
    assert list(shown) == [mine]
    for name in ("update", "delete"):
        url = reverse(f"deputy_{name}", args=[theirs.pk])
        assert browser.get(url).status_code == 404
        assert browser.post(url, sent).status_code == 404
    assert Deputy.objects.filter(person=sun).get() == theirs


def test_the_administrator_arranges_all(zhou, zhao, sun, sign_in):
    browser = sign_in(zhou)
    sent = days("08", "12", person=zhao.pk, deputy=sun.pk)
    assert browser.post(ADD, sent).status_code == 302
    made = Deputy.objects.get()
    url = reverse("deputy_update", args=[made.pk])
    assert browser.post(url, {**sent, "ends_on": "2027-03-20"}).status_code == 302
    assert browser.post(reverse("deputy_delete", args=[made.pk])).status_code == 302
    assert not Deputy.objects.exists()


@pytest.mark.parametrize(
    ("start", "end", "free"),
    [("01", "07", True), ("12", "13", False), ("01", "08", False), ("13", "14", True)],
)
def test_a_day_has_one_deputy(zhou, zhao, sun, qian, sign_in, start, end, free):
    absence(zhao, sun, 8, 12)
    sent = days(start, end, person=zhao.pk, deputy=qian.pk)
    answer = sign_in(zhou).post(ADD, sent)
    assert answer.status_code == (302 if free else 422)
    assert Deputy.objects.count() == (2 if free else 1)


def test_postgresql_refuses_two_deputies_on_a_day(zhao, sun, qian):
    absence(zhao, sun, 8, 12)
    absence(qian, sun, 8, 12)
    with pytest.raises(IntegrityError), transaction.atomic():
        absence(zhao, qian, 12, 20)


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_on": "2027-03-20"},
        {"starts_on": "0001-01-01"},
        {"ends_on": "sometime"},
        {"deputy": "0"},
        {"deputy": "self"},
    ],
)
def test_what_cannot_be_is_refused(zhou, zhao, sun, sign_in, changes):
    if changes.get("deputy") == "self":
        changes = {"deputy": zhao.pk}
    sent = days("08", "12", person=zhao.pk, deputy=sun.pk) | changes
    assert sign_in(zhou).post(ADD, sent).status_code == 422
    assert not Deputy.objects.exists()


def test_rows_cost_no_more_queries(
    zhou, zhao, sun, sign_in, django_assert_max_num_queries
):
    browser = sign_in(zhou)
    for start in range(1, 20, 2):
        absence(zhao, sun, start, start)
    with django_assert_max_num_queries(10):
        browser.get("/system/deputies/")
