"""Somebody joins: account, department, roles and customers by one form."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contracts import approval
from contracts.models import ApprovalRule
from crm.models import Department, HistoryEntry, Role, User
from system.leaving.lines import left_with
from system.leaving.models import Handover
from system.people import administration
from tests.contracts.test_approval import LARGE
from tests.factories import a_contract, a_customer
from tests.people import hire

pytestmark = pytest.mark.django_db
ADD = "/system/users/add/"


@pytest.fixture
def boss(head_office):
    """何总 administers people and all information."""
    roles = ("system_administrator", "information_administrator")
    return hire("boss", "何总", *roles, department=head_office)


def sent(department, **more):
    """Return the form of a newcomer as a browser sends it."""
    role = Role.objects.get(code="salesperson")
    basics = {"username": "xu", "name": "徐明", "password": "Peng-Hao-72x"}
    return {**basics, "department": department.pk, "roles": [role.pk], **more}


def test_a_newcomer_takes_over_customers_in_a_new_department(
    boss, zhang, wang, sales_department, sign_in
):
    mine = [a_customer(zhang) for _time in range(3)]
    contract, other = a_contract(zhang, customer=mine[0]), a_customer(wang)
    data = sent(sales_department, new_department="华南组", customers_of=zhang.pk)
    answer = sign_in(boss).post(ADD, data)
    assert answer.status_code == 302
    person = User.objects.get(username="xu")
    assert str(person.department) == "华南组"
    assert person.department.parent == sales_department
    assert [role.code for role in person.roles.all()] == ["salesperson"]
    for record in (*mine, contract, other):
        record.refresh_from_db()
    assert {record.owner for record in (*mine, contract)} == {person}
    assert other.owner == wang
    told = HistoryEntry.objects.filter(verb="transferred", actor_id=boss.pk)
    assert {entry.object_id for entry in told.filter(label="customers.customer")} == {
        customer.pk for customer in mine
    }


def test_all_of_it_is_done_or_nothing(boss, zhang, sales_department, sign_in):
    """张伟 has no customer at all."""
    data = sent(sales_department, new_department="华南组", customers_of=zhang.pk)
    answer = sign_in(boss).post(ADD, data)
    assert answer.status_code == 422
    assert "customers_of" in answer.context["form"].errors
    assert not User.objects.filter(username="xu").exists()
    assert not Department.objects.filter(name="华南组").exists()


def test_a_department_that_exists_is_chosen_not_made(
    boss, head_office, sales_department, sign_in
):
    answer = sign_in(boss).post(ADD, sent(head_office, new_department="销售一部"))
    assert answer.status_code == 422
    assert "new_department" in answer.context["form"].errors


def test_who_may_not_change_customers_hands_none_over(
    zhou, zhang, sales_department, sign_in
):
    customer, browser = a_customer(zhang), sign_in(zhou)
    assert "customers_of" not in browser.get(ADD).context["form"].fields
    answer = browser.post(ADD, sent(sales_department, customers_of=zhang.pk))
    assert answer.status_code == 302
    customer.refresh_from_db()
    assert customer.owner == zhang


def test_a_newcomer_takes_the_place_of_who_leaves(
    zhou, zhang, wang, sales_department, sign_in
):
    """The administrator, who sees no customer, hands a leaver's work over."""
    contract, browser = a_contract(zhang), sign_in(zhou)
    refused = browser.post(ADD, sent(sales_department, replaces=zhang.pk))
    assert "replaces" in refused.context["form"].errors  # nobody says that he leaves
    administration.leave(zhang, timezone.localdate() + timedelta(days=3), by=zhou)
    answer = browser.post(ADD, sent(sales_department, replaces=zhang.pk), follow=True)
    person, handover = User.objects.get(username="xu"), Handover.objects.get()
    assert handover.get_absolute_url() in answer.text
    for record in (contract, contract.customer):
        record.refresh_from_db()
        assert record.owner == person
    zhang.refresh_from_db()
    assert (left_with(zhang), zhang.is_active) == ([], True)  # until the last day


def test_a_newcomer_is_told_what_still_stays_with_who_leaves(
    zhou, zhang, zhao, sales_department, sign_in
):
    pending = a_contract(zhang, amount=LARGE)
    approval.submit(pending, by=zhang)
    administration.leave(zhang, timezone.localdate() + timedelta(days=3), by=zhou)
    given = sent(sales_department, replaces=zhang.pk)
    page = sign_in(zhou).post(ADD, given, follow=True).text
    assert "已部分交接" in page
    assert Handover.objects.get().get_absolute_url() in page


def test_of_those_who_leave_whoever_has_something_left_is_offered(
    zhou, zhang, wang, liu, sales_department, sign_in
):
    """Years of leavers are found by their names; nobody scrolls through them."""
    a_customer(zhang)
    for person in (zhang, wang):
        administration.leave(person, timezone.localdate(), by=zhou)
    browser = sign_in(zhou)
    field = browser.get(ADD).context["form"].fields["replaces"]
    offered = [str(pk) for pk, _name in field.widget.choices]
    assert offered == ["", str(zhang.pk)]
    sought = browser.get("/options/crm.user/?leaving=1").json()["results"]
    assert {row["id"] for row in sought} == {zhang.pk, wang.pk}
    answer = browser.post(ADD, sent(sales_department, replaces=wang.pk))
    assert "没有" in str(answer.context["form"].errors["replaces"])
    without_script = sent(sales_department, **{"replaces-search": zhang.name})
    assert browser.post(ADD, without_script).status_code == 302
    assert not left_with(zhang)


def test_nobody_is_asked_for_decisions_by_joining(
    zhou, zhao, sales_department, sign_in
):
    ApprovalRule.objects.create(name="大额", last_resort=zhao)
    administration.leave(zhao, timezone.localdate(), by=zhou)
    answer = sign_in(zhou).post(ADD, sent(sales_department, replaces=zhao.pk))
    assert "审批规则" in str(answer.context["form"].errors["replaces"])
    assert not User.objects.filter(username="xu").exists()
