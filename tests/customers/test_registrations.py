"""Registrations 报备: who is protected for what, until when, and who decides."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from contracts import approval
from crm.guards.actor import acting
from crm.models import HistoryEntry
from crm.notices.models import Notice
from customers import pools, registrations
from customers.expiry import end
from customers.guards.registrations import EXTENDS, PROTECTS
from customers.models import Collision, Customer, DealRegistration, Membership
from tests.contracts.test_approval import LARGE, verdict
from tests.customers.test_ownership import unguarded
from tests.factories import (
    a_contract,
    a_customer,
    a_pool,
    a_product,
    a_registration,
    an_interaction,
    an_item,
    put_in,
)
from tests.pages import form_of

pytestmark = pytest.mark.django_db


def approved(registration, by):
    """Have it approved."""
    registrations.decide(registration, is_approved=True, opinion="", by=by)
    return registration


def ago(registration, days):
    """Let it have been approved so many days ago."""
    day = timezone.localdate() - timedelta(days=days)
    with unguarded("customers_dealregistration"):
        DealRegistration.objects.filter(pk=registration.pk).update(
            approved_on=day,
            valid_until=day + timedelta(days=PROTECTS),
            decided_at=timezone.now() - timedelta(days=days),
        )
    registration.refresh_from_db()
    return registration


def is_refused(name, act, *args, **options):
    """Say whether PostgreSQL refuses something by a name."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act(*args, **options)
    return name in str(error.value.__cause__.diag.constraint_name)


# what protects


def test_what_is_registered_waits_for_the_head_and_protects_from_then_on(zhang, zhao):
    gear = a_customer(zhang)
    mine = a_registration(gear, zhang)
    assert mine.number.startswith("BB")
    assert (mine.status, mine.is_registered) == ("requested", True)
    approved(mine, zhao)
    today = timezone.localdate()
    assert (mine.status, mine.approved_on) == ("approved", today)
    assert mine.valid_until == today + timedelta(days=PROTECTS)
    assert (mine.decided_by, mine.is_protected) == (zhao, True)
    assert Notice.objects.get(verb="claim_approved").person == zhang


def test_nobody_decides_on_their_own_nor_without_the_right(zhang, zhao, wang):
    own = a_registration(a_customer(zhao), zhao)
    with pytest.raises(ValidationError):
        approved(own, zhao)
    other = a_registration(a_customer(zhang), zhang)
    with pytest.raises(ValidationError):
        approved(other, wang)
    rows = DealRegistration.objects.filter(pk=other.pk)
    with acting(zhang, verb="approved"):
        assert is_refused("dealregistration_right", rows.update, status="approved")


def test_a_rejection_says_why(zhang, zhao):
    mine = a_registration(a_customer(zhang), zhang)
    with pytest.raises(ValidationError):
        registrations.decide(mine, is_approved=False, opinion=" ", by=zhao)
    registrations.decide(mine, is_approved=False, opinion="已有项目", by=zhao)
    mine.refresh_from_db()
    assert (mine.status, mine.opinion) == ("rejected", "已有项目")


def test_what_was_decided_on_neither_changes_nor_goes(zhang, zhao):
    mine = approved(a_registration(a_customer(zhang), zhang), zhao)
    rows = DealRegistration.objects.filter(pk=mine.pk)
    for change in ({"subject": "别的"}, {"amount": 5}, {"deleted_at": timezone.now()}):
        assert is_refused("dealregistration_frozen", rows.update, **change)
    with pytest.raises(ValidationError):
        mine.discard(zhang)
    longer = timezone.localdate() + timedelta(days=900)
    rows.update(valid_until=longer)
    mine.refresh_from_db()
    assert mine.valid_until != longer


def test_one_registers_the_same_only_once_but_another_category(zhang):
    gear = a_customer(zhang)
    hardware = an_item("product_category", "hardware")
    a_registration(gear, zhang, category=hardware)
    a_registration(gear, zhang, category=an_item("product_category", "software"))
    assert is_refused(
        "dealregistration_twice", a_registration, gear, zhang, category=hardware
    )
    assert is_refused("dealregistration_twice", a_registration, gear, zhang)


def test_one_that_waits_says_for_whom_and_until_when(zhang, zhao, sign_in):
    mine = a_registration(a_customer(zhang), zhang)
    browser = sign_in(zhang)
    page = browser.get(mine.get_absolute_url())
    assert page.context["deciders"] == [zhao]
    assert "赵强" in page.text
    assert f"应于 {registrations.due_on(mine)} 前答复" in page.text
    assert "保护" not in [heading for heading, _facts in page.context["groups"]]
    (withdrawal,) = (a for a in page.context["actions"] if a["key"] == "withdrawal")
    assert "撤回后不再审批" in withdrawal["confirm"]
    approved(mine, zhao)
    page = browser.get(mine.get_absolute_url())
    assert page.context["deciders"] == ()
    assert "保护" in [heading for heading, _facts in page.context["groups"]]


