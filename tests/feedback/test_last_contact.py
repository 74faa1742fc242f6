"""The dates of the last and next contact that interactions leave on a customer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from crm.history import acting
from crm.models import HistoryEntry
from feedback.models import Interaction
from tests.factories import a_contact, a_customer, an_interaction, an_item, stamps

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
TUESDAY, FRIDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=4)
NEXT_WEEK = MONDAY + timedelta(days=7)


def dates(customer):
    """Return the last and the next contact as they stand in the books."""
    customer.refresh_from_db()
    return customer.last_contact_at, customer.next_contact_at


def test_the_first_interaction_is_the_last_contact(zhang):
    customer = a_customer(zhang)
    an_interaction(customer, occurred_at=MONDAY, next_contact_at=NEXT_WEEK)
    assert dates(customer) == (MONDAY, NEXT_WEEK)


def test_a_late_entry_moves_nothing_back(zhang):
    customer = a_customer(zhang)
    an_interaction(customer, occurred_at=TUESDAY, next_contact_at=NEXT_WEEK)
    an_interaction(customer, occurred_at=MONDAY, next_contact_at=FRIDAY)
    assert dates(customer) == (TUESDAY, NEXT_WEEK)


def test_the_newest_interaction_settles_the_promise(zhang):
    customer = a_customer(zhang, next_contact_at=TUESDAY)
    an_interaction(customer, occurred_at=TUESDAY)
    assert dates(customer) == (TUESDAY, None)


def test_a_changed_promise_of_the_newest_is_taken_over(zhang):
    customer = a_customer(zhang)
    an_interaction(customer, occurred_at=MONDAY)
    newest = an_interaction(customer, occurred_at=TUESDAY, next_contact_at=FRIDAY)
    newest.next_contact_at = NEXT_WEEK
    newest.save()
    assert dates(customer) == (TUESDAY, NEXT_WEEK)


def test_a_changed_text_leaves_a_plan_made_by_hand(zhang):
    customer = a_customer(zhang)
    newest = an_interaction(customer, occurred_at=MONDAY, next_contact_at=FRIDAY)
    type(customer).objects.filter(pk=customer.pk).update(next_contact_at=NEXT_WEEK)
    newest.subject = "别的主题"
    newest.save()
    assert dates(customer) == (MONDAY, NEXT_WEEK)


def test_deleting_the_newest_goes_back_to_the_one_before(zhang):
    customer = a_customer(zhang)
    an_interaction(customer, occurred_at=MONDAY, next_contact_at=FRIDAY)
    newest = an_interaction(customer, occurred_at=TUESDAY, next_contact_at=NEXT_WEEK)
    newest.discard(zhang)
    assert dates(customer) == (MONDAY, FRIDAY)
    newest.restore(zhang)
    assert dates(customer) == (TUESDAY, NEXT_WEEK)


def test_deleting_the_only_one_leaves_no_contact(zhang):
    customer = a_customer(zhang)
    an_interaction(customer, occurred_at=MONDAY).discard(zhang)
    assert dates(customer) == (None, None)


def test_deleting_an_old_one_leaves_a_plan_made_by_hand(zhang):
    customer = a_customer(zhang)
    old = an_interaction(customer, occurred_at=MONDAY, next_contact_at=FRIDAY)
    an_interaction(customer, occurred_at=TUESDAY)
    type(customer).objects.filter(pk=customer.pk).update(next_contact_at=NEXT_WEEK)
    old.discard(zhang)
    assert dates(customer) == (TUESDAY, NEXT_WEEK)


def test_moving_an_interaction_changes_both_customers(zhang):
    here, there = a_customer(zhang), a_customer(zhang)
    an_interaction(here, occurred_at=MONDAY)
    moved = an_interaction(here, occurred_at=TUESDAY, next_contact_at=NEXT_WEEK)
    moved.customer = there
    moved.save()
    assert dates(here) == (MONDAY, None)
    assert dates(there) == (TUESDAY, NEXT_WEEK)


def test_a_reported_interaction_counts(zhang):
    customer = a_customer(zhang)
    an_interaction(customer, occurred_at=MONDAY, registered=False)
    assert dates(customer)[0] == MONDAY


def test_bulk_inserts_count(zhang):
    first, second = a_customer(zhang), a_customer(zhang)
    method = an_item("interaction_method", "call")
    Interaction.objects.bulk_create(
        Interaction(
            **stamps(zhang),
            customer=customer,
            method=method,
            subject="批量",
            occurred_at=MONDAY + timedelta(days=day),
            next_contact_at=NEXT_WEEK + timedelta(days=day),
        )
        for customer in (first, second)
        for day in (2, 0, 3, 1)
    )
    last = MONDAY + timedelta(days=3), NEXT_WEEK + timedelta(days=3)
    assert dates(first) == dates(second) == last


def test_plain_sql_counts(zhang):
    customer = a_customer(zhang)
    interaction = an_interaction(customer, occurred_at=MONDAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE feedback_interaction SET occurred_at = %s WHERE id = %s",
            [TUESDAY, interaction.pk],
        )
    assert dates(customer)[0] == TUESDAY
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE feedback_interaction SET deleted_at = now() WHERE id = %s",
            [interaction.pk],
        )
    assert dates(customer)[0] is None


def test_the_customers_history_tells_the_new_plan_as_a_change(zhang):
    customer = a_customer(zhang)
    interaction = an_interaction(customer, occurred_at=MONDAY, next_contact_at=FRIDAY)
    with acting(zhang):
        interaction.discard(zhang)
    entry = HistoryEntry.objects.filter(label="customers.customer").latest("id")
    assert entry.verb == "changed"
    assert list(entry.changes) == ["next_contact_at"]
    deleted = HistoryEntry.objects.filter(label="feedback.interaction").latest("id")
    assert deleted.verb == "deleted"


def test_the_database_refuses_a_contact_of_another_customer(zhang):
    customer, other = a_customer(zhang), a_customer(zhang)
    foreign = a_contact(other)
    with pytest.raises(IntegrityError), transaction.atomic():
        an_interaction(customer, contact=foreign)
    mine = an_interaction(customer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Interaction.objects.filter(pk=mine.pk).update(contact=foreign)


def test_a_contact_who_moved_on_does_not_freeze_the_past(zhang):
    customer, other = a_customer(zhang), a_customer(zhang)
    contact = a_contact(customer)
    interaction = an_interaction(customer, contact=contact)
    contact.customer = other
    contact.save()
    interaction.subject = "改过的主题"
    interaction.save()
    interaction.discard(zhang)


@pytest.mark.parametrize("year", [1, 1989, 2101, 9999])
def test_the_database_refuses_dates_that_cannot_be(zhang, year):
    customer = a_customer(zhang)
    with pytest.raises(IntegrityError), transaction.atomic():
        an_interaction(customer, occurred_at=datetime(year, 6, 1, tzinfo=UTC))
