"""The dates of the last and next contact that interactions leave on a customer."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.guards.actor import acting
from crm.history.entries import readable
from crm.models import HistoryEntry
from feedback.models import Interaction
from tests.factories import a_contact, a_customer, an_interaction, an_item, stamps
from tests.pages import form_of

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
TUESDAY, FRIDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=4)
NEXT_WEEK = MONDAY + timedelta(days=7)


@pytest.fixture
def cast(zhang, wang):
    """Two people who note interactions, by name."""
    return {"zhang": zhang, "wang": wang}


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


def test_a_report_moves_nothing_until_it_is_registered(zhang, chen, lina):
    customer = a_customer(zhang)
    an_interaction(customer, occurred_at=MONDAY, next_contact_at=NEXT_WEEK)
    report = an_interaction(
        customer,
        by=chen,
        occurred_at=TUESDAY,
        next_contact_at=FRIDAY,
        registered=False,
    )
    assert dates(customer) == (MONDAY, NEXT_WEEK)
    report.send_back(lina, "写明结果")
    report.report_again(chen)
    assert dates(customer) == (MONDAY, NEXT_WEEK)
    report.register(lina)
    assert dates(customer) == (TUESDAY, FRIDAY)


def test_another_ones_note_without_a_date_leaves_the_promise(zhang, chen, lina):
    customer = a_customer(zhang)
    an_interaction(customer, occurred_at=MONDAY, next_contact_at=NEXT_WEEK)
    note = an_interaction(customer, by=chen, occurred_at=TUESDAY, registered=False)
    assert dates(customer) == (MONDAY, NEXT_WEEK)
    note.register(lina)
    assert dates(customer) == (TUESDAY, NEXT_WEEK)


def test_the_earliest_of_several_peoples_promises_is_next(zhang, chen):
    customer = a_customer(zhang)
    an_interaction(customer, occurred_at=MONDAY, next_contact_at=NEXT_WEEK)
    an_interaction(customer, by=chen, occurred_at=TUESDAY, next_contact_at=FRIDAY)
    assert dates(customer) == (TUESDAY, FRIDAY)
    an_interaction(customer, occurred_at=FRIDAY)
    assert dates(customer) == (FRIDAY, NEXT_WEEK)


def test_ones_own_later_promise_moves_the_earlier_one(zhang):
    customer = a_customer(zhang)
    an_interaction(customer, occurred_at=MONDAY, next_contact_at=FRIDAY)
    an_interaction(customer, occurred_at=TUESDAY, next_contact_at=NEXT_WEEK)
    assert dates(customer) == (TUESDAY, NEXT_WEEK)


def test_a_contact_on_the_promised_day_fulfils_it_at_any_hour(zhang):
    customer = a_customer(zhang)
    an_interaction(customer, occurred_at=MONDAY, next_contact_at=FRIDAY)
    an_interaction(customer, occurred_at=FRIDAY - timedelta(hours=3))
    assert dates(customer) == (FRIDAY - timedelta(hours=3), None)


def test_a_promise_for_the_same_day_is_open_until_the_second_contact(zhang):
    customer = a_customer(zhang)
    later = MONDAY + timedelta(hours=4)
    an_interaction(customer, occurred_at=MONDAY, next_contact_at=later)
    assert dates(customer) == (MONDAY, later)
    an_interaction(customer, occurred_at=later)
    assert dates(customer) == (later, None)


def test_deleting_what_fulfilled_a_promise_opens_it_again(zhang):
    customer = a_customer(zhang)
    an_interaction(customer, occurred_at=MONDAY, next_contact_at=FRIDAY)
    visit = an_interaction(customer, occurred_at=FRIDAY)
    assert dates(customer) == (FRIDAY, None)
    visit.discard(zhang)
    assert dates(customer) == (MONDAY, FRIDAY)


@pytest.mark.parametrize("plan", [NEXT_WEEK + timedelta(days=7), None])
def test_by_hand_a_promise_is_moved_or_cancelled(plan, zhang):
    customer = a_customer(zhang)
    note = an_interaction(customer, occurred_at=MONDAY, next_contact_at=FRIDAY)
    customer.refresh_from_db()
    customer.next_contact_at = plan
    customer.save(update_fields=["next_contact_at"])
    note.subject = "改过的主题"
    note.save()
    an_interaction(customer, occurred_at=TUESDAY)
    assert dates(customer) == (TUESDAY, plan)
    an_interaction(customer, occurred_at=TUESDAY, next_contact_at=NEXT_WEEK)
    assert dates(customer) == (TUESDAY, NEXT_WEEK)


def test_an_open_form_does_not_set_by_hand_what_it_only_showed(zhang, sign_in):
    browser, customer = sign_in(zhang), a_customer(zhang)
    an_interaction(customer, occurred_at=MONDAY, next_contact_at=NEXT_WEEK)
    address = f"/customers/{customer.pk}/edit/"
    fields = form_of(browser, address)
    page = browser.get(address).content.decode()
    shown = re.search(r'name="(initial-next_contact_at)" value="([^"]+)"', page)
    fields |= dict([shown.groups()])
    an_interaction(customer, occurred_at=TUESDAY, next_contact_at=FRIDAY)
    browser.post(address, fields | {"remarks": "只改备注"})
    assert dates(customer) == (TUESDAY, FRIDAY)
    customer.refresh_from_db()
    assert customer.planned_at is None
    assert customer.remarks == "只改备注"
    fields = form_of(browser, address)
    browser.post(address, fields | {"next_contact_at": ""})
    assert dates(customer) == (TUESDAY, None)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("zhang", "wang")),
            st.integers(0, 9),
            st.none() | st.integers(0, 9),
            st.booleans(),
        ),
        max_size=6,
    ),
    st.randoms(),
)
def test_the_order_of_entry_decides_nothing(cast, notes, chance):
    """However late an entry comes, the dates follow from what stands in the books."""
    with transaction.atomic():
        found, entries = set(), list(enumerate(notes))
        for _round in range(2):
            customer = a_customer(cast["zhang"])
            for minute, (who, day, ahead, registered) in entries:
                at = MONDAY + timedelta(days=day, minutes=minute)
                promise = None if ahead is None else at + timedelta(days=ahead)
                an_interaction(
                    customer,
                    by=cast[who],
                    occurred_at=at,
                    next_contact_at=promise,
                    registered=registered,
                )
            found.add(dates(customer))
            chance.shuffle(entries)
        transaction.set_rollback(True)
    assert len(found) == 1


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


def test_nobody_edits_the_customer_by_noting_an_interaction(zhang, chen):
    customer = a_customer(zhang)
    before = customer.version
    with acting(chen):
        an_interaction(customer, by=chen, occurred_at=MONDAY, next_contact_at=FRIDAY)
    customer.refresh_from_db()
    assert (customer.version, customer.changed_by_id) == (before, None)
    entries = HistoryEntry.objects.filter(label="customers.customer", verb="changed")
    assert not entries.exists()


def test_a_next_contact_set_by_hand_is_news(zhang):
    customer = a_customer(zhang)
    with acting(zhang):
        customer.next_contact_at = FRIDAY
        customer.save(update_fields=["next_contact_at"])
    entry = HistoryEntry.objects.filter(label="customers.customer").latest("id")
    assert (entry.verb, list(entry.changes)) == ("changed", ["planned_for"])
    assert readable([entry], zhang)[0].readable_changes[0]["label"] == "下次联系时间"


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
