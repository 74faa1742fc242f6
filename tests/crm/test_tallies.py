"""The ledger of numbers: right after every kind of write, whoever writes."""

from collections import Counter
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from competitors.models import Encounter
from contracts import approval
from contracts.models import Contract
from crm.guards.actor import acting
from crm.models import Tally, kept_numbers, tally, visibility
from customers.models import Contact, Customer
from feedback.models import Interaction
from system.tallies import differences
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

KINDS = (Customer, Contact, Interaction, Contract, Encounter)


def rows_of(owner):
    """Return a customer of a person with a row of every kind under it."""
    customer = a_customer(owner)
    contact = a_contact(customer)
    contract = a_contract(owner, customer=customer)
    meeting = an_interaction(customer)
    encounter = an_encounter(a_competitor(owner), customer)
    return [customer, contact, contract, meeting, encounter]


def total(rows):
    """Return the number that rows of the ledger come to."""
    return sum(rows.values_list("n", flat=True))


def kept(label, *keys):
    """Return {values of some columns: number} of the ledger, without zeros."""
    found = Counter()
    for *key, number in Tally.objects.filter(label=label).values_list(*keys, "n"):
        found[tuple(key)] += number
    return {key: number for key, number in found.items() if number}


@pytest.fixture
def agrees():
    """Return a function that says whether the ledger equals the tables."""
    return lambda: not differences()


def test_rows_of_every_kind_are_counted(zhang, agrees):
    rows = rows_of(zhang)
    assert agrees()
    for row in rows:
        assert total(Tally.objects.of_kind(type(row))) == 1


def test_many_rows_at_once_are_counted(zhang, wang, agrees):
    new = [Customer(name=f"批量{n}", **stamps(zhang)) for n in range(30)]
    new += [Customer(name=f"另批{n}", **stamps(wang)) for n in range(20)]
    Customer.objects.bulk_create(new)
    assert agrees()
    mine = {(zhang.pk,): 30, (wang.pk,): 20}
    assert kept("customers.customer", "owner_id") == mine


def test_what_rows_say_may_change(zhang, wang, agrees):
    rows = rows_of(zhang)
    rows[0].status = "won"
    rows[0].save()
    Contract.objects.update(amount=F("amount") * 3, owner=wang)
    Encounter.objects.update(outcome="we_won", owner=wang)
    Interaction.objects.update(owner=wang)
    assert agrees()
    assert kept("customers.customer", "state") == {("won",): 1}
    money = Tally.objects.of_kind(Contract).filter(owner_id=wang.pk)
    assert sum(row.amount for row in money) == Decimal(150_000)


def test_the_way_into_the_books_and_out_is_counted(zhang, lina, agrees):
    first, second = (a_customer(zhang, registered=False) for _time in range(2))
    assert kept("customers.customer", "registered") == {(False,): 2}
    first.register(lina)
    second.send_back(lina, "请补充地址")
    assert kept("customers.customer", "registered") == {(True,): 1, (False,): 1}
    second.report_again(zhang)
    assert agrees()
    first.discard(lina)
    assert total(Tally.objects.of_kind(Customer).in_books()) == 0
    first.restore(lina)
    assert total(Tally.objects.of_kind(Customer).in_books()) == 1
    assert agrees()


def test_verbs_of_contracts_are_counted(zhang, zhao, agrees):
    contract = a_contract(zhang, amount=150_000)
    approval.submit(contract, by=zhang)
    assert kept("contracts.contract", "state") == {("pending",): 1}
    approval.recall(contract, by=zhang)
    assert kept("contracts.contract", "state") == {("recalled",): 1}
    assert agrees()


def test_bulk_updates_and_plain_sql_are_counted(zhang, wang, agrees):
    for _time in range(3):
        rows_of(zhang)
    Customer.objects.update(status="lost")
    assert kept("customers.customer", "state") == {("lost",): 3}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customer SET owner_id = %s", [wang.pk])
        cursor.execute("UPDATE customers_contact SET deleted_at = now()")
    assert kept("customers.customer", "owner_id") == {(wang.pk,): 3}
    assert total(Tally.objects.of_kind(Contact)) == 0
    assert agrees()


