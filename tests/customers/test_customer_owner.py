"""The owner of the customer, repeated in every row filed under it, is always right."""

import threading

import pytest
from django.db import connection, connections, transaction
from psycopg2 import sql

from competitors.models import Encounter
from contracts import approval
from contracts.models import Contract
from crm.guards.actor import acting
from crm.models import HistoryEntry
from customers.models import Contact, Customer
from feedback.models import Interaction
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    an_encounter,
    an_interaction,
    stamps,
)
from tests.races import ROUNDS, together

pytestmark = pytest.mark.django_db

PARTS = (Contact, Interaction, Contract, Encounter)
each_part = pytest.mark.parametrize(
    "model", PARTS, ids=lambda model: model._meta.model_name
)


def filed(model, customer):
    """Return a new row of a kind under a customer."""
    if model is Contact:
        return a_contact(customer)
    if model is Interaction:
        return an_interaction(customer)
    if model is Contract:
        return a_contract(customer.owner, customer=customer)
    return an_encounter(a_competitor(customer.owner), customer)


def told(row):
    """Return the repeated owner as it stands in the table."""
    rows = type(row).everything.filter(pk=row.pk)
    return rows.values_list("customer_owner", flat=True).get()


def wrong():
    """Return the rows of all kinds whose repeated owner is not their customer's."""
    return [
        row
        for model in PARTS
        for row in model.everything.select_related("customer")
        if row.customer_owner_id != row.customer.owner_id
    ]


@each_part
def test_a_new_row_knows_the_owner(model, zhang, wang):
    assert told(filed(model, a_customer(zhang))) == zhang.pk
    assert told(filed(model, a_customer(wang))) == wang.pk


def test_rows_made_in_bulk_know_the_owner(zhang, wang):
    customer = a_customer(zhang)
    new = [
        Contact(name=f"批量{n}", customer=customer, **stamps(wang)) for n in range(9)
    ]
    Contact.objects.bulk_create(new)
    assert {told(row) for row in Contact.objects.all()} == {zhang.pk}


@each_part
def test_a_row_that_moves_to_another_customer_learns_its_owner(model, zhang, wang):
    row, other = filed(model, a_customer(zhang)), a_customer(wang)
    if model is Encounter:
        model.objects.filter(pk=row.pk).update(customer=other)
    else:
        row.customer = other
        row.save()
    assert told(row) == wang.pk


@each_part
def test_a_new_owner_of_the_customer_is_told_to_its_rows(model, zhang, wang):
    customer = a_customer(zhang)
    row, stranger = filed(model, customer), filed(model, a_customer(zhang))
    version = row.version
    entries = HistoryEntry.objects.filter(label=model._meta.label_lower).count()
    customer.owner = wang
    customer.save()
    assert told(row) == wang.pk
    assert told(stranger) == zhang.pk
    assert model.objects.get(pk=row.pk).version == version
    label = model._meta.label_lower
    assert HistoryEntry.objects.filter(label=label).count() == entries


def test_rows_in_the_recycle_bin_are_told_as_well(zhang, wang, lina):
    customer = a_customer(zhang)
    contact = a_contact(customer)
    contact.discard(lina)
    Customer.objects.update(owner=wang)
    assert told(contact) == wang.pk
    contact.restore(lina)
    assert told(contact) == wang.pk


def test_a_registered_contract_takes_it_without_a_new_version(zhang, wang, zhao):
    contract = a_contract(zhang, amount=150_000)
    round_ = approval.submit(contract, by=zhang)
    approval.decide(contract, by=zhao, approved=True, opinion="", round_id=round_.pk)
    contract.refresh_from_db()
    assert contract.status == Contract.Status.REGISTERED
    entries = HistoryEntry.objects.filter(label="contracts.contract").count()
    contract.customer.owner = wang
    contract.customer.save()
    after = Contract.objects.get(pk=contract.pk)
    assert (after.customer_owner, after.owner) == (wang, zhang)
    assert (after.version, after.changed_at) == (contract.version, contract.changed_at)
    assert HistoryEntry.objects.filter(label="contracts.contract").count() == entries


@each_part
def test_it_cannot_be_set_wrongly(model, zhang, wang):
    row = filed(model, a_customer(zhang))
    model.objects.filter(pk=row.pk).update(customer_owner=wang)
    assert told(row) == zhang.pk
    row.customer_owner = wang
    row.save()
    assert told(row) == zhang.pk
    with connection.cursor() as cursor:
        table = sql.Identifier(model._meta.db_table)
        by_hand = sql.SQL("UPDATE {} SET customer_owner_id = %s").format(table)
        cursor.execute(by_hand, [wang.pk])
    assert told(row) == zhang.pk


def test_rights_follow_the_new_owner(zhang, wang):
    customer = a_customer(zhang)
    contact = a_contact(customer)
    customer.owner = wang
    customer.save()
    assert contact in Contact.objects.visible_to(wang)
    assert contact not in Contact.objects.visible_to(zhang)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["owner", "row"])
def test_two_at_once_never_leave_it_stale(first, zhang, wang):
    customer = a_customer(zhang)
    done, started = [], threading.Event()

    def second():
        started.set()
        try:
            if first == "owner":
                a_contact(customer)
            else:
                Customer.objects.filter(pk=customer.pk).update(owner=wang)
            done.append(True)
        finally:
            connections.close_all()

    beside = threading.Thread(target=second)
    with transaction.atomic(), acting(zhang):
        if first == "owner":
            Customer.objects.filter(pk=customer.pk).update(owner=wang)
        else:
            a_contact(customer)
        beside.start()
        started.wait(timeout=30)
        beside.join(timeout=1)  # it waits for this transaction
        assert not done
    beside.join(timeout=60)
    assert done
    assert told(Contact.objects.get()) == wang.pk


@pytest.mark.django_db(transaction=True)
def test_a_crowd_never_leaves_it_stale(zhang, wang, liu):
    customer, owners = a_customer(zhang), (zhang, wang, liu)

    def work(number):
        for time in range(10):
            if number % 2:
                an_interaction(customer)
            else:
                rows = Customer.objects.filter(pk=customer.pk)
                rows.update(owner=owners[(number + time) % 3])
        return number

    for turn, _round in enumerate(ROUNDS, start=1):
        assert together(4, work) == list(range(4))
        assert Interaction.objects.count() == 20 * turn
        assert not wrong()
