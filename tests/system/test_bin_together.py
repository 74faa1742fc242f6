"""The recycle bin: what comes back together, and what goes for good."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contracts import approval
from contracts.models import Contract
from crm.guards.actor import acting
from crm.jobs import shipped
from crm.jobs.asking import ask
from crm.jobs.models import Schedule
from crm.jobs.worker import Worker
from crm.kinds import business
from crm.models import HistoryEntry
from customers.models import Contact, Customer
from feedback.models import Interaction
from system.recycle_bin.work import purge
from tests.factories import a_contact, a_contract, a_customer, an_interaction
from tests.pages import form_of, shows

pytestmark = pytest.mark.django_db

BIN = "/system/recycle-bin/"


def together_with(record):
    """Return the address of what comes back with a record."""
    args = [record._meta.label_lower, record.pk]
    return reverse("recycle_bin_restore_with", args=args)


def gone(by, *records, ago=0):
    """Delete some records, so many days ago."""
    for record in records:
        record.discard(by)
        moment = timezone.now() - timedelta(days=ago)
        type(record).everything.filter(pk=record.pk).update(deleted_at=moment)


@pytest.fixture
def house(zhang):
    """A customer with contacts and an interaction of one of them, all deleted."""
    customer = a_customer(zhang, name="昆明滇池食品有限公司")
    first, second = a_contact(customer, name="李雷"), a_contact(customer, name="韩梅")
    talk = an_interaction(customer, contact=first, subject="谈年度框架")
    gone(zhang, talk, first, second, customer)
    return customer


# --- Back together --------------------------------------------------------------------


def test_what_comes_back_is_told_before_and_comes_back(house, zhang, sign_in):
    browser, url = sign_in(zhang), together_with(house)
    assert url in browser.get(BIN).text
    page = browser.get(url)
    for name in ("李雷", "韩梅", "谈年度框架"):
        assert shows(page, name)
    assert not Customer.objects.exists()
    answer = browser.post(url, {"version": page.context["version"]}, follow=True)
    assert shows(answer, "已恢复：昆明滇池食品有限公司，及其他 3 条")
    assert Contact.objects.count() == 2
    assert Interaction.objects.get().subject == "谈年度框架"
    told = HistoryEntry.objects.filter(verb="restored", actor_id=zhang.pk)
    assert told.count() == 4
    assert browser.get(url).status_code == 404


def test_alone_it_comes_back_alone(house, zhang, sign_in):
    args = ["customers.customer", house.pk]
    sign_in(zhang).post(reverse("recycle_bin_restore", args=args))
    assert Customer.objects.count() == 1
    assert not Contact.objects.exists()


def test_what_was_deleted_long_before_stays(zhang, sign_in):
    customer = a_customer(zhang)
    old, new = a_contact(customer, name="旧人"), a_contact(customer, name="新人")
    gone(zhang, old, ago=3)
    gone(zhang, new, customer)
    browser = sign_in(zhang)
    assert not shows(browser.get(together_with(customer)), "旧人")
    browser.post(together_with(customer))
    assert [contact.name for contact in Contact.objects.all()] == ["新人"]


def test_what_belongs_to_something_else_that_stays_stays(zhang, sign_in):
    customer = a_customer(zhang)
    contact = a_contact(customer)
    talk = an_interaction(customer, contact=contact)
    gone(zhang, talk)
    gone(zhang, contact, ago=3)
    gone(zhang, customer)
    Interaction.everything.update(deleted_at=timezone.now() - timedelta(minutes=5))
    answer = sign_in(zhang).post(together_with(customer))
    assert answer.status_code == 302
    assert Customer.objects.exists()
    assert not Contact.objects.exists()
    assert not Interaction.objects.exists()


def test_only_what_one_may_bring_back_comes(zhang, wang, house, sign_in):
    assert sign_in(wang).get(together_with(house)).status_code == 404
    assert sign_in(wang).post(together_with(house)).status_code == 404
    assert not Customer.objects.exists()


def test_a_place_that_is_taken_stops_all_of_it(zhang, sign_in):
    customer = a_customer(zhang)
    first = a_contact(customer, external_number="L-1")
    gone(zhang, first, customer)
    a_contact(a_customer(zhang), external_number="L-1")
    answer = sign_in(zhang).post(together_with(customer))
    assert answer.status_code == 409
    assert not Customer.objects.filter(pk=customer.pk).exists()


def test_the_bin_costs_the_same_for_many(lina, zhang, sign_in):
    costs, browser = [], sign_in(lina)
    for number in (1, 6):
        for _time in range(number):
            customer = a_customer(zhang)
            gone(zhang, a_contact(customer), customer)
        browser.get(BIN)
        with CaptureQueriesContext(connection) as queries:
            browser.get(BIN)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12


def test_bringing_back_costs_the_same_for_more_kinds(zhang, sign_in):
    costs, browser = [], sign_in(zhang)
    for kinds in (1, 3):
        customer = a_customer(zhang)
        parts = [a_contact(customer)]
        if kinds > 1:
            parts.append(an_interaction(customer))
            parts.append(a_contract(zhang, customer=customer))
        gone(zhang, *parts, customer)
        with CaptureQueriesContext(connection) as queries:
            answer = browser.post(together_with(customer))
        assert answer.status_code == 302
        assert all(type(part).objects.filter(pk=part.pk).exists() for part in parts)
        costs.append(len(queries))
    assert costs[0] == costs[1]


# --- Gone for good --------------------------------------------------------------------


def run_purge(days=180):
    """Have the bin emptied as the schedule does, once somebody has switched it on."""
    shipped.fill()
    Schedule.objects.filter(task_path=purge.module_path).update(after_days=days)
    job, worker = ask(purge, by=None), Worker()
    while worker.work():
        pass
    worker.lease.close()
    job.refresh_from_db()
    assert job.status == "done"


def test_what_has_lain_long_enough_goes_with_its_parts(zhang, lina):
    customer, young = a_customer(zhang), a_customer(zhang)
    contact = a_contact(customer)
    gone(zhang, contact, customer, ago=181)
    gone(zhang, young, ago=179)
    live = a_customer(zhang)
    run_purge()
    assert set(Customer.everything.all()) == {young, live}
    assert not Contact.everything.exists()
    told = HistoryEntry.objects.filter(verb="purged")
    assert {entry.subject_id for entry in told} == {customer.pk, contact.pk}
    earlier = HistoryEntry.objects.filter(verb="deleted", subject_id=customer.pk)
    assert earlier.exists()


def test_what_anything_refers_to_stays(zhang):
    parent = a_customer(zhang)
    child = a_customer(zhang, parent=parent)
    gone(zhang, child, ago=100)
    gone(zhang, parent, ago=200)
    run_purge()
    assert set(Customer.everything.all()) == {parent, child}


def test_a_contract_that_was_submitted_for_approval_stays(zhang, zhao):
    never, handed_in = a_contract(zhang), a_contract(zhang, amount=200_000)
    approval.submit(handed_in, by=zhang)
    approval.recall(handed_in, by=zhang)
    for contract in (never, handed_in):
        contract.refresh_from_db()
        gone(zhang, contract, ago=400)
    run_purge()
    assert [row.pk for row in Contract.everything.all()] == [handed_in.pk]


def test_it_is_switched_off_until_somebody_wants_it(zhou, sign_in):
    shipped.fill()
    schedule = Schedule.objects.get(task_path=purge.module_path)
    assert (schedule.active, schedule.after_days) == (False, 180)
    browser, url = sign_in(zhou), f"/system/schedules/{schedule.pk}/edit/"
    sent = form_of(browser, url) | {"active": "on"}
    for wrong in ("", "0", "29", "9999999", "x"):
        assert browser.post(url, {**sent, "after_days": wrong}).status_code == 422
    assert browser.post(url, {**sent, "after_days": "60"}).status_code == 302
    schedule.refresh_from_db()
    assert (schedule.active, schedule.after_days) == (True, 60)
    other = Schedule.objects.exclude(pk=schedule.pk).first()
    page = browser.get(f"/system/schedules/{other.pk}/edit/")
    assert 'name="after_days"' not in page.text


@pytest.mark.parametrize("kind", business(), ids=lambda kind: kind._meta.label)
def test_every_kind_is_deleted_for_good_by_that_alone(kind):
    names = [trigger.name for trigger in kind._meta.triggers]
    assert names.count("never_deleted") == 1


def test_postgresql_refuses_any_other_way(zhang):
    customer = a_customer(zhang)
    for ago, verb in ((None, "purged"), (29, "purged"), (400, ""), (400, "deleted")):
        if ago is not None:
            Customer.everything.filter(pk=customer.pk).update(
                deleted_at=timezone.now() - timedelta(days=ago)
            )
        with (
            pytest.raises(DatabaseError, match="Cannot delete"),
            transaction.atomic(),
            acting(zhang, verb=verb),
        ):
            Customer.everything.filter(pk=customer.pk).delete()
