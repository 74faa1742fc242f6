"""Collisions 撞单: who rules, on what evidence, what follows, and one appeal."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.guards.actor import acting
from crm.models import Deputy, HistoryEntry
from crm.notices.models import Notice
from customers import collisions, registrations
from customers.evidence import evidence_of
from customers.models import (
    Collision,
    DealRegistration,
    DealRegistrationAttachment,
    Membership,
    Ruling,
)
from tests.customers.test_ownership import unguarded
from tests.factories import (
    a_customer,
    a_pool,
    a_registration,
    an_interaction,
    an_opportunity,
    put_in,
)
from tests.people import hire
from tests.races import together, won
from tests.system.test_merging import merge

pytestmark = pytest.mark.django_db


@pytest.fixture
def gear(wang):
    """A customer of 王芳's."""
    return a_customer(wang, name="撞单齿轮有限公司")


@pytest.fixture
def claim(gear, zhang, qian):
    """张伟 registers it; 钱进 heads both."""
    return a_registration(gear, zhang)


@pytest.fixture
def collision(claim):
    """The collision of the two."""
    return claim.collision


def ruled(collision, by, result="stays", **more):
    """Have it ruled on."""
    more.setdefault("reason", "先接触者先得")
    return collisions.rule(collision, by=by, result=result, **more)


def states(collision):
    """Return {who applied: how their registration stands}."""
    return dict(collision.claims.values_list("owner__username", "status"))


# who rules


def test_the_lowest_common_head_rules_and_no_party(
    collision, zhang, wang, zhao, sun, qian
):
    assert collisions.rulers_of(collision) == [qian]
    for person in (zhang, wang, zhao, sun):
        with pytest.raises(ValidationError) as error:
            ruled(collision, person)
        assert error.value.code == "forbidden"
    ruled(collision, qian)
    assert states(collision) == {"sales": "rejected"}


def test_in_one_department_its_head_rules(zhang, liu, zhao, qian):
    claim = a_registration(a_customer(liu), zhang)
    assert collisions.rulers_of(claim.collision) == [zhao]


def test_a_head_who_is_a_party_leaves_it_to_the_one_above(zhang, zhao, qian):
    claim = a_registration(a_customer(zhao), zhang)
    assert collisions.rulers_of(claim.collision) == [qian]


def test_the_deputy_of_a_party_does_not_rule(zhang, liu, zhao, qian):
    today = timezone.localdate()
    Deputy.objects.create(person=liu, deputy=zhao, starts_on=today, ends_on=today)
    claim = a_registration(a_customer(liu), zhang)
    assert collisions.rulers_of(claim.collision) == [qian]


def test_who_had_it_lately_is_a_party(zhang, liu, wang, zhao, qian):
    gear = a_customer(zhao)
    with acting(zhao):
        gear.owner = liu
        gear.save()
    claim = a_registration(gear, zhang)
    roles = dict(claim.collision.parties.values_list("person__username", "role"))
    assert roles == {"sales": "applicant", "sales3": "owner", "supervisor": "former"}
    assert collisions.rulers_of(claim.collision) == [qian]


def test_postgresql_lets_no_party_rule_nor_change_what_was_ruled(
    collision, qian, wang, zhao
):
    values = {
        "collision": collision,
        "result": "rejected",
        "reason": "就这样",
        "at": timezone.now(),
        "by": qian,
    }
    for person, name in ((wang, "ruling_right"), (None, "ruling_right")):
        with (
            pytest.raises(IntegrityError) as error,
            transaction.atomic(),
            acting(person),
        ):
            Ruling.objects.create(**values)
        assert error.value.__cause__.diag.constraint_name == name
    ruling = ruled(collision, qian)
    rows = Ruling.objects.filter(pk=ruling.pk)
    for act in (lambda: rows.update(reason="别的"), rows.delete):
        with pytest.raises(Exception, match="annot"), transaction.atomic():
            act()


