"""Whose a customer was, from when until when: noted with every change of owner."""

from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from crm.duplicates import merging
from crm.guards.actor import acting
from customers.models import Customer, Ownership
from customers.ownership import because
from tests.factories import a_customer, a_pool, an_item, put_in

pytestmark = pytest.mark.django_db

How = Ownership.How


def told(customer):
    """Return [(holder, how)] of a customer, the oldest first."""
    rows = customer.ownerships.order_by("from_at", "pk").select_related("holder")
    return [(row.holder and row.holder.username, row.how) for row in rows]


def give(customer, to, **doing_it):
    """Give a customer to a person by plain SQL."""
    with acting(None, **doing_it):
        Customer.objects.filter(pk=customer.pk).update(owner=to)
    customer.refresh_from_db()


@contextmanager
def unguarded(table="customers_ownership"):
    """Let a table be written as by a migration that comes before its triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_who_enters_a_customer_has_it_since_then(zhang):
    entered = timezone.now() - timedelta(days=90)
    row = a_customer(zhang, created_at=entered).ownerships.get()
    assert (row.holder, row.how, row.from_at, row.to_at) == (
        zhang,
        How.CREATED,
        entered,
        None,
    )


def test_each_change_ends_what_was_before(zhang, wang):
    customer = a_customer(zhang)
    give(customer, wang)
    first, second = customer.ownerships.order_by("pk")
    assert told(customer) == [("sales", "created"), ("sales2", "transferred")]
    assert first.to_at == second.from_at
    assert second.to_at is None


def test_what_changes_nobody_is_not_noted(zhang):
    customer = a_customer(zhang)
    customer.name = "改名有限公司"
    customer.save()
    give(customer, zhang)
    assert told(customer) == [("sales", "created")]


def test_the_way_into_a_pool_and_out_of_it_is_noted(zhang, wang):
    customer, pool = a_customer(zhang), a_pool()
    reason = an_item("release_reason", "no_need")
    with because(reason=reason.pk, note="两年内没有预算"):
        put_in(pool, customer)
    give(customer, wang, verb="claimed")
    assert told(customer) == [
        ("sales", "created"),
        (None, "released"),
        ("sales2", "claimed"),
    ]
    released = customer.ownerships.get(holder=None)
    assert (released.reason, released.note) == (reason, "两年内没有预算")
    assert customer.pool is None
    assert customer.ownerships.get(to_at=None).pool == pool  # where it comes back to


def test_the_reason_is_of_its_block_alone(zhang, wang):
    first, second = a_customer(zhang), a_customer(zhang)
    with because(note="第一个"):
        give(first, wang)
    give(second, wang)
    assert second.ownerships.get(to_at=None).note == ""


def test_any_other_way_out_of_a_pool_assigns_it(zhang, wang):
    customer = put_in(a_pool(), a_customer(zhang))
    give(customer, wang)
    assert told(customer)[-1] == ("sales2", "assigned")


def test_into_a_pool_leads_a_verb_alone(zhang):
    rows, pool = Customer.objects.filter(pk=a_customer(zhang).pk), a_pool()
    with pytest.raises(IntegrityError, match="named verb"), transaction.atomic():
        rows.update(owner=None, pool=pool)


def test_what_is_not_in_the_books_goes_into_no_pool(zhang):
    reported = a_customer(zhang, registered=False)
    with pytest.raises(IntegrityError, match="in the books"), transaction.atomic():
        put_in(a_pool(), reported)


def test_one_in_a_pool_is_put_into_another_by_a_verb_alone(zhang):
    customer = put_in(a_pool(), a_customer(zhang))
    rows, other = Customer.objects.filter(pk=customer.pk), a_pool()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(pool=other)


def test_a_transfer_of_many_is_noted(zhang, wang, lina):
    customers = [a_customer(zhang) for _time in range(3)]
    Customer.objects.filter(pk__in=[one.pk for one in customers]).give(wang.pk)
    assert {tuple(told(one)[-1]) for one in customers} == {("sales2", "transferred")}


def test_a_hand_over_is_noted_as_such(zhang, wang):
    customer = a_customer(zhang)
    give(customer, wang, verb="transferred", request_id="handover-1")
    assert told(customer)[-1] == ("sales2", "handed_over")


def test_a_merge_is_noted_as_such_and_leaves_the_history_where_it_was(
    zhang, wang, lina
):
    winner, loser = a_customer(zhang), a_customer(wang)
    merging.merge(winner, [loser], by=lina, choices={"owner": loser.pk})
    assert told(winner) == [("sales", "created"), ("sales2", "merged")]
    assert told(loser) == [("sales2", "created")]


def test_nobody_writes_it_by_hand(zhang, wang):
    row = a_customer(zhang).ownerships.get()
    for write in (
        lambda: Ownership.objects.update(holder=wang),
        row.delete,
        lambda: Ownership.objects.create(
            customer=row.customer, holder=wang, from_at=timezone.now(), how="claimed"
        ),
    ):
        with (
            pytest.raises(IntegrityError, match="changes of owner"),
            transaction.atomic(),
        ):
            write()


def test_a_customer_has_one_owner_at_a_time(zhang, wang):
    customer = a_customer(zhang)
    give(customer, wang)
    rows, later = customer.ownerships, timezone.now() + timedelta(days=1)
    with (
        unguarded(),
        pytest.raises(IntegrityError, match="one_at_a_time"),
        transaction.atomic(),
    ):
        rows.filter(holder=zhang).update(to_at=later)


def test_an_older_installation_learns_it_from_its_history(zhang, wang):
    old = timezone.now() - timedelta(days=400)
    kept, given = a_customer(zhang, created_at=old), a_customer(zhang, created_at=old)
    give(given, wang)
    since = import_module("customers.migrations.0025_ownership").SINCE
    with unguarded() as cursor:
        cursor.execute("DELETE FROM customers_ownership")
        cursor.execute(since)
    assert kept.ownerships.get().from_at == old
    assert told(given) == [("sales2", "transferred")]
    assert given.ownerships.get().from_at > old
