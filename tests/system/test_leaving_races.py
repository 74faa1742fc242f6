"""Who leaves while others work: nothing new stays behind on a closed account."""

import datetime
import threading

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from contracts.models import ApprovalRule
from crm.jobs.worker import Worker
from crm.models import Department, Deputy, User
from customers.models import Customer
from system.handovers import work as handovers
from system.leaving.lines import left_with, lines
from system.leaving.relations import name_of, relations
from system.people import administration
from tests.factories import a_customer
from tests.pages import form_of
from tests.people import hire
from tests.races import ROUNDS, is_lost, signed_in, somebody_waits, together

pytestmark = pytest.mark.django_db(transaction=True)


def caught_at_night():
    """Let a night pass."""
    handovers.ask(handovers.catch_late, by=None)
    Worker().drain()


def test_what_is_entered_and_edited_meanwhile_is_not_left_behind(zhou, lina, wang):
    desk, adding, editing = signed_in(zhou), signed_in(lina), signed_in(lina)
    for turn, _round in enumerate(ROUNDS):
        leaver = hire(f"leaver{turn}", "冯刚", "salesperson")
        leaver.refresh_from_db()
        customer = a_customer(leaver)
        name, phone = f"交接途中{turn}有限公司", f"010-623477{turn:02}"
        new = form_of(adding, "/customers/add/") | {"name": name, "owner": leaver.pk}
        edited = form_of(editing, f"/customers/{customer.pk}/edit/") | {"phone": phone}
        sent = {"version": leaver.version, "to": wang.pk, "closes": "on"}
        asked = (
            (desk, f"/system/users/{leaver.pk}/handover/", sent),
            (adding, "/customers/add/", new),
            (editing, f"/customers/{customer.pk}/edit/", edited),
        )

        def work(number, asked=asked):
            browser, address, values = asked[number]
            return browser.post(address, values).status_code

        handed, added, changed = together(3, work)
        if is_lost(handed):
            assert work(0) == 302
        caught_at_night()
        leaver.refresh_from_db()
        assert (leaver.is_active, left_with(leaver)) == (False, [])
        found = Customer.objects.filter(name=name)
        assert [one.owner_id for one in found] == [wang.pk] * (not is_lost(added))
        customer.refresh_from_db()
        assert customer.owner_id == wang.pk
        assert (customer.phone == phone) == (not is_lost(changed))


def owner(leaver, other):
    """Give a customer to somebody."""
    Customer.objects.filter(owner=other).give(leaver.pk)


def member(leaver, other):
    """Take somebody onto a team."""
    Customer.objects.get(owner=other).memberships.create(user=leaver)


def head(leaver, other):
    """Put somebody at the head of a department."""
    Department.objects.create(name="新部门", head=leaver)


def superior(leaver, other):
    """Let somebody report to a person."""
    User.objects.filter(pk=other.pk).update(superior=leaver)


def deputy(leaver, other):
    """Let somebody stand in for a person."""
    days = {"starts_on": localdate(), "ends_on": datetime.date(2099, 1, 1)}
    Deputy.objects.create(person=other, deputy=leaver, **days)


def decider(leaver, other):
    """Let a step of a rule ask somebody."""
    rule = ApprovalRule.objects.create(name="大额合同", amount_from=1, order=7)
    rule.steps.create(asks="person", person=leaver)


WAYS = (owner, member, head, superior, deputy, decider)


@pytest.mark.parametrize("give", WAYS, ids=lambda give: give.__name__)
def test_what_is_just_being_given_keeps_an_account_open(give, zhou, wang):
    a_customer(wang)
    leaver, begun = hire("leaver", "冯刚", "salesperson"), threading.Event()

    def work(number):
        if number:
            assert begun.wait(timeout=60)
            return administration.deactivate(leaver, by=zhou)
        with transaction.atomic():
            give(leaver, wang)
            begun.set()
            somebody_waits()
        return None

    given, closed = together(2, work)
    assert (is_lost(given), is_lost(closed)) == (False, True)
    leaver.refresh_from_db()
    assert leaver.is_active
    assert left_with(leaver)


@pytest.mark.parametrize("give", WAYS, ids=lambda give: give.__name__)
def test_nothing_is_given_to_an_account_that_is_just_being_closed(give, zhou, wang):
    a_customer(wang)
    leaver, begun = hire("leaver", "冯刚", "salesperson"), threading.Event()

    def work(number):
        if number:
            assert begun.wait(timeout=60)
            with transaction.atomic():
                return give(leaver, wang)
        with transaction.atomic():
            administration.deactivate(leaver, by=zhou)
            begun.set()
            somebody_waits()
        return None

    closed, given = together(2, work)
    assert (closed, type(given)) == (None, IntegrityError)
    assert "nobody who works here" in str(given)
    assert left_with(leaver) == []


def test_all_that_can_be_left_with_somebody_comes_to_who_works_here_only():
    handed = {line.key for line in lines()} - {"jobs.Job.person"}
    for field in relations():
        if name_of(field) in handed:
            triggers = {one.name: one for one in field.model._meta.triggers}
            assert f"NEW.{field.column} " in triggers["receiver"].func, name_of(field)


def test_who_gives_to_somebody_just_leaving_is_told_so_in_the_form(lina, wang, zhou):
    browser, customer = signed_in(lina), a_customer(wang)
    leaver, begun = hire("leaver", "冯刚", "salesperson"), threading.Event()
    form = form_of(browser, f"/customers/{customer.pk}/edit/") | {"owner": leaver.pk}
    page = f"/customers/{customer.pk}/edit/"

    def work(number):
        if number:
            assert begun.wait(timeout=60)
            return browser.post(page, form)
        with transaction.atomic():
            administration.deactivate(leaver, by=zhou)
            begun.set()
            somebody_waits()
        return None

    _closed, answer = together(2, work)
    assert answer.status_code == 422
    assert "接收人已离职或停用" in answer.text
    customer.refresh_from_db()
    assert customer.owner == wang