def test_who_gets_a_claim_or_the_customer_meanwhile_is_a_party_and_rules_no_more(
    collision, claim, gear, zhang, wang, liu, qian
):
    DealRegistration.objects.filter(pk=claim.pk).give(liu.pk)
    names = collision.parties.values_list("person__name", flat=True)
    assert set(names) == {"张伟", "王芳", "刘洋"}
    with acting(qian, verb="transferred"):
        gear.__class__.objects.filter(pk=gear.pk).update(owner=qian)
    assert qian not in collisions.rulers_of(collision)
    with pytest.raises(ValidationError):
        ruled(collision, qian)
    with pytest.raises(IntegrityError), transaction.atomic(), acting(qian):
        Ruling.objects.create(
            collision=collision,
            result="rejected",
            reason="我说了算",
            at=timezone.now(),
            by=qian,
        )


def test_it_is_dropped_once_nobody_is_against_anybody(collision, claim, gear, zhang):
    assert registrations.drop_settled() == 0
    with acting(zhang, verb="transferred"):
        gear.__class__.objects.filter(pk=gear.pk).update(owner=zhang)
    assert registrations.drop_settled() == 1
    for row in (collision, claim):
        row.refresh_from_db()
    assert (collision.status, claim.status) == ("dropped", "requested")


# what follows


def test_it_stays_with_its_owner(collision, gear, wang, qian):
    ruled(collision, qian, "stays")
    gear.refresh_from_db()
    collision.refresh_from_db()
    assert (gear.owner, collision.status) == (wang, "ruled")
    assert states(collision) == {"sales": "rejected"}
    assert Notice.objects.filter(verb="collision_ruled").count() == 2


def test_it_moves_with_what_is_open_there(collision, gear, zhang, wang, qian):
    deal = an_opportunity(wang, customer=gear)
    assert deal.owner == wang
    ruled(collision, qian, "moves", winner=zhang)
    gear.refresh_from_db()
    deal.refresh_from_db()
    assert (gear.owner, deal.owner) == (zhang, zhang)
    assert states(collision) == {"sales": "approved"}
    now = gear.ownerships.get(to_at=None)
    assert now.how == "transferred"
    assert str(collision) in now.note


def test_they_share_it_by_percents_that_come_to_a_hundred(
    collision, gear, zhang, wang, liu, qian
):
    for shares in (
        [(zhang, 50), (wang, 49)],
        [(zhang, 100)],
        [(zhang, 50), (liu, 50)],
    ):
        with pytest.raises(ValidationError):
            ruled(collision, qian, "shared", shares=shares)
    ruled(collision, qian, "shared", shares=[(zhang, 40), (wang, 60)])
    gear.refresh_from_db()
    assert gear.owner == wang
    assert Membership.objects.get(customer=gear).user == zhang
    claim = DealRegistration.objects.get(owner=zhang)
    assert (claim.status, claim.is_shared) == ("approved", True)


def test_out_of_a_pool_it_goes_to_who_wins(zhang, wang, lina, qian):
    gear = put_in(a_pool(name="公海一"), a_customer(lina))
    a_registration(gear, zhang)
    collision = a_registration(gear, wang).collision
    with pytest.raises(ValidationError):
        ruled(collision, qian, "stays")
    ruled(collision, qian, "moves", winner=wang)
    gear.refresh_from_db()
    assert gear.owner == wang
    assert states(collision) == {"sales": "rejected", "sales2": "approved"}


def test_what_was_approved_goes_on_where_the_new_ones_are_rejected(
    zhang, wang, lina, zhao, qian
):
    gear = put_in(a_pool(name="公海一"), a_customer(lina))
    first = a_registration(gear, zhang)
    registrations.decide(first, is_approved=True, opinion="", by=zhao)
    collision = a_registration(gear, wang).collision
    ruled(collision, qian, "rejected")
    assert states(collision) == {"sales": "approved", "sales2": "rejected"}


def test_the_customers_choice_needs_its_letter(collision, claim, zhang, qian):
    with pytest.raises(ValidationError):
        ruled(collision, qian, "moves", winner=zhang, is_by_customer=True)
    with acting(zhang):
        DealRegistrationAttachment.objects.create(
            record=claim, name="确认函.pdf", sha256="0" * 64, size=1, uploaded_by=zhang
        )
    assert ruled(collision, qian, "moves", winner=zhang, is_by_customer=True)


