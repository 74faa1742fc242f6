"""A customer in a pool has no owner: everything that reads the owner knows that."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from contracts.models import Contract
from crm.duplicates import merging, undoing
from crm.guards.actor import acting
from customers.models import Contact, Customer
from feedback.models import Interaction
from system.tallies import differences
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    a_pool,
    an_encounter,
    an_interaction,
    put_in,
)

pytestmark = pytest.mark.django_db

KINDS = (Customer, Contact, Contract, Interaction)


@pytest.fixture
def pooled(zhang):
    """A customer that 张伟 had, with all that hangs on it; another is still his."""
    customers = [a_customer(zhang, name=name) for name in ("公海机械", "私海机械")]
    for customer in customers:
        a_contact(customer)
        an_interaction(customer)
        a_contract(zhang, customer=customer)
        an_encounter(a_competitor(zhang), customer)
    return put_in(a_pool(), customers[0])


def test_a_customer_has_an_owner_or_is_in_a_pool(zhang):
    customer = a_customer(zhang)
    rows = Customer.objects.filter(pk=customer.pk)
    for values in ({"owner": None}, {"pool": a_pool()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)


def test_what_hangs_on_it_is_its_owners_no_more(pooled):
    assert pooled.contacts.get().customer_owner is None
    assert Interaction.objects.get(customer=pooled).customer_owner is None
    assert not differences()


def test_who_had_it_sees_it_no_more_but_keeps_what_is_theirs(pooled, zhang):
    assert not Customer.objects.visible_to(zhang).filter(pk=pooled.pk).exists()
    assert not Contact.objects.visible_to(zhang).filter(customer=pooled).exists()
    for kind in (Contract, Interaction):
        assert kind.objects.visible_to(zhang).filter(customer=pooled).exists()


def test_who_has_the_right_for_all_sees_it(pooled, lina, chen):
    for person in (lina, chen):
        assert Customer.objects.visible_to(person).filter(pk=pooled.pk).exists()


@pytest.mark.usefixtures("pooled")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind._meta.model_name)
@pytest.mark.parametrize("who", ["zhang", "wang", "zhao", "qian", "lina", "chen"])
def test_all_ways_to_ask_have_the_same_rows(kind, who, request):
    person = request.getfixturevalue(who)
    rows = set(kind.objects.visible_to(person).values_list("pk", flat=True))
    seen = kind.objects.visibility(person)
    in_order = seen.in_order().values_list("pk", flat=True)
    parts = [pk for part in seen.parts() for pk in part.values_list("pk", flat=True)]
    assert sorted(in_order) == sorted(parts) == sorted(rows)
    assert seen.total() == len(rows)
    assert {row.pk for row in kind.objects.all() if seen.includes(row)} == rows


def test_its_pages_are_drawn(pooled, lina, sign_in):
    browser = sign_in(lina)
    for address in (
        pooled.get_absolute_url(),
        reverse("customer_list"),
        f"{reverse('customer_update', args=[pooled.pk])}",
        f"/customers/{pooled.pk}/sheet.pdf",
        "/contacts/",
        "/",
        "/statistics/customers/",
        "/search/?q=公海机械",
        "/customers/export/?format=csv",
    ):
        assert browser.get(address).status_code == 200, address


def test_the_form_of_one_in_a_pool_does_not_ask_for_an_owner(
    pooled, lina, zhang, sign_in
):
    page = sign_in(lina).get(reverse("customer_update", args=[pooled.pk]))
    assert "owner" not in page.context["form"].fields


@pytest.mark.usefixtures("pooled")
def test_it_is_not_transferred_with_others(lina):
    assert Customer.objects.filter(Customer.open_to("transfer")).get().name == (
        "私海机械"
    )


def test_a_merge_keeps_the_owner_there_is(pooled, zhang, lina):
    own = Customer.objects.get(name="私海机械")
    merging.merge(own, [pooled], by=lina, choices={"owner": pooled.pk})
    own.refresh_from_db()
    assert own.owner == zhang


@pytest.mark.parametrize("is_kept", [False, True])
def test_a_merge_taken_back_leads_back_into_the_pool(pooled, lina, is_kept):
    pool, own = pooled.pool, Customer.objects.get(name="私海机械")
    kept, gone = (pooled, own) if is_kept else (own, pooled)
    done = merging.merge(kept, [gone], by=lina, choices={"owner": own.pk})
    assert Customer.objects.get(pk=kept.pk).owner == own.owner
    assert undoing.undo(done, by=lina) == []
    pooled.refresh_from_db()
    assert (pooled.owner, pooled.pool) == (None, pool)
    now = pooled.ownerships.get(to_at=None)
    assert (now.pool, now.how) == (pool, "merged" if is_kept else "released")
    own.refresh_from_db()
    assert own.owner is not None


def test_who_got_it_since_the_merge_keeps_it(pooled, wang, lina):
    own = Customer.objects.get(name="私海机械")
    done = merging.merge(pooled, [own], by=lina, choices={"owner": own.pk})
    with acting(lina):
        Customer.objects.filter(pk=pooled.pk).update(owner=wang)
    undoing.undo(done, by=lina)
    pooled.refresh_from_db()
    assert (pooled.owner, pooled.pool) == (wang, None)


def test_of_a_twin_in_a_pool_its_members_are_told_the_pool(pooled, wang, sign_in):
    query = {"name": "公海机械"}
    page = sign_in(wang).get("/customers/similar/", query).content.decode()
    assert "在公海" in page
    assert pooled.pool.name not in page
    pooled.pool.members.add(wang)
    page = sign_in(wang).get("/customers/similar/", query).content.decode()
    assert pooled.pool.name in page