# its end


def test_who_did_something_new_extends_it_twice_by_thirty_days(zhang, zhao):
    gear = a_customer(zhang)
    mine = ago(approved(a_registration(gear, zhang), zhao), 40)
    first = mine.valid_until
    with pytest.raises(ValidationError):
        registrations.extend(mine, by=zhang)
    an_interaction(gear, occurred_at=timezone.now() - timedelta(days=50))
    with pytest.raises(ValidationError):
        registrations.extend(mine, by=zhang)
    an_interaction(gear, occurred_at=timezone.now() - timedelta(days=1))
    registrations.extend(mine, by=zhang)
    assert mine.valid_until == first + timedelta(days=EXTENDS)
    # What was done before the first period ended is no reason for a second one.
    with pytest.raises(ValidationError):
        registrations.extend(mine, by=zhang)
    rows = DealRegistration.objects.filter(pk=mine.pk)
    with acting(zhang):
        rows.update(extended=2)
        assert is_refused("dealregistration_extended", rows.update, extended=3)


def test_the_day_it_ends_others_may_register_and_the_night_says_so(zhang, wang, zhao):
    gear = a_customer(zhang)
    mine = ago(approved(a_registration(gear, zhang), zhao), PROTECTS + 1)
    assert not mine.is_protected
    Customer.objects.filter(pk=gear.pk).update(owner=wang)
    other = a_registration(gear, wang)
    assert other.status == "requested"
    end.func(type("Slice", (), {"done": 0})())
    mine.refresh_from_db()
    assert mine.status == "expired"
    notice = Notice.objects.get(verb="claim_expired")
    assert notice.person == zhang
    entry = HistoryEntry.objects.filter(subject_id=mine.pk, verb="expired")
    assert entry.exists()


def test_of_a_collision_that_nobody_told_of_the_clock_tells(wang, zhang, qian):
    a_registration(a_customer(wang), zhang)
    assert not Notice.objects.exists()
    end.func(type("Slice", (), {"done": 0})())
    verbs = set(Notice.objects.values_list("person__username", "verb"))
    assert verbs == {
        ("sales", "collision_opened"),
        ("sales2", "collision_opened"),
        ("director", "collision_waits"),
    }
    end.func(type("Slice", (), {"done": 0})())
    assert Notice.objects.count() == 3


def test_who_has_the_customer_reads_it_and_does_nothing_to_it(
    zhang, wang, zhao, sign_in
):
    theirs = a_registration(a_customer(wang), zhang)
    browser = sign_in(wang)
    assert browser.get(theirs.get_absolute_url()).status_code == 200
    for verb in ("withdrawal", "extension"):
        url = f"{theirs.get_absolute_url()}{verb}/"
        assert browser.post(url, {"version": theirs.version}).status_code == 404
    for page in ("edit", "delete"):
        url = f"{theirs.get_absolute_url()}{page}/"
        assert browser.get(url).status_code == 404
    theirs.refresh_from_db()
    assert theirs.status == "conflict"


def test_nor_by_many_at_once(zhang, wang, sign_in):
    gear = a_customer(wang)
    Membership.objects.create(customer=gear, user=zhang, may_write=True)
    theirs = a_registration(gear, zhang, amount=100)
    given = {"ids": [theirs.pk], "action": "edit", "field": "amount", "value": "1"}
    sign_in(wang).post("/registrations/bulk/", given)
    theirs.refresh_from_db()
    assert theirs.amount == 100


def test_who_inherits_a_registration_collides_with_nobody(zhang, liu, zhao):
    gear = a_customer(zhang)
    mine = a_registration(gear, zhang)
    DealRegistration.objects.filter(pk=mine.pk).give(liu.pk)
    mine.refresh_from_db()
    assert (mine.owner, mine.status) == (liu, "requested")


def test_nothing_ends_before_its_time(zhang, zhao):
    mine = approved(a_registration(a_customer(zhang), zhang), zhao)
    rows = DealRegistration.objects.filter(pk=mine.pk)
    assert is_refused("dealregistration_edge", rows.update, status="expired")


def test_a_contract_in_force_ends_what_led_to_it(zhang, wang, zhao, sun):
    hardware, software = (
        an_item("product_category", code) for code in ("hardware", "software")
    )
    contract = a_contract(zhang, amount=LARGE)
    product = a_product(zhang, category=hardware)
    contract.lines.create(product=product, quantity=1, unit_price=LARGE, amount=LARGE)
    gear = contract.customer
    mine = approved(a_registration(gear, zhang, category=hardware), zhao)
    others = approved(a_registration(gear, zhang, category=software), zhao)
    Membership.objects.create(customer=gear, user=wang, may_write=True)
    theirs = approved(
        a_registration(gear, wang, category=an_item("product_category", "service")), sun
    )
    approval.submit(contract, by=zhang)
    verdict(contract, zhao)
    for registration in (mine, others, theirs):
        registration.refresh_from_db()
    assert (mine.status, others.status, theirs.status) == (
        "converted",
        "approved",
        "approved",
    )


