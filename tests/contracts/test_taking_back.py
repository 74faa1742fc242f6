"""Taking an approval back, at once and before anybody goes on from it."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts import approval
from contracts.models import ApprovalRule, Decision, Retraction
from crm.guards.actor import acting
from crm.models import HistoryEntry, Role
from crm.notices.models import Notice
from tests.contracts.test_approval import HUGE, LARGE, absent, refused, verdict
from tests.factories import a_contract
from tests.people import hire

pytestmark = pytest.mark.django_db


def approve(browser, contract):
    """Press the button of the contract's page."""
    form = {"round": contract.rounds.get().pk, "approved": "true"}
    form |= {"version": contract.version, "opinion": "价格合适"}
    answer = browser.post(f"/contracts/{contract.pk}/decision/", form)
    assert answer.status_code == 302
    contract.refresh_from_db()


@pytest.fixture
def browser(zhao, sign_in):
    """Where 赵强 works."""
    return sign_in(zhao)


@pytest.fixture
def huge(zhang, zhao, qian, browser):
    """张伟's contract that 赵强 has approved and that waits for the head above."""
    contract = a_contract(zhang, amount=HUGE)
    approval.submit(contract, by=zhang)
    contract.refresh_from_db()
    approve(browser, contract)
    return contract


def desk(browser):
    """Return the rows that wait on the desk, and what can be taken back there."""
    context = browser.get("/approvals/").context
    return [row["record"] for row in context["rows"]], context["lately"]


def take_back(browser, contract, decision=None, page=""):
    """Press the button that the desk and the contract's page have."""
    decision = decision or Decision.all_given.latest("pk")
    address = f"/contracts/{contract.pk}/retraction/"
    headers = {"Referer": f"http://testserver{page}"} if page else {}
    return browser.post(address, {"decision": decision.pk}, headers=headers)


