"""The file, the relations and the team of a customer."""

import pytest

from customers.models import FileEntry, Membership, Relation
from tests.factories import a_customer

pytestmark = pytest.mark.django_db


def test_file_shows_all_thirteen_subjects(zhang, sign_in):
    customer = a_customer(zhang)
    answer = sign_in(zhang).get(f"/customers/{customer.pk}/file/")
    assert len(answer.context["subjects"]) == 13


def test_owner_writes_a_subject_with_date_and_author(zhang, sign_in):
    customer = a_customer(zhang)
    data = {"text": "三条产线", "written_on": "2026-11-01"}
    answer = sign_in(zhang).post(
        f"/customers/{customer.pk}/file/production/edit/", data
    )
    assert answer.status_code == 302
    entry = FileEntry.objects.get()
    assert (entry.text, entry.author) == ("三条产线", zhang)
    assert "三条产线" in sign_in(zhang).get(f"/customers/{customer.pk}/file/").text


def test_unknown_subject_is_not_found(zhang, sign_in):
    customer = a_customer(zhang)
    url = f"/customers/{customer.pk}/file/gossip/edit/"
    assert sign_in(zhang).get(url).status_code == 404


def test_reader_of_all_customers_writes_no_file(zhang, chen, sign_in):
    customer = a_customer(zhang)
    browser = sign_in(chen)
    assert browser.get(f"/customers/{customer.pk}/file/").status_code == 200
    url = f"/customers/{customer.pk}/file/market/edit/"
    assert browser.post(url, {"text": "x"}).status_code == 403
    assert not FileEntry.objects.exists()


def test_relation_is_read_from_both_sides(zhang, sign_in):
    supplier, buyer = a_customer(zhang, name="甲厂"), a_customer(zhang, name="乙厂")
    browser = sign_in(zhang)
    url = f"/customers/{supplier.pk}/relations/add/"
    assert browser.post(url, {"kind": "supplies", "other": buyer.pk}).status_code == 302
    there = browser.get(f"/customers/{buyer.pk}/relations/")
    assert there.context["lines"][0]["wording"] == "由其供货"
    for customer in (supplier, buyer):
        tabs = browser.get(customer.get_absolute_url()).context["tabs"]
        assert {tab["key"]: tab["count"] for tab in tabs}["relations"] == 1
    again = browser.post(url, {"kind": "supplies", "other": buyer.pk})
    assert again.status_code == 422
    assert Relation.objects.count() == 1


def test_relation_to_an_unseen_customer_is_no_choice(zhang, wang, sign_in):
    mine, theirs = a_customer(zhang), a_customer(wang)
    url = f"/customers/{mine.pk}/relations/add/"
    answer = sign_in(zhang).post(url, {"kind": "supplies", "other": theirs.pk})
    assert answer.status_code == 422
    assert "other" in answer.context["form"].errors


def test_name_of_an_unseen_customer_is_withheld(zhang, wang, sign_in):
    mine, theirs = a_customer(zhang), a_customer(wang, name="看不见的公司")
    Relation.objects.create(customer=mine, kind="supplies", other=theirs)
    page = sign_in(zhang).get(f"/customers/{mine.pk}/relations/").text
    assert "看不见的公司" not in page


def test_team_member_sees_the_customer_and_writes_only_if_allowed(zhang, wang, sign_in):
    customer = a_customer(zhang)
    browser = sign_in(zhang)
    url = f"/customers/{customer.pk}/team/add/"
    assert browser.post(url, {"user": wang.pk}).status_code == 302
    assert browser.post(url, {"user": wang.pk}).status_code == 422
    member = sign_in(wang)
    assert member.get(f"/customers/{customer.pk}/").status_code == 200
    assert member.get(f"/customers/{customer.pk}/edit/").status_code == 404
    Membership.objects.update(may_write=True)
    assert member.get(f"/customers/{customer.pk}/edit/").status_code == 200


def test_a_team_member_does_not_arrange_the_team(zhang, wang, liu, sign_in):
    customer = a_customer(zhang)
    customer.memberships.create(user=wang, may_write=True)
    url = f"/customers/{customer.pk}/team/add/"
    assert sign_in(wang).post(url, {"user": liu.pk}).status_code == 403
    assert customer.memberships.count() == 1


@pytest.mark.parametrize("tab", ["relations", "team"])
def test_whoever_takes_a_part_away_second_is_told(zhang, wang, lina, sign_in, tab):
    customer = a_customer(zhang)
    if tab == "team":
        part = Membership.objects.create(customer=customer, user=wang)
    else:
        other = a_customer(zhang)
        part = Relation.objects.create(customer=customer, other=other, kind="supplier")
    url = f"/customers/{customer.pk}/{tab}/{part.pk}/delete/"
    customer.refresh_from_db()
    first, second = sign_in(zhang), sign_in(lina)
    assert first.post(url, {"version": customer.version}).status_code == 302
    customer.refresh_from_db()
    late = second.post(url, {"version": customer.version})
    assert late.status_code == 409
    assert "此记录已由他人处理" in late.text
