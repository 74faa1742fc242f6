"""Counterparts: who looks after what, when they met, when the next talk is due."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from crm.duplicates.merging import merge
from crm.duplicates.undoing import undo
from crm.models import HistoryEntry
from customers.counterparts import standing, without_one
from customers.models import Contact, Counterpart, Customer
from feedback.models import Interaction
from tests.crm.test_bulk import choose, confirm
from tests.crm.test_bulk import undo as take_back
from tests.factories import (
    a_contact,
    a_counterpart,
    a_customer,
    an_interaction,
    an_item,
    stamps,
)

pytestmark = pytest.mark.django_db


def ago(days):
    """Return the day so many days ago."""
    return timezone.localdate() - timedelta(days=days)


def at(days):
    """Return noon so many days ago."""
    return timezone.localtime().replace(hour=0, minute=30) - timedelta(days=days)


def met(counterpart):
    """Return when they last met and when the next contact is due, as it is kept."""
    counterpart.refresh_from_db()
    return counterpart.last_met_on, counterpart.due_on


@pytest.fixture
def watched(zhang):
    """张伟 looks after the purchases at a customer of his, every 30 days."""
    customer = a_customer(zhang)
    contact = a_contact(customer)
    return a_counterpart(
        customer, zhang, subject="采购", contact=contact, since=ago(100)
    )


def test_who_has_not_met_is_due_a_rhythm_after_the_first_day(watched):
    assert met(watched) == (None, ago(70))
    assert watched.days_overdue == 70


def test_who_has_just_come_is_not_late(zhang):
    customer = a_customer(zhang)
    an_interaction(customer, occurred_at=at(200))
    new = a_counterpart(customer, zhang, since=ago(1))
    assert met(new) == (ago(200), ago(-29))
    assert new.days_overdue == 0


@pytest.mark.parametrize("by", ["zhang", "wang"])
def test_what_the_person_had_counts_and_what_was_with_the_contact(
    by, watched, wang, zhang
):
    customer, person = watched.customer, {"zhang": zhang, "wang": wang}[by]
    an_interaction(customer, by=wang, occurred_at=at(1))
    assert met(watched) == (None, ago(70))  # neither is theirs
    contact = watched.contact if by == "wang" else None
    an_interaction(customer, by=person, contact=contact, occurred_at=at(9))
    assert met(watched) == (ago(9), ago(-21))


def test_a_talk_at_another_customer_does_not_count(watched, zhang):
    an_interaction(a_customer(zhang), by=zhang, occurred_at=at(1))
    assert met(watched)[0] is None


def test_the_day_is_that_of_shanghai(watched):
    early = timezone.localtime().replace(hour=0, minute=5) - timedelta(days=3)
    an_interaction(watched.customer, occurred_at=early)
    assert met(watched)[0] == ago(3)


def test_only_the_latest_counts_and_what_goes_gives_way(watched, zhang, wang, lina):
    customer = watched.customer
    an_interaction(customer, occurred_at=at(20))
    latest = an_interaction(customer, occurred_at=at(5))
    an_interaction(customer, occurred_at=at(12))
    assert met(watched)[0] == ago(5)
    latest.occurred_at = at(2)
    latest.save(update_fields=["occurred_at"])
    assert met(watched)[0] == ago(2)
    latest.discard(zhang)
    assert met(watched)[0] == ago(12)
    latest.restore(lina)
    assert met(watched)[0] == ago(2)
    Interaction.objects.filter(pk=latest.pk).update(owner=wang)
    assert met(watched)[0] == ago(12)
    Interaction.objects.filter(pk=latest.pk).update(contact=watched.contact)
    assert met(watched)[0] == ago(2)
    Interaction.objects.filter(pk=latest.pk).update(contact=None)
    assert met(watched)[0] == ago(12)


def test_what_is_not_in_the_books_counts_once_it_is(watched, lina):
    reported = an_interaction(watched.customer, registered=False, occurred_at=at(4))
    assert met(watched)[0] is None
    reported.register(lina)
    assert met(watched)[0] == ago(4)


def test_many_written_at_once_count(watched, zhang):
    call = an_item("interaction_method", "call")
    Interaction.objects.bulk_create(
        Interaction(
            customer=watched.customer,
            subject="电话",
            method=call,
            occurred_at=at(days),
            **stamps(zhang),
        )
        for days in (8, 3, 6)
    )
    assert met(watched)[0] == ago(3)


def test_a_talk_that_moves_to_another_customer_counts_there(watched, zhang):
    other = a_counterpart(a_customer(zhang), zhang)
    talk = an_interaction(watched.customer, occurred_at=at(4))
    talk.customer = other.customer
    talk.save(update_fields=["customer"])
    assert (met(watched)[0], met(other)[0]) == (None, ago(4))


def test_who_takes_over_has_met_when_they_have_met(watched, wang):
    an_interaction(watched.customer, occurred_at=at(4))
    an_interaction(watched.customer, by=wang, occurred_at=at(40))
    Counterpart.objects.filter(pk=watched.pk).give(wang.pk)
    assert met(watched)[0] == ago(40)
    Counterpart.objects.filter(pk=watched.pk).update(contact=None)
    assert met(watched)[0] == ago(40)


def test_who_takes_over_is_not_late_on_that_day(zhang, wang):
    old = a_counterpart(a_customer(zhang), zhang, since=ago(300), rhythm_days=7)
    assert old.days_overdue == 293
    Counterpart.objects.filter(pk=old.pk).give(wang.pk)
    old.refresh_from_db()
    assert (old.since, old.taken_over_on, old.due_on) == (ago(300), ago(0), ago(-7))
    assert old.days_overdue == 0


def test_taking_a_transfer_back_puts_back_what_went_with_it(
    watched, wang, lina, other_department, sign_in
):
    Counterpart.objects.filter(pk=watched.pk).update(our_department=other_department)
    same = {"subject": "采购", "contact": watched.contact}
    a_counterpart(watched.customer, wang, **same)
    browser = sign_in(lina)
    act = choose(browser, "transfer", watched, kind="counterparts")
    act = confirm(browser, act, to=wang.pk)
    watched.refresh_from_db()
    assert (watched.owner, watched.until) == (wang, ago(1))
    take_back(browser, act)
    watched.refresh_from_db()
    assert watched.owner.username == "sales"
    assert (watched.until, watched.taken_over_on) == (None, None)
    assert watched.our_department == other_department


def test_a_talk_makes_no_version_and_no_news(watched):
    version = watched.version
    an_interaction(watched.customer, occurred_at=at(4))
    watched.refresh_from_db()
    entries = HistoryEntry.objects.filter(
        label="customers.counterpart", object_id=watched.pk
    )
    assert (watched.version, entries.count()) == (version, 1)


def test_after_the_end_nothing_is_due(zhang):
    customer = a_customer(zhang)
    ended = a_counterpart(customer, zhang, since=ago(100), until=ago(90))
    assert met(ended) == (None, None)
    missed = a_counterpart(customer, zhang, since=ago(100), until=ago(5))
    assert met(missed)[1] == ago(70)
    assert missed.days_overdue == 0
    assert not standing(Counterpart.objects.all(), ["overdue"]).exists()
    assert standing(Counterpart.objects.all(), ["ended"]).count() == 2


def test_how_one_stands_is_asked_of_the_list(zhang):
    customer = a_customer(zhang)
    late = a_counterpart(customer, zhang, since=ago(31))
    today = a_counterpart(customer, zhang, since=ago(30))
    week = a_counterpart(customer, zhang, since=ago(23))
    later = a_counterpart(customer, zhang, since=ago(22))
    rows = Counterpart.objects.order_by("pk")
    for states, found in (
        (["overdue"], [late]),
        (["soon"], [today, week]),
        (["overdue", "soon"], [late, today, week]),
        (["running"], [late, today, week, later]),
        (["ended"], []),
    ):
        assert list(standing(rows, states)) == found, states


def test_what_is_not_in_the_books_is_not_overdue(zhang):
    reported = a_counterpart(a_customer(zhang), zhang, registered=False, since=ago(90))
    assert reported.days_overdue == 0
    assert not standing(Counterpart.objects.all(), ["overdue"]).exists()


@pytest.mark.parametrize(
    ("level", "days"), [("A", 14), ("B", 30), ("C", 60), (None, 30)]
)
def test_the_level_says_how_often_where_nobody_does(level, days, zhang):
    item = an_item("customer_level", level) if level else None
    made = a_counterpart(a_customer(zhang, level=item), zhang, rhythm_days=None)
    assert made.rhythm_days == days


def test_the_department_is_the_person_s_and_goes_with_them(
    zhang, wang, sales_department, other_department, head_office
):
    own = a_counterpart(a_customer(zhang), zhang)
    written = a_counterpart(a_customer(zhang), zhang, our_department=head_office)
    assert own.our_department == sales_department
    Counterpart.objects.all().give(wang.pk)
    own.refresh_from_db()
    written.refresh_from_db()
    assert own.our_department == other_department
    assert written.our_department == head_office


@pytest.mark.parametrize(
    "fields",
    [
        {"rhythm_days": 0},
        {"rhythm_days": 367},
        {"until": ago(1), "since": ago(0)},
    ],
)
def test_postgresql_refuses_what_cannot_be(fields, zhang):
    customer = a_customer(zhang)
    with pytest.raises(IntegrityError), transaction.atomic():
        a_counterpart(customer, zhang, **fields)


def test_one_person_looks_after_one_matter_with_one_contact_once(watched, zhang, wang):
    same = {"subject": "采购", "contact": watched.contact}
    with pytest.raises(IntegrityError, match="counterpart_once"), transaction.atomic():
        a_counterpart(watched.customer, zhang, **same)
    bare = a_counterpart(watched.customer, zhang, subject="财务")
    with pytest.raises(IntegrityError, match="counterpart_once"), transaction.atomic():
        a_counterpart(watched.customer, zhang, subject="财务")
    a_counterpart(watched.customer, wang, **same)
    bare.until = ago(0)
    bare.save(update_fields=["until"])
    a_counterpart(watched.customer, zhang, subject="财务")


def test_who_takes_over_what_they_have_already_has_it_once(watched, wang):
    own = a_counterpart(watched.customer, wang, subject="采购", contact=watched.contact)
    Counterpart.objects.filter(pk=watched.pk).give(wang.pk)
    watched.refresh_from_db()
    own.refresh_from_db()
    assert (watched.owner, watched.until, own.until) == (wang, ago(1), None)
    assert watched.is_ended


def test_the_contact_is_one_of_the_customer_s(watched, zhang):
    other = a_contact(a_customer(zhang))
    with pytest.raises(IntegrityError, match="another customer"), transaction.atomic():
        a_counterpart(watched.customer, zhang, contact=other)


def test_customers_that_become_one_keep_what_both_say_once(zhang, lina):
    one, two = a_customer(zhang), a_customer(zhang)
    kept = a_counterpart(one, zhang, subject="采购", since=ago(50))
    twin = a_counterpart(two, zhang, subject="采购", since=ago(50))
    other = a_counterpart(two, zhang, subject="财务", since=ago(50))
    an_interaction(two, occurred_at=at(4))
    assert met(kept)[0] is None
    with transaction.atomic():
        done = merge(one, [two], by=lina)
    for row in (kept, twin, other):
        assert met(row)[0] == ago(4), row
        assert row.customer_id == one.pk
    assert (kept.until, twin.until, other.until) == (None, ago(1), None)
    with transaction.atomic():
        undo(done, by=lina)
    assert met(kept)[0] is None
    assert met(twin)[0] == ago(4)
    assert (twin.customer_id, twin.until) == (two.pk, None)
    assert Customer.objects.filter(pk=two.pk).exists()


def test_contacts_that_become_one_keep_what_both_say_once(watched, zhang, lina):
    double = a_contact(watched.customer)
    twin = a_counterpart(watched.customer, zhang, subject="采购", contact=double)
    with transaction.atomic():
        merge(watched.contact, [double], by=lina)
    twin.refresh_from_db()
    assert (twin.contact_id, twin.until) == (watched.contact_id, ago(0))
    assert Contact.objects.count() == 1


def test_a_customer_with_counterparts_is_not_deleted(watched, zhang):
    with pytest.raises(ValidationError, match="正在使用"):
        watched.customer.discard(zhang)


def test_customers_without_one_are_found_as_their_reader_sees_it(zhang, wang, watched):
    alone = a_customer(zhang)
    ended = a_customer(zhang)
    a_counterpart(ended, zhang, since=ago(9), until=ago(2))
    rows = Customer.objects.order_by("pk")
    assert list(without_one(rows, zhang)) == [alone, ended]
    assert watched.customer in without_one(rows, wang)


def test_tallies_tell_and_mend_a_day_that_is_wrong(watched):
    an_interaction(watched.customer, occurred_at=at(4))
    Counterpart.objects.filter(pk=watched.pk).update(last_met_on=ago(1))
    told = StringIO()
    with pytest.raises(CommandError):
        call_command("tallies", stdout=told)
    assert f"customers.Counterpart {watched.pk}" in told.getvalue()
    call_command("tallies", repair=True, stdout=StringIO())
    assert met(watched)[0] == ago(4)


def test_an_interaction_asks_for_the_counterparts_by_an_index(watched):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM customers_counterpart WHERE customer_id = %s",
            [watched.customer_id],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index" in plan