def test_a_ruling_without_a_reason_is_none(collision, qian):
    for reason in ("", "  ", None):
        with pytest.raises(ValidationError):
            ruled(collision, qian, reason=reason)
    assert not Ruling.objects.exists()


# the evidence


def test_the_evidence_says_what_each_did_first_and_who_had_it(
    collision, gear, zhang, wang, liu
):
    now = timezone.now()
    for days in (30, 3):
        an_interaction(gear, by=wang, occurred_at=now - timedelta(days=days))
    an_interaction(gear, by=zhang, occurred_at=now - timedelta(days=40))
    an_interaction(gear, by=liu, occurred_at=now - timedelta(days=50))
    lines = [
        (line["key"], line["who"])
        for line in evidence_of(collision)
        if line["key"] in ("interaction", "ownership", "dealregistration")
    ]
    assert lines == [
        ("interaction", zhang.name),
        ("interaction", wang.name),
        ("ownership", wang.name),
        ("dealregistration", zhang.name),
    ]


def test_the_ruling_keeps_the_evidence_as_it_was(collision, gear, zhang, qian):
    ruling = ruled(collision, qian)
    before = len(ruling.evidence)
    an_interaction(gear, by=zhang)
    ruling.refresh_from_db()
    assert len(ruling.evidence) == before


# the appeal


def test_a_party_appeals_once_and_somebody_else_rules(zhang, liu, zhao, qian, wang):
    claim = a_registration(a_customer(liu), zhang)
    collision = claim.collision
    ruled(collision, zhao, "stays")
    collision.refresh_from_db()
    for person in (wang, zhao):
        with pytest.raises(ValidationError):
            collisions.appeal(collision, by=person, text="不服")
    collisions.appeal(collision, by=zhang, text="客户先找的我")
    assert collision.status == "appealed"
    assert collisions.rulers_of(collision) == [qian]
    with pytest.raises(ValidationError):
        collisions.appeal(collision, by=liu, text="也不服")
    with pytest.raises(ValidationError):
        ruled(collision, zhao, "stays")
    ruled(collision, qian, "moves", winner=zhang)
    collision.refresh_from_db()
    claim.refresh_from_db()
    assert (collision.status, claim.status) == ("closed", "approved")
    assert claim.customer.__class__.objects.get(pk=claim.customer_id).owner == zhang
    with pytest.raises(ValidationError):
        collisions.appeal(collision, by=liu, text="不服")


def test_what_an_appeal_overturns_is_undone_in_the_team(
    collision, gear, zhang, wang, qian
):
    above = hire("owner", "周总", "sales_director")
    ruled(collision, qian, "shared", shares=[(zhang, 40), (wang, 60)])
    collision.refresh_from_db()
    collisions.appeal(collision, by=wang, text="不服")
    ruled(collision, above, "stays")
    assert not Membership.objects.filter(customer=gear).exists()


def test_what_was_shared_protects_one_alone_after_an_appeal(
    collision, claim, zhang, wang, qian
):
    above = hire("owner", "周总", "sales_director")
    ruled(collision, qian, "shared", shares=[(zhang, 40), (wang, 60)])
    claim.refresh_from_db()
    assert claim.is_shared
    collision.refresh_from_db()
    collisions.appeal(collision, by=wang, text="不服")
    ruled(collision, above, "moves", winner=zhang)
    claim.refresh_from_db()
    assert (claim.status, claim.is_shared) == ("approved", False)


def test_who_gets_the_customer_long_after_is_no_party_to_it(collision, gear, qian, liu):
    ruled(collision, qian)
    gear.__class__.objects.filter(pk=gear.pk).update(owner=liu)
    assert not collision.parties.filter(person=liu).exists()


def test_after_five_working_days_it_stands(collision, zhang, qian):
    ruling = ruled(collision, qian)
    with unguarded("customers_ruling"):
        long_ago = timezone.now() - timedelta(days=20)
        Ruling.objects.filter(pk=ruling.pk).update(at=long_ago)
    collision.refresh_from_db()
    with pytest.raises(ValidationError):
        collisions.appeal(collision, by=zhang, text="太晚了")


