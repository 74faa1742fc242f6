"""Who is told what about a contract: asked, decided, recalled, given up."""

import pytest

from contracts import approval, assessing
from contracts.approval import FLOW
from contracts.models import ApprovalRule, ApprovalStep, Round
from crm.approval.deciding import turns_of
from crm.models import Role
from crm.notices.models import Notice
from tests.factories import a_contract, an_assessment
from tests.site.test_menu_numbers import numbers

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(zhang, zhao):
    """张伟 has submitted a contract that 赵强 decides on."""
    contract = a_contract(zhang, amount=150_000, title="网关采购")
    approval.submit(contract, by=zhang)
    return contract


def told(person):
    """Return [(verb, reason)] of what a person was told, the oldest first."""
    mine = Notice.objects.filter(person=person).order_by("pk")
    return list(mine.values_list("verb", "reason"))


def decide(contract, by, *, approved=True, opinion=""):
    """Give a verdict on the open round."""
    round_ = contract.rounds.get(state=Round.State.OPEN)
    approval.decide(
        contract, by=by, approved=approved, opinion=opinion, round_id=round_.pk
    )


def test_whose_turn_it_is_is_asked(contract, zhang, zhao, lina):
    assert told(zhao) == [("asked", "")]
    assert told(zhang) == told(lina) == []


def test_the_owner_is_told_of_approval(contract, zhang, zhao):
    decide(contract, zhao)
    assert told(zhang) == [("approved", "")]


def waiting(person):
    """Return [titles] that a person's unread notices ask for, by notice."""
    unread = Notice.objects.filter(person=person, verb="asked", read_at=None)
    return [[title for _pk, title in notice.subjects] for notice in unread]


def test_nobody_is_asked_to_confirm_what_lies_in_the_bin(zhang, zhao):
    assessment = an_assessment(zhang)
    assessing.tell_proposed(assessment, by=zhang)
    unread = Notice.objects.filter(person=zhao, verb="credit_proposed", read_at=None)
    assert unread.count() == 1
    assessment.discard(zhang)
    assert not unread.exists()


def test_whoever_was_asked_too_is_asked_no_longer(contract, zhang, zhao, sun):
    ApprovalRule.objects.update(last_resort=sun)
    ApprovalStep.objects.update(mode="any")
    approval.recall(contract, by=zhang)
    assert waiting(zhao) == []
    sun_too = Role.objects.get(code="supervisor")
    ApprovalStep.objects.update(asks="role", role=sun_too)
    other = a_contract(zhang, amount=150_000)
    for one in (contract, other):
        one.refresh_from_db()
        approval.submit(one, by=zhang)
    assert waiting(sun) == waiting(zhao) == [[str(contract), str(other)]]
    decide(contract, zhao)
    assert waiting(sun) == waiting(zhao) == [[str(other)]]
    assert Notice.objects.get(person=sun, read_at=None).number == 1
    decide(other, sun, approved=False, opinion="价格低")
    assert waiting(sun) == waiting(zhao) == []


def test_who_decided_a_first_step_is_asked_no_longer(zhang, zhao, qian):
    contract = a_contract(zhang, amount=1_500_000)
    approval.submit(contract, by=zhang)
    assert waiting(zhao) == [[str(contract)]]
    decide(contract, zhao)
    assert (waiting(zhao), waiting(qian)) == ([], [[str(contract)]])
    FLOW.take_back(contract, by=zhao, decision_id=contract.decisions.get().pk)
    assert waiting(qian) == []


def test_the_owner_is_told_why_it_was_rejected(contract, zhang, zhao, sign_in):
    decide(contract, zhao, approved=False, opinion="折扣太大")
    assert told(zhang) == [("rejected", "折扣太大")]
    browser = sign_in(zhang)
    assert "折扣太大" in browser.get("/notices/").text
    url = f"/contracts/?status=rejected&amp;owner={zhang.pk}"
    assert numbers(browser) == {url: "1"}
    assert 'data-total="1"' in browser.get(url.replace("&amp;", "&")).text


def test_of_two_steps_the_second_is_asked_after_the_first(zhang, zhao, qian):
    contract = a_contract(zhang, amount=1_500_000)
    approval.submit(contract, by=zhang)
    assert told(qian) == []
    decide(contract, zhao)
    assert told(qian) == [("asked", "")]
    assert told(zhang) == []
    decide(contract, qian)
    assert told(zhang) == [("approved", "")]


def test_who_was_asked_is_told_of_a_recall(contract, zhang, zhao):
    approval.recall(contract, by=zhang)
    assert [verb for verb, _reason in told(zhao)] == ["asked", "recalled"]


def test_who_was_asked_is_told_that_a_change_was_given_up(contract, zhang, zhao):
    decide(contract, zhao)
    approval.amend(contract, by=zhang)
    approval.submit_change(contract, by=zhang)
    approval.withdraw(contract, by=zhang)
    assert [verb for verb, _reason in told(zhao)] == ["asked", "asked", "given_up"]


def test_a_contract_of_the_inbox_is_told_of_too(zhang, lina):
    small = a_contract(zhang, amount=1_000)
    approval.submit(small, by=zhang)
    approval.register(small, by=lina)
    other = a_contract(zhang, amount=2_000)
    approval.submit(other, by=zhang)
    approval.send_back(other, by=lina, reason="缺附件")
    assert told(zhang) == [("registered", ""), ("returned", "缺附件")]


def test_the_number_beside_approvals_is_the_desks_own(
    contract, zhang, liu, zhao, qian, sign_in
):
    for amount in (120_000, 130_000, 1_500_000):
        approval.submit(a_contract(liu, amount=amount), by=liu)
    decided = a_contract(zhang, amount=140_000)
    approval.submit(decided, by=zhang)
    decide(decided, zhao)
    for person, number in ((zhao, 4), (qian, 0)):
        desk = turns_of(person, FLOW)
        shown = numbers(sign_in(person)).get("/approvals/", "")
        assert (shown, len(desk)) == (str(number or ""), number)