def test_a_new_owner_of_a_customer_takes_its_rows_along(zhang, wang, agrees):
    customer, *_rows = rows_of(zhang)
    rows_of(zhang)
    customer.owner = wang
    customer.save()
    assert agrees()
    assert kept("customers.contact", "owner_id") == {(zhang.pk,): 1, (wang.pk,): 1}
    for label in ("contracts.contract", "feedback.interaction"):
        pairs = {(zhang.pk, zhang.pk): 1, (zhang.pk, wang.pk): 1}
        assert kept(label, "owner_id", "other_id") == pairs


def test_the_numbers_of_the_owners_alone_are_kept_beside_those_of_pairs(
    zhang, wang, agrees
):
    label = "feedback.interaction/owner"
    rows_of(zhang)
    other = an_interaction(a_customer(wang), by=zhang)
    assert kept(label, "owner_id", "other_id") == {(zhang.pk, None): 2}
    Customer.objects.update(owner=wang)  # of the pairs alone
    assert agrees()
    other.discard(zhang)
    Interaction.objects.update(owner=wang)
    assert kept(label, "owner_id") == {(wang.pk,): 1}
    assert agrees()


def test_a_change_that_moves_nothing_writes_nothing(zhang):
    customer = a_customer(zhang)
    before = list(Tally.objects.values_list("pk"))
    customer.remarks = "只改备注"
    customer.save()
    assert list(Tally.objects.values_list("pk")) == before


def test_what_is_rolled_back_is_not_counted(zhang, agrees):
    with transaction.atomic():
        rows_of(zhang)
        transaction.set_rollback(True)
    assert not Tally.objects.exists()
    assert agrees()


def test_the_ledger_is_added_up_now_and_then(zhang, agrees):
    for _time in range(100):
        a_customer(zhang)
    assert total(Tally.objects.of_kind(Customer)) == 100
    assert Tally.objects.of_kind(Customer).count() < 20
    assert agrees()


@pytest.mark.parametrize("few", [64, 0], ids=["few", "many"])
@pytest.mark.parametrize("model", KINDS, ids=lambda model: model._meta.model_name)
def test_the_total_is_the_number_of_rows(model, few, cast, crowd, monkeypatch):
    monkeypatch.setattr(tally, "FEW_PEOPLE", few)
    for user in cast:
        seen = model.objects.visible_to(user)
        assert model.objects.visibility(user).total() == seen.count()
        parts = model.objects.visibility(user).parts()
        ids = [pk for part in parts for pk in part.values_list("pk", flat=True)]
        assert sorted(ids) == sorted(seen.values_list("pk", flat=True))


@pytest.mark.parametrize("model", [Customer, Encounter], ids=["customer", "encounter"])
def test_the_total_of_some_states_is_the_number_of_rows(model, cast, crowd):
    column = model.tally_state
    states = list(model._meta.get_field(column).choices)
    for user in cast:
        for wanted in ([], [states[0][0]], [value for value, _label in states[1:]]):
            seen = model.objects.visible_to(user).filter(**{f"{column}__in": wanted})
            assert model.objects.visibility(user).total(wanted) == seen.count()


@pytest.mark.parametrize("action", ["view", "export", "change", "register", "approve"])
def test_a_list_shows_the_rows_one_sees(action, cast, crowd):
    for user in cast:
        for model in KINDS:
            seen = list(model.objects.visible_to(user, action).order_by("pk"))
            listed = model.objects.visibility(user, action).in_order().order_by("pk")
            assert list(listed) == seen
            sought = model.objects.visibility(user, action).by_index().order_by("pk")
            assert list(sought) == seen
            assert model.objects.visibility(user, action).total() == len(seen)


def test_ones_own_rows_are_those_one_sees(cast, crowd):
    for user in cast:
        for model in KINDS:
            seen = model.objects.visible_to(user).filter(owner=user)
            assert set(model.objects.visibility(user).own()) == set(seen)


@pytest.mark.parametrize("most", [10_000, 0], ids=["gathered", "walked"])
@pytest.mark.parametrize("model", KINDS, ids=lambda model: model._meta.model_name)
def test_a_field_offers_the_newest_rows_one_sees(model, most, cast, crowd, monkeypatch):
    monkeypatch.setattr(visibility, "MOST_GATHERED", most)
    order = ("-created_at", "-pk")
    for user in cast:
        seen = list(model.objects.visible_to(user).order_by(*order))
        assert list(model.objects.visibility(user).newest(3)) == seen[:3]
        assert list(model.objects.visibility(user).newest(100)) == seen