def test_where_nobody_stands_above_the_first_ruling_is_the_last(
    collision, zhang, wang, zhao, sun, qian
):
    ruled(collision, qian)
    collision.refresh_from_db()
    assert collisions.appeal_until(collision) is None
    with pytest.raises(ValidationError):
        collisions.appeal(collision, by=zhang, text="不服")


# its page


def test_what_is_wrong_with_a_ruling_is_told_in_its_form(
    collision, zhang, wang, qian, sign_in
):
    browser, seen = sign_in(qian), {"seen": collisions.last_of(collision)}
    url = f"{collision.get_absolute_url()}ruling/"
    given = {"result": "moves", "reason": "客户已选定供应商", **seen}
    answer = browser.post(url, given)
    assert answer.status_code == 422
    assert "客户已选定供应商" in answer.text
    assert "请选择由哪位当事人负责该客户" in answer.text
    shares = {f"share_{zhang.pk}": "60", f"share_{wang.pk}": "50", **seen}
    answer = browser.post(url, {"result": "shared", "reason": "都有功", **shares})
    assert (answer.status_code, 'value="60"' in answer.text) == (422, True)
    assert not Ruling.objects.exists()
    shares[f"share_{wang.pk}"] = "40"
    answer = browser.post(url, {"result": "shared", "reason": "都有功", **shares})
    assert answer.status_code == 302
    assert sign_in(zhang).post(
        url, {"result": "stays", "reason": "我"}
    ).status_code in (
        403,
        409,
        422,
    )


def test_who_has_not_seen_the_last_to_come_in_looks_again(
    collision, gear, zhang, liu, qian, sign_in
):
    browser = sign_in(qian)
    form = browser.get(collision.get_absolute_url()).context["form"]
    a_registration(gear, liu)
    given = {"result": "stays", "reason": "先到先得", "seen": form["seen"].value()}
    for sent in (given, {**given, "seen": ""}):
        answer = browser.post(f"{collision.get_absolute_url()}ruling/", sent)
        assert answer.status_code == 409
    assert not Ruling.objects.exists()
    given["seen"] = collisions.last_of(collision)
    answer = browser.post(f"{collision.get_absolute_url()}ruling/", given)
    assert answer.status_code == 302


def test_a_party_reads_of_others_what_they_did_and_no_more(
    collision, gear, zhang, wang, chen, sign_in
):
    an_interaction(gear, by=wang, subject="报价单已发送")
    page = sign_in(zhang).get(collision.get_absolute_url())
    assert "王芳" in page.text
    assert "报价单已发送" not in page.text
    assert "报价单已发送" in sign_in(wang).get(collision.get_absolute_url()).text
    assert sign_in(chen).get(collision.get_absolute_url()).status_code == 404


# races


@pytest.mark.django_db(transaction=True)
def test_of_many_who_register_at_once_all_collide(zhang, wang, liu, lina, qian):
    gear = put_in(a_pool(name="公海一"), a_customer(lina))
    people = (zhang, wang, liu)
    outcomes = together(3, lambda n: a_registration(gear, people[n]))
    assert len(won(outcomes)) == 3
    assert Collision.objects.count() == 1
    assert set(states(Collision.objects.get()).values()) == {"conflict"}


@pytest.mark.django_db(transaction=True)
def test_it_is_ruled_on_once(collision, gear, zhang, wang, qian):
    outcomes = together(4, lambda _n: ruled(collision, qian, "moves", winner=zhang))
    assert len(won(outcomes)) == 1
    assert Ruling.objects.count() == 1


# merges


def test_two_customers_that_become_one_bring_their_claims_into_a_collision(
    zhang, wang, lina, zhao, sun, qian
):
    mine, theirs = a_customer(zhang), a_customer(wang)
    first = a_registration(mine, zhang)
    second = a_registration(theirs, wang)
    registrations.decide(first, is_approved=True, opinion="", by=zhao)
    registrations.decide(second, is_approved=True, opinion="", by=sun)
    merge(mine, theirs, by=lina)
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.status, second.status) == ("approved", "conflict")
    assert first.collision == second.collision
    assert HistoryEntry.objects.filter(
        subject_label="customers.collision", subject_id=second.collision_id
    ).exists()
