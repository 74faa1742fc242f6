"""The life of a contract: who may do what to it, in which state."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from contracts import approval
from contracts.models import ApprovalRule, ApprovalStep, Contract, Round
from crm.approval.snapshots import digest
from crm.guards import actor
from crm.models import Deputy, HistoryEntry, Role
from crm.models.record import Registration
from customers.models import Membership
from tests.factories import a_contract, a_customer, a_product, an_item
from tests.people import dismiss, hire

pytestmark = pytest.mark.django_db

SMALL, LARGE, HUGE = Decimal(50_000), Decimal(100_000), Decimal(1_000_000)


def refused(code, verb, *args, **options):
    """Check that a verb refuses with this code and return the words."""
    with pytest.raises(ValidationError) as caught:
        verb(*args, **options)
    assert (getattr(caught.value, "code", None) or "invalid") == code, caught.value
    return " ".join(caught.value.messages)


def verdict(contract, by, approved=True, opinion="", round_id=None):
    """Give a verdict on what is open now, or on a round of old."""
    seen = round_id or contract.rounds.filter(state="open").get().pk
    return approval.decide(
        contract, by=by, approved=approved, opinion=opinion, round_id=seen
    )


def in_state(status, owner, head):
    """Return a large contract that has come to a state by the usual way."""
    contract = a_contract(owner, amount=LARGE)
    if status != "draft":
        approval.submit(contract, by=owner)
    if status not in ("draft", "pending"):
        verdict(contract, head)
    if status == "completed":
        approval.complete(contract, by=head)
    if status == "terminated":
        end(contract, head)
    assert contract.status == status
    return contract


def end(contract, by, day=None):
    """Terminate by agreement."""
    reason = an_item("termination_reason", "agreement")
    approval.terminate(contract, by=by, reason=reason, day=day or timezone.localdate())


def test_what_no_rule_names_goes_through_the_inbox(zhang, lina):
    contract = a_contract(zhang, amount=SMALL)
    assert approval.submit(contract, by=zhang) is None
    assert contract.status == "reported"
    assert contract in Contract.objects.awaiting(lina)
    refused("forbidden", approval.register, contract, by=zhang)
    approval.register(contract, by=lina)
    assert contract.status == "registered"
    round_ = contract.rounds.get()
    assert (round_.state, round_.unruled) == ("approved", True)
    assert contract.editions.get().number == 1


def test_who_registers_has_it_in_the_books_at_once(zhang, lina):
    contract = a_contract(zhang, registered=False, amount=SMALL)
    approval.submit(contract, by=lina)
    assert contract.status == "registered"
    assert contract.registered_by == lina


def test_what_was_handed_in_can_be_taken_back(zhang, lina):
    contract = a_contract(zhang, registered=False, amount=SMALL)
    approval.submit(contract, by=zhang)
    approval.recall(contract, by=zhang)
    assert contract.status == "recalled"
    assert contract not in Contract.objects.awaiting(lina)
    approval.submit(contract, by=zhang)
    assert contract in Contract.objects.awaiting(lina)


def test_a_draft_waits_for_nobody(zhang, lina):
    contract = a_contract(zhang, registered=False, amount=SMALL)
    assert contract not in Contract.objects.awaiting(lina)
    refused("conflict", approval.register, contract, by=lina)
    refused("conflict", approval.send_back, contract, by=lina, reason="缺附件")


def test_nothing_holds_at_a_customer_that_is_only_reported(zhang, zhao, lina):
    customer = a_customer(zhang, registered=False)
    small = a_contract(zhang, customer=customer, amount=SMALL)
    approval.submit(small, by=zhang)
    refused("invalid", approval.register, small, by=lina)
    large = a_contract(zhang, customer=customer, amount=LARGE)
    assert customer.name in refused("invalid", approval.submit, large, by=zhang)
    customer.register(lina)
    approval.register(small, by=lina)
    approval.submit(large, by=zhang)
    assert (small.status, large.status) == ("registered", "pending")


def test_a_rule_that_asks_by_now_stops_the_inbox(zhang, lina):
    contract = a_contract(zhang, amount=SMALL)
    approval.submit(contract, by=zhang)
    Contract.objects.filter(pk=contract.pk).update(amount=LARGE)
    assert "十万元" in refused("invalid", approval.register, contract, by=lina)


def test_large_contract_waits_for_the_head_of_department(zhang, zhao, qian):
    contract = a_contract(zhang, amount=LARGE)
    round_ = approval.submit(contract, by=zhang)
    assert (contract.status, round_.state) == ("pending", "open")
    decision = verdict(contract, zhao, opinion="同意")
    assert contract.status == "registered"
    assert (decision.by, decision.on_behalf_of) == (zhao, None)
    round_.refresh_from_db()
    assert round_.state == "approved"
    assert contract.editions.get().round == round_


def test_huge_contract_also_waits_for_the_head_above(zhang, zhao, qian):
    contract = a_contract(zhang, amount=HUGE)
    approval.submit(contract, by=zhang)
    refused("forbidden", verdict, contract, qian)
    verdict(contract, zhao)
    assert contract.status == "pending"
    refused("conflict", verdict, contract, zhao)
    verdict(contract, qian)
    assert contract.status == "registered"


def test_road_of_a_rejected_contract(zhang, zhao):
    contract = a_contract(zhang, amount=LARGE)
    first = approval.submit(contract, by=zhang)
    verdict(contract, zhao, approved=False, opinion="价格太低")
    assert contract.status == "rejected"
    contract.amount = Decimal(120_000)
    contract.save()
    second = approval.submit(contract, by=zhang)
    assert first.sha256 != second.sha256
    verdict(contract, zhao)
    assert contract.status == "registered"
    assert [r.state for r in contract.rounds.order_by("pk")] == ["rejected", "approved"]
    assert [d.approved for d in contract.decisions.order_by("pk")] == [False, True]


def test_round_keeps_what_was_seen(zhang, zhao):
    contract = a_contract(zhang, amount=Decimal("103500"), title="水泵 “甲”")
    pump = a_product(zhang, name="水泵")
    contract.lines.create(product=pump, quantity=9, unit_price=11_500)
    round_ = approval.submit(contract, by=zhang)
    assert round_.sha256 == digest(round_.snapshot)
    assert "水泵 “甲”" in round_.snapshot
    assert '"quantity":"9.000"' in round_.snapshot


@pytest.mark.parametrize("opinion", ["", "   ", "　\n　", "\u200b", "字" * 1001])
def test_rejection_needs_a_reason_of_reasonable_length(zhang, zhao, opinion):
    contract = in_state("pending", zhang, zhao)
    refused("invalid", verdict, contract, zhao, approved=False, opinion=opinion)
    assert contract.rounds.get().state == "open"


def test_nobody_decides_their_own_contract(zhang, zhao, qian, lina):
    lina.role_assignments.create(role=Role.objects.get(code="supervisor"))
    own = a_contract(zhao, amount=LARGE)
    approval.submit(own, by=zhao)
    words = refused("forbidden", verdict, own, zhao)
    assert "own" in words or "本人" in words or "自己" in words
    verdict(own, qian)

    entered = a_contract(zhang, amount=LARGE, entered_by=zhao)
    approval.submit(entered, by=zhang)
    refused("forbidden", verdict, entered, zhao)
    verdict(entered, qian)

    submitted = a_contract(zhang, amount=LARGE)
    approval.submit(submitted, by=zhao)
    refused("forbidden", verdict, submitted, zhao)
    verdict(submitted, qian)


def test_last_editor_never_decides(zhang, zhao, qian):
    contract = a_contract(zhang, amount=LARGE)
    with actor.acting(zhao):
        Contract.objects.filter(pk=contract.pk).update(terms="改过")
    approval.submit(contract, by=zhang)
    refused("forbidden", verdict, contract, zhao)
    verdict(contract, qian)


def test_editor_of_a_line_never_decides(zhang, zhao, qian):
    contract = a_contract(zhang, amount=LARGE)
    with actor.acting(zhao):
        contract.lines.create(product=a_product(zhang), quantity=1, unit_price=LARGE)
    approval.submit(contract, by=zhang)
    refused("forbidden", verdict, contract, zhao)


def test_nobody_able_means_no_submission(zhang, zhao):
    own = a_contract(zhao, amount=LARGE)
    refused("invalid", approval.submit, own, by=zhao)
    own.refresh_from_db()
    assert own.status == "draft"
    assert not own.rounds.exists()


def test_last_resort_decides_where_no_head_can(zhang, zhao, sun, lina):
    ApprovalRule.objects.update(last_resort=sun)
    own = a_contract(zhao, amount=LARGE)
    approval.submit(own, by=zhao)
    assert own in Contract.objects.visible_to(sun)
    verdict(own, sun)
    assert own.status == "registered"


def test_head_who_left_is_passed_over(zhang, zhao, qian):
    contract = in_state("pending", zhang, zhao)
    dismiss(zhao)
    verdict(contract, qian)
    assert contract.status == "registered"


def test_head_without_the_right_is_passed_over(zhang, zhao, qian):
    contract = in_state("pending", zhang, zhao)
    zhao.role_assignments.all().delete()
    verdict(contract, qian)
    assert contract.status == "registered"


def test_new_head_decides_at_once(zhang, zhao, sales_department):
    contract = in_state("pending", zhang, zhao)
    new = hire("new", "新主管", "supervisor", department=sales_department)
    sales_department.head = new
    sales_department.save()
    refused("forbidden", verdict, contract, zhao)
    verdict(contract, new)


def absent(person, deputy, days=0):
    """Let a deputy stand in for today, or for other days."""
    day = timezone.localdate() + timedelta(days=days)
    Deputy.objects.create(person=person, deputy=deputy, starts_on=day, ends_on=day)


def test_deputy_decides_for_the_absent(zhang, zhao, sun):
    contract = in_state("pending", zhang, zhao)
    assert contract not in Contract.objects.visible_to(sun)
    absent(zhao, sun)
    assert contract in Contract.objects.visible_to(sun)
    decision = verdict(contract, sun)
    assert (decision.by, decision.on_behalf_of) == (sun, zhao)
    assert contract in Contract.objects.visible_to(sun)


def test_deputy_of_another_day_does_not(zhang, zhao, sun):
    contract = in_state("pending", zhang, zhao)
    absent(zhao, sun, days=1)
    refused("forbidden", verdict, contract, sun)
    assert contract not in Contract.objects.visible_to(sun)


def test_deputy_needs_the_right_to_approve(zhang, zhao, liu, qian):
    contract = in_state("pending", zhang, zhao)
    absent(zhao, liu)
    refused("forbidden", verdict, contract, liu)
    refused("forbidden", verdict, contract, zhao)
    verdict(contract, qian)


def test_deputy_is_barred_from_their_own(zhang, zhao, sun, qian, sales_department):
    contract = a_contract(zhang, amount=LARGE, entered_by=sun)
    approval.submit(contract, by=zhang)
    absent(zhao, sun)
    refused("forbidden", verdict, contract, sun)
    verdict(contract, qian)


def test_absent_head_is_asked_when_nobody_else_is_left(zhang, zhao, liu):
    contract = in_state("pending", zhang, zhao)
    absent(zhao, liu)
    verdict(contract, zhao)
    assert contract.status == "registered"


def test_second_step_prefers_somebody_new(zhao, qian, sun):
    contract = a_contract(zhao, amount=HUGE)
    ApprovalRule.objects.update(last_resort=sun)
    approval.submit(contract, by=zhao)
    verdict(contract, qian)
    refused("conflict", verdict, contract, qian)
    verdict(contract, sun)
    assert contract.status == "registered"


def test_role_and_person_can_be_asked(zhang, zhao, sun, qian):
    rule = ApprovalRule.objects.create(name="折扣", discount_over=10, order=1)
    supervisors = Role.objects.get(code="supervisor")
    rule.steps.create(position=1, asks=ApprovalStep.Asks.ROLE, role=supervisors)
    rule.steps.create(position=2, asks=ApprovalStep.Asks.PERSON, person=qian)
    contract = a_contract(zhang, amount=Decimal("80"))
    contract.lines.create(
        product=a_product(zhang), quantity=1, unit_price=100, discount=20
    )
    approval.submit(contract, by=zhang)
    assert contract.status == "pending"
    verdict(contract, sun)
    verdict(contract, qian)
    assert contract.status == "registered"


def test_rules_match_kind_and_credit_grade(zhang, zhao):
    kind, grade = an_item("contract_kind", "agency"), an_item("credit_grade", "D")
    rule = ApprovalRule.objects.create(
        name="D 级", order=1, kind=kind, credit_grade=grade
    )
    rule.steps.create(position=1)
    plain = a_contract(zhang, amount=SMALL, kind=kind)
    approval.submit(plain, by=zhang)
    assert plain.status == "reported"
    risky = a_contract(zhang, amount=SMALL, kind=kind)
    risky.customer.credit_grade = grade
    risky.customer.save()
    approval.submit(risky, by=zhang)
    assert risky.status == "pending"
    ApprovalRule.objects.update(active=False)
    other = a_contract(zhang, amount=HUGE, kind=kind)
    approval.submit(other, by=zhang)
    assert other.status == "reported"


def test_reported_contract_is_registered_by_its_submission(zhang, zhao):
    contract = a_contract(zhang, registered=False, amount=LARGE)
    assert contract not in Contract.objects.visible_to(zhao)
    approval.submit(contract, by=zhang)
    assert contract.registration == Registration.REGISTERED
    assert contract.registered_by == zhang
    assert contract in Contract.objects.visible_to(zhao)


def test_a_returned_contract_is_handed_in_again(zhang, lina):
    contract = a_contract(zhang, registered=False)
    approval.submit(contract, by=zhang)
    refused("invalid", approval.send_back, contract, by=lina, reason="　")
    approval.send_back(contract, by=lina, reason="缺合同文本")
    assert (contract.status, contract.registration) == ("draft", "returned")
    assert contract.return_reason == "缺合同文本"
    approval.report_again(contract, by=zhang)
    assert contract in Contract.objects.awaiting(lina)
    approval.send_back(contract, by=lina, reason="仍缺合同文本")
    approval.submit(contract, by=zhang)
    assert (contract.status, contract.return_reason) == ("reported", "")


def test_what_its_people_see_already_is_returned_as_rejected(zhang, lina):
    contract = a_contract(zhang)
    approval.submit(contract, by=zhang)
    approval.send_back(contract, by=lina, reason="缺合同文本")
    assert (contract.status, contract.return_reason) == ("rejected", "缺合同文本")
    assert contract in Contract.objects.visible_to(zhang)


def test_information_administrator_submits_for_others(zhang, zhao, lina):
    contract = a_contract(zhang, registered=False, amount=LARGE)
    approval.submit(contract, by=lina)
    assert contract.status == "pending"
    refused("forbidden", verdict, contract, lina)


def test_amount_must_be_the_sum_of_the_lines(zhang):
    contract = a_contract(zhang, amount=Decimal(100))
    contract.lines.create(product=a_product(zhang), quantity=1, unit_price=99)
    refused("invalid", approval.submit, contract, by=zhang)


def test_who_may_submit(zhang, wang, liu, chen, zhou, nobody):
    contract = a_contract(zhang)
    Membership.objects.create(customer=contract.customer, user=liu, may_write=True)
    for person in (wang, liu, chen, zhou, nobody):
        refused("forbidden", approval.submit, contract, by=person)
    assert not contract.rounds.exists()


def test_who_may_decide(zhang, wang, liu, chen, lina, zhou, sun, nobody, zhao):
    contract = in_state("pending", zhang, zhao)
    for person in (zhang, wang, liu, chen, lina, zhou, sun, nobody):
        refused("forbidden", verdict, contract, person)
    assert not contract.decisions.exists()


def test_who_may_recall(zhang, wang, zhao, lina):
    contract = in_state("pending", zhang, zhao)
    for person in (wang, zhao, lina):
        refused("forbidden", approval.recall, contract, by=person)
    approval.recall(contract, by=zhang)
    assert contract.status == "recalled"
    assert contract.rounds.get().state == "recalled"


def test_who_may_complete_and_terminate(zhang, wang, chen, zhao):
    contract = in_state("registered", zhang, zhao)
    for person in (zhang, wang, chen):
        refused("forbidden", approval.complete, contract, by=person)
        refused("forbidden", end, contract, person)
    assert contract.status == "registered"


STATES = ("draft", "pending", "registered", "completed", "terminated")
VERBS = {
    "draft": lambda c, zhang, zhao: approval.submit(c, by=zhang),
    "pending": lambda c, zhang, zhao: approval.recall(c, by=zhang),
    "registered": lambda c, zhang, zhao: approval.amend(c, by=zhang),
}


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("fits", VERBS)
def test_verbs_fit_one_state_only(zhang, zhao, status, fits):
    contract = in_state(status, zhang, zhao)
    if status == fits:
        VERBS[fits](contract, zhang, zhao)
        assert (contract.status, contract.amendment_state) != (status, "")
    else:
        refused("conflict", VERBS[fits], contract, zhang, zhao)


@pytest.mark.parametrize("status", [s for s in STATES if s != "registered"])
def test_only_a_contract_in_the_books_ends(zhang, zhao, status):
    contract = in_state(status, zhang, zhao)
    refused("conflict", approval.complete, contract, by=zhao)
    refused("conflict", end, contract, zhao)


@pytest.mark.parametrize("status", [s for s in STATES if s != "pending"])
def test_only_a_pending_contract_is_decided(zhang, zhao, status):
    contract = in_state(status, zhang, zhao)
    round_id = contract.rounds.first().pk if contract.rounds.exists() else 0
    refused("conflict", verdict, contract, zhao, round_id=round_id or 1)


def test_a_decision_belongs_to_what_was_seen(zhang, zhao):
    contract = a_contract(zhang, amount=LARGE)
    seen = approval.submit(contract, by=zhang)
    approval.recall(contract, by=zhang)
    contract.amount = HUGE - 1
    contract.save()
    approval.submit(contract, by=zhang)
    refused("conflict", verdict, contract, zhao, round_id=seen.pk)
    assert contract.status == "pending"


def test_a_registered_contract_is_never_deleted(zhang, zhao):
    contract = in_state("registered", zhang, zhao)
    refused("conflict", contract.discard, zhang)
    approval.amend(contract, by=zhang)
    refused("conflict", contract.discard, zhang)


def test_a_rejected_draft_can_be_deleted(zhang, zhao):
    contract = in_state("pending", zhang, zhao)
    verdict(contract, zhao, approved=False, opinion="不合适")
    contract.discard(zhang)
    assert not Contract.objects.filter(pk=contract.pk).exists()
    refused("conflict", approval.submit, contract, by=zhang)


def test_termination_says_why_and_when(zhang, zhao):
    contract = in_state("registered", zhang, zhao)
    day = timezone.localdate() - timedelta(days=3)
    end(contract, zhao, day)
    assert (contract.terminated_on, str(contract.termination_reason)) == (
        day,
        "双方协商解除",
    )
    other = in_state("registered", zhang, zhao)
    refused("business_date", end, other, zhao, date(1989, 12, 31))


def test_every_verb_is_in_the_history(zhang, zhao):
    contract = in_state("pending", zhang, zhao)
    verdict(contract, zhao, approved=False, opinion="再谈")
    approval.submit(contract, by=zhang)
    verdict(contract, zhao)
    end(contract, zhao)
    entries = HistoryEntry.objects.filter(
        subject_label="contracts.contract", subject_id=contract.pk
    ).order_by("pk")
    told = [(e.actor_id, e.verb) for e in entries if "status" in e.changes]
    assert told[1:] == [
        (zhang.pk, "submitted"),
        (zhao.pk, "rejected"),
        (zhang.pk, "submitted"),
        (zhao.pk, "approved"),
        (zhao.pk, "terminated"),
    ]
    opinions = entries.filter(label="contracts.decision")
    assert opinions.first().changes["opinion"] == [None, "再谈"]


def test_rounds_are_never_overwritten(zhang, zhao):
    contract = in_state("registered", zhang, zhao)
    assert Round.objects.filter(contract=contract).count() == 1
    assert contract.rounds.get().closed_at