def test_what_is_within_reach_is_the_same_number_for_one_kind_and_for_all(cast, crowd):
    for user in cast:
        for model in KINDS:
            seen = model.objects.visibility(user)
            if seen.is_nothing or seen.is_everything or not model.is_tallied():
                continue
            user.rights.answers.pop("within", None)
            alone = kept_numbers.within_reach_alone(seen)
            assert alone == kept_numbers.within_reach(seen)
            assert alone == kept_numbers.within_reach_alone(seen)
            assert alone == seen.within_reach().count()


def test_sums_tell_numbers_and_amounts(cast, crowd):
    for user in cast:
        found, expected = Counter(), Counter()
        sums = Contract.objects.visibility(user).sums("status", "amount")
        for owner, status, number, amount in sums:
            found[owner, status] += int(number)
            found[owner, status, "sum"] += amount
        for contract in Contract.objects.visible_to(user):
            expected[contract.owner_id, contract.status] += 1
            expected[contract.owner_id, contract.status, "sum"] += contract.amount
        assert +found == +expected


@pytest.fixture
def cast(zhang, wang, liu, chen, lina, zhao, sun, qian, zhou, nobody):
    """Everybody there is."""
    return [zhang, wang, liu, chen, lina, zhao, sun, qian, zhou, nobody]


@pytest.fixture
def crowd(zhang, wang, liu, chen, lina, zhao, sun):
    """Rows of several people; teams, reports, returned ones, decisions to make."""
    for owner in (zhang, wang, liu, zhao):
        customer, *_others = rows_of(owner)
        customer.memberships.create(user=chen)
        customer.memberships.create(user=wang, may_write=True)
        a_contact(customer, registered=False)
        a_customer(owner, registered=False)
        a_customer(owner, registered=False, reporter=chen, entered_by=chen)
        a_customer(owner, registered=False).send_back(lina, "请补充")
        an_interaction(customer, by=liu)
        a_customer(owner).discard(lina)
        for amount in (50_000, 150_000, 2_000_000):
            approval.submit(a_contract(owner, amount=amount), by=owner)
    moved = a_customer(zhang)
    rows = [an_interaction(moved), a_contract(zhang, customer=moved)]
    moved.owner = sun
    moved.save()
    return rows


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_neither_wait_nor_lose(zhang, agrees):
    for _time in range(15):
        a_customer(zhang)
    with transaction.atomic(), acting(zhang):
        a_customer(zhang)  # holds what it has written until the block ends

        def beside(number):
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            for _time in range(20):
                a_customer(zhang)
            return Customer.objects.count()

        assert together(1, beside) == [35]
    assert total(Tally.objects.of_kind(Customer)) == 36
    assert agrees()


@pytest.mark.django_db(transaction=True)
def test_a_crowd_of_writers_loses_nothing(zhang, wang, agrees):
    def work(number):
        for time in range(10):
            customer = a_customer(zhang if time % 2 else wang)
            if time % 3 == 0:
                Customer.objects.filter(pk=customer.pk).update(status="won")
        return number

    for turn, _round in enumerate(ROUNDS, start=1):
        assert together(6, work) == list(range(6))
        assert total(Tally.objects.of_kind(Customer)) == 60 * turn
    assert agrees()


def test_the_command_says_that_all_is_right(zhang, capsys):
    rows_of(zhang)
    call_command("tallies")
    assert "OK" in capsys.readouterr().out


def test_the_command_finds_and_repairs_what_is_wrong(zhang, agrees, capsys):
    rows_of(zhang)
    Tally.objects.of_kind(Customer).update(n=7)
    Tally.objects.of_kind(Contract).delete()
    assert not agrees()
    with pytest.raises(CommandError):
        call_command("tallies")
    assert "customers.customer" in capsys.readouterr().out
    call_command("tallies", repair=True)
    assert agrees()
    assert total(Tally.objects.of_kind(Customer)) == 1