def long_ago(minutes):
    """Let every verdict be some minutes older."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE contracts_decision DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE contracts_decision SET at = at - %s", [timedelta(minutes=minutes)]
        )
        cursor.execute("ALTER TABLE contracts_decision ENABLE TRIGGER USER")


def test_it_waits_for_the_same_person_again(huge, zhao, qian, sign_in):
    browser = sign_in(zhao)  # at another machine
    waiting, (lately,) = desk(browser)
    assert (waiting, lately["number"]) == ([], huge.number)
    answer = take_back(browser, huge)
    assert answer.url == f"/approvals/?kind=contracts.contract&row={huge.pk}"
    assert desk(browser) == ([huge], [])
    assert desk(sign_in(qian)) == ([], [])
    assert Notice.objects.filter(person=qian, verb="taken_back").exists()
    verdict(huge, zhao)
    verdict(huge, qian)
    huge.refresh_from_db()
    assert huge.status == "registered"


def test_the_contract_tells_of_it(huge, zhao, zhang, sign_in, browser):
    url = huge.get_absolute_url()
    page = browser.get(url).text
    assert f"{url}retraction/" in page
    until = timezone.localtime(Decision.objects.get().at) + timedelta(minutes=5)
    for shown in (page, browser.get("/approvals/").text):
        assert f"撤销批准（{until:%H:%M} 前）" in shown
    assert take_back(browser, huge, page=f"{url}decision/").url == url
    page = sign_in(zhang).get(url).text
    assert "赵强 · 已撤销批准：<q><bdi>价格合适" in page
    assert "/retraction/" not in page
    entry = HistoryEntry.objects.filter(label="contracts.retraction").get()
    assert (entry.verb, entry.actor_id) == ("taken_back", zhao.pk)
    assert Decision.all_given.count() == 1


def test_time_lines_tell_that_it_was_given_and_taken_back(
    huge, zhang, sign_in, browser
):
    take_back(browser, huge)
    reader = sign_in(zhang)
    for record in (huge, huge.customer):
        address = f"/timeline/{record._meta.label_lower}/{record.pk}/?kind=decision"
        back, given = reader.get(address).context["lines"]
        assert (back.state, back.who, back.note) == ("已撤销批准", "赵强", "价格合适")
        assert (given.state, given.who) == ("已批准", "赵强")
        assert back.url == huge.get_absolute_url()


def test_the_history_names_what_was_taken_back_once(huge, zhang, sign_in, browser):
    take_back(browser, huge)
    page = sign_in(zhang).get(f"/history/contracts.contract/{huge.pk}/")
    assert "撤销批准记录" not in page.text
    assert "您无权查看" not in page.text
    (entry, *_more) = page.context["entries"]
    assert (entry.verb_label, entry.readable_title) == ("撤销批准", "")
    (decision,) = (c for c in entry.readable_changes if c["name"] == "decision_id")
    assert decision["new"] == "赵强"


def test_an_opinion_that_was_taken_back_can_become_a_rejection(huge, zhao, browser):
    take_back(browser, huge)
    verdict(huge, zhao, approved=False, opinion="账期太长")
    huge.refresh_from_db()
    assert huge.status == "rejected"


def test_not_once_somebody_has_gone_on_from_it(huge, qian, browser):
    given = Decision.objects.get()
    verdict(huge, qian)
    answer = take_back(browser, huge, given)
    assert (answer.status_code, "已不能撤销" in answer.text) == (409, True)
    huge.refresh_from_db()
    assert huge.status == "registered"


def test_not_what_took_effect_or_was_rejected(zhang, zhao, browser):
    for approved in (True, False):
        contract = a_contract(zhang, amount=LARGE)
        approval.submit(contract, by=zhang)
        verdict(contract, zhao, approved=approved, opinion="条款不清")
        assert desk(browser) == ([], [])
        assert take_back(browser, contract).status_code == 409


@pytest.mark.parametrize(("minutes", "status"), [(4, 302), (6, 409)])
def test_for_five_minutes(huge, minutes, status, browser):
    long_ago(minutes)
    _waiting, lately = desk(browser)
    assert bool(lately) == (status == 302)
    assert take_back(browser, huge).status_code == status


def test_only_ones_own(huge, qian, zhang, wang, sign_in):
    for person, status in ((qian, 403), (zhang, 403), (wang, 404)):
        assert take_back(sign_in(person), huge).status_code == status
    assert not Retraction.objects.exists()


def test_not_of_another_contract_nor_twice(huge, zhang, browser):
    other = a_contract(zhang, amount=HUGE)
    approval.submit(other, by=zhang)
    given = Decision.objects.get()
    assert take_back(browser, other, given).status_code == 409
    assert take_back(browser, huge, given).status_code == 302
    assert take_back(browser, huge, given).status_code == 409
    for sent in ({}, {"decision": "x"}, {"decision": "0"}, {"decision": 2**64}):
        answer = browser.post(f"/contracts/{huge.pk}/retraction/", sent)
        assert answer.status_code == 422


def test_postgresql_says_the_same(huge, zhao, qian):
    given = Decision.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic(), acting(qian):
        Retraction.objects.create(contract=huge, decision=given)
    verdict(huge, qian)
    with pytest.raises(IntegrityError), transaction.atomic(), acting(zhao):
        Retraction.objects.create(contract=huge, decision=given)


@pytest.mark.usefixtures("sun")
def test_where_all_have_to_agree_each_takes_back_their_own(
    zhang, zhao, sales_department, browser
):
    role = Role.objects.get(code="supervisor")
    second = hire("zhou2", "周主管", "supervisor", department=sales_department)
    rule = ApprovalRule.objects.get(order=20)
    rule.steps.update(asks="role", role=role, mode="all")
    contract = a_contract(zhang, amount=LARGE)
    approval.submit(contract, by=zhang)
    verdict(contract, zhao)
    verdict(contract, second)
    first = Decision.objects.get(by=zhao)
    assert take_back(browser, contract, first).status_code == 302
    with pytest.raises(IntegrityError), transaction.atomic(), acting(second):
        Decision.objects.create(
            contract=contract, step=first.step, approved=True, by=second
        )
    verdict(contract, zhao)
    assert set(Decision.objects.values_list("by__name", flat=True)) == {
        zhao.name,
        second.name,
    }
    refused("forbidden", verdict, contract, zhang)


def test_whom_a_deputy_stood_in_for_hears_that_it_holds_no_longer(
    zhang, zhao, qian, sign_in
):
    deputy = hire("deputy", "何军", "information_administrator")
    role = Role.objects.get(code="information_administrator")
    role.grants["contracts.approve_contract"] = "all"
    role.save(update_fields=["grants"])
    absent(zhao, deputy)
    contract = a_contract(zhang, amount=HUGE)
    approval.submit(contract, by=zhang)
    contract.refresh_from_db()
    browser = sign_in(deputy)
    approve(browser, contract)
    assert Notice.objects.get(verb="approved_for").person == zhao
    assert take_back(browser, contract).status_code == 302
    told = Notice.objects.filter(verb="taken_back").values_list("person", flat=True)
    assert sorted(told) == sorted([zhao.pk, qian.pk])


def test_the_desk_asks_as_often_however_many(huge, zhang, browser):
    counts = []
    for _ in range(2):
        browser.get("/approvals/")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/approvals/")
        counts.append(len(queries))
        for _more in range(3):
            contract = a_contract(zhang, amount=HUGE)
            approval.submit(contract, by=zhang)
            contract.refresh_from_db()
            approve(browser, contract)
    assert counts[0] == counts[1]