# pools


def test_what_somebody_registered_nobody_else_claims(zhang, wang, zhao, head_office):
    pool = a_pool(name="公海一", reclaim_days=0)
    pool.departments.add(head_office)
    gear = a_customer(zhang)
    mine = approved(a_registration(gear, zhang), zhao)
    put_in(pool, gear)
    with pytest.raises(ValidationError) as error:
        pools.claim(gear.pk, wang)
    assert str(mine.valid_until) in error.value.messages[0]
    registrations.withdraw(mine, by=zhang)
    assert pools.claim(gear.pk, wang).owner == wang


def test_what_is_taken_back_protected_until_that_day(zhang, zhao):
    mine = approved(a_registration(a_customer(zhang), zhang), zhao)
    registrations.withdraw(mine, by=zhang)
    assert mine.valid_until == timezone.localdate()


# collisions


def test_two_who_register_one_thing_collide_and_neither_waits_alone(zhang, wang, lina):
    pool = a_pool(name="公海一")
    gear = put_in(pool, a_customer(lina))
    first = a_registration(gear, zhang)
    assert first.status == "requested"
    second = a_registration(gear, wang)
    first.refresh_from_db()
    assert (first.status, second.status) == ("conflict", "conflict")
    assert first.collision == second.collision
    roles = dict(second.collision.parties.values_list("person__name", "role"))
    assert roles == {
        zhang.name: "applicant",
        wang.name: "applicant",
        lina.name: "former",
    }


def test_other_products_do_not_collide(zhang, wang, lina):
    gear = put_in(a_pool(name="公海一"), a_customer(lina))
    a_registration(gear, zhang, category=an_item("product_category", "hardware"))
    second = a_registration(
        gear, wang, category=an_item("product_category", "software")
    )
    assert second.status == "requested"


def test_who_registers_anothers_customer_collides_but_not_in_its_team(zhang, wang):
    gear, pump = a_customer(wang), a_customer(wang)
    assert a_registration(gear, zhang).status == "conflict"
    Membership.objects.create(customer=pump, user=zhang, may_write=True)
    assert a_registration(pump, zhang).status == "requested"


def test_an_approved_one_goes_on_protecting_while_it_is_contested(
    zhang, wang, zhao, lina
):
    gear = put_in(a_pool(name="公海一"), a_customer(lina))
    first = approved(a_registration(gear, zhang), zhao)
    second = a_registration(gear, wang)
    first.refresh_from_db()
    assert (first.status, second.status) == ("approved", "conflict")
    assert first.collision == second.collision
    with pytest.raises(ValidationError):
        approved(second, zhao)


def test_a_third_one_joins_the_collision_there_is(zhang, wang, liu, lina):
    gear = put_in(a_pool(name="公海一"), a_customer(lina))
    for person in (zhang, wang, liu):
        a_registration(gear, person)
    collision = Collision.objects.get()
    assert collision.claims.filter(status="conflict").count() == 3


def test_who_is_left_alone_waits_as_before(zhang, wang, lina):
    gear = put_in(a_pool(name="公海一"), a_customer(lina))
    first, second = a_registration(gear, zhang), a_registration(gear, wang)
    registrations.withdraw(second, by=wang)
    first.refresh_from_db()
    assert first.status == "requested"
    assert first.collision.status == "dropped"


def test_a_report_collides_only_once_it_is_in_the_books(zhang, wang, lina):
    gear = put_in(a_pool(name="公海一"), a_customer(lina))
    a_registration(gear, zhang)
    report = a_registration(gear, wang, registered=False)
    assert report.status == "requested"
    report.register(lina)
    report.refresh_from_db()
    assert report.status == "conflict"


# its form


def test_the_form_takes_what_one_sees_found_or_has_in_a_pool(
    zhang, wang, lina, sign_in, head_office
):
    pool = a_pool(name="公海一")
    pool.members.add(zhang)
    own, found, hidden = a_customer(zhang), a_customer(wang), a_customer(wang)
    pooled = put_in(pool, a_customer(lina))
    browser = sign_in(zhang)
    browser.get("/check/", {"q": found.name})
    for customer, is_taken in (
        (own, True),
        (found, True),
        (pooled, True),
        (hidden, False),
    ):
        url = f"/registrations/add/?customer={customer.pk}"
        filled = {**form_of(browser, url), "customer": customer.pk, "subject": "改造"}
        answer = browser.post("/registrations/add/", filled)
        rows = DealRegistration.objects.filter(customer=customer)
        assert (answer.status_code, rows.exists()) == (
            (302, True) if is_taken else (422, False)
        )
