"""Who leaves hands over everything; nothing is left on an account that is closed."""

import json
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from contracts import approval
from contracts.models import ApprovalRule, ApprovalStep
from crm.jobs import taking
from crm.jobs.slices import do_slice
from crm.jobs.worker import Worker
from crm.models import Deputy, HistoryEntry, OpenSession, Role, User
from crm.models.dictionaries import Region
from crm.notices.models import Notice
from customers.models import Customer, Membership
from system.handovers import work
from system.handovers.doing import hash_of, receipt_of
from system.leaving.lines import full_accounts, left_with, lines
from system.leaving.models import HandedOver, Handover
from system.leaving.relations import unclassed
from system.people import administration
from tests.browsers import Browser
from tests.contracts.test_approval import LARGE
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    a_news_item,
    an_interaction,
    an_item,
)
from tests.people import hire, let_leave
from tests.races import signed_in

pytestmark = pytest.mark.django_db


def test_somebody_has_said_what_each_relation_to_a_person_means_for_a_leaver():
    assert unclassed(line.key for line in lines()) == []


def hand_over(browser, person, query="", **sent):
    """Fill in the wizard; return the answer."""
    sent = {"version": User.objects.get(pk=person.pk).version, **sent}
    return browser.post(f"/system/users/{person.pk}/handover/{query}", sent)


def owners(*rows):
    """Return the ids of the owners of rows, as they stand now."""
    return [type(row).everything.get(pk=row.pk).owner_id for row in rows]


@pytest.fixture
def desk(zhou, sign_in):
    """Return the browser of the system administrator."""
    return sign_in(zhou)


@pytest.fixture
def chief(zhao, liu, wang):
    """赵强 heads a department, stands in, is asked by a rule, and has a subordinate."""
    liu.superior = zhao
    liu.save(update_fields=["superior"])
    today = timezone.localdate()
    Deputy.objects.create(
        person=wang, deputy=zhao, starts_on=today, ends_on=today + timedelta(days=9)
    )
    rule = ApprovalRule.objects.create(name="大额", last_resort=zhao)
    ApprovalStep.objects.create(rule=rule, asks="person", person=zhao)
    Membership.objects.create(customer=a_customer(wang), user=zhao)
    return zhao


def test_everything_goes_to_a_successor_with_a_receipt(chief, qian, liu, lina, desk):
    customer = a_customer(chief)
    rows = [
        customer,
        a_contact(customer),
        an_interaction(customer),
        a_contract(chief, customer=customer),
    ]
    laptop = signed_in(chief)
    assert laptop.get("/customers/").status_code == 200
    page = desk.get(f"/system/users/{chief.pk}/").text
    assert f"/system/users/{chief.pk}/handover/" in page
    page = desk.get(f"/system/users/{chief.pk}/handover/").text
    for words in ("客户 <b>1</b>", "担任负责人的部门 <b>1</b>", "点名该人员的审批步骤"):
        assert words in page
    answer = hand_over(desk, chief, to=qian.pk, approver=qian.pk, closes="on")
    handover = Handover.objects.get()
    assert answer.url == handover.get_absolute_url()
    assert owners(*rows) == [qian.pk] * 4
    assert left_with(chief) == []
    chief.refresh_from_db()
    liu.refresh_from_db()
    assert not chief.is_active
    assert (liu.superior, chief.department.head) == (qian, qian)
    rule = ApprovalRule.objects.get(name="大额")
    assert (rule.last_resort, rule.steps.get().person) == (qian, qian)
    assert not OpenSession.objects.filter(person=chief).exists()
    assert laptop.get("/customers/").status_code == 302
    assert Notice.objects.filter(person=qian, verb="handed_over").count() == 4
    entries = HistoryEntry.objects.filter(request_id=handover.group)
    assert entries.filter(verb="transferred").count() == 4
    administration.leave(chief, timezone.localdate(), by=qian)
    page = desk.get(handover.get_absolute_url()).text
    assert 'data-verified="yes"' in page
    assert handover.sha256 in page
    assert "离职人员：____" in page
    assert f"<dd>{chief.left_on:%Y-%m-%d}</dd>" in page
    assert 'data-label="状态"' in desk.get("/system/handovers/").text
    gone = json.loads(handover.receipt)["rows"]
    assert ["customers.Customer.owner", customer.pk, qian.pk] in gone


def test_what_waits_to_be_registered_is_not_lost_with_who_brought_it(
    zhang, wang, lina, chen, desk
):
    own = a_customer(zhang, registered=False)
    entered = a_customer(wang, registered=False, reporter=zhang, entered_by=lina)
    known = a_customer(wang, reporter=zhang)
    page = desk.get(f"/system/users/{zhang.pk}/handover/").text
    assert "由其报送、尚未登记的（客户） <b>1</b>" in page
    with pytest.raises(ValidationError, match="报送"):
        administration.deactivate(zhang, by=lina)
    assert hand_over(desk, zhang, to=chen.pk, closes="on").status_code == 302
    assert owners(own, entered, known) == [chen.pk, wang.pk, wang.pk]
    rows = Customer.objects.order_by("pk").values_list("reporter", flat=True)
    assert list(rows) == [chen.pk, chen.pk, zhang.pk]
    assert not User.objects.get(pk=zhang.pk).is_active
    own.refresh_from_db()
    own.send_back(lina, "缺电话")
    assert Notice.objects.filter(person=chen, verb="returned").exists()
    assert not Notice.objects.filter(person=zhang, verb="returned").exists()


def test_what_somebody_brought_is_found_after_their_last_day(zhang, wang, chen, desk):
    brought = a_customer(wang, registered=False, reporter=zhang, entered_by=zhang)
    let_leave(zhang)
    assert list(full_accounts()) == [zhang]
    assert hand_over(desk, zhang, to=chen.pk, closes="on").status_code == 302
    brought.refresh_from_db()
    assert (brought.owner, brought.reporter) == (wang, chen)
    assert not full_accounts()


def test_what_is_being_approved_is_told_of_and_handed_over_later(
    zhang, wang, zhao, zhou, lina, desk
):
    customer = a_customer(zhang)
    pending = a_contract(zhang, customer=customer, amount=LARGE)
    approval.submit(pending, by=zhang)
    hand_over(desk, zhang, to=wang.pk, closes="on")
    receipt = Handover.objects.get()
    page = desk.get(receipt.get_absolute_url()).text
    assert "部分交接" in page
    assert "已部分交接：张伟" in page
    assert "已交接：张伟" not in page
    assert f"等待{zhao}" in page
    assert pending.get_absolute_url() not in page  # 周敏 sees no contracts
    assert User.objects.get(pk=zhang.pk).is_active
    wizard = f"/system/users/{zhang.pk}/handover/"
    account = desk.get(f"/system/users/{zhang.pk}/").text
    assert "继续交接" in account
    page = desk.get(wizard).text
    assert "暂无可交接的内容" in page
    assert 'name="to"' not in page
    answer = hand_over(desk, zhang, to=wang.pk)
    assert answer.status_code == 409
    assert Handover.objects.get() == receipt
    pending.refresh_from_db()
    approval.recall(pending, by=zhang)
    hand_over(desk, zhang, to=wang.pk, closes="on")
    assert owners(customer, pending) == [wang.pk] * 2
    newest = Handover.objects.first()
    page = desk.get(newest.get_absolute_url()).text
    assert "已交接：张伟" in page
    assert not User.objects.get(pk=zhang.pk).is_active


def test_what_waits_for_a_leaver_says_whom_it_waits_for_then(
    zhang, zhao, qian, lina, sign_in, desk
):
    """赵强 heads 张伟's department; above him stands 钱."""
    pending = a_contract(zhang, amount=LARGE)
    approval.submit(pending, by=zhang)
    wizard = f"/system/users/{zhao.pk}/handover/"
    page = desk.get(wizard).text
    assert 'data-awaiting="1"' in page
    assert f"届时等待{qian}" in page
    qian.roles.clear()
    assert "届时无人可以审批" in desk.get(wizard).text
    assert "data-awaiting" not in desk.get(f"/system/users/{zhang.pk}/handover/").text


def test_customers_are_split_and_what_hangs_on_them_follows(
    zhang, wang, liu, lina, desk
):
    yunnan = Region.objects.get(pk="530100")
    customers = [
        a_customer(zhang, region=yunnan),
        a_customer(zhang),
        a_customer(zhang, region=yunnan),
    ]
    calls = [an_interaction(one) for one in customers]
    elsewhere = an_interaction(a_customer(wang), by=zhang)
    page = desk.get(f"/system/users/{zhang.pk}/handover/?customer-split=region")
    assert 'name="customer-part-53"' in page.text
    rule = {"customer-split": "region", "customer-part-53": wang.pk}
    answer = hand_over(desk, zhang, to=liu.pk, **rule)
    assert answer.status_code == 302
    assert owners(*customers) == owners(*calls) == [wang.pk, liu.pk, wang.pk]
    assert owners(elsewhere) == [wang.pk]
    assert User.objects.get(pk=zhang.pk).is_active  # it was not wished to close it


@pytest.mark.parametrize("split", ["round", "level"])
def test_other_rules_split_as_well(split, zhang, wang, liu, sun, desk):
    levels = [an_item("customer_level", code) for code in "ABA"]
    customers = [a_customer(zhang, level=level) for level in levels]
    sent = {"customer-turns": [wang.pk, sun.pk]}
    if split == "level":
        sent = {f"customer-part-{levels[0].pk}": wang.pk}
    sent["customer-split"] = split
    assert hand_over(desk, zhang, to=liu.pk, **sent).status_code == 302
    expected = {
        "round": [[wang.pk, sun.pk, wang.pk], [sun.pk, wang.pk, sun.pk]],
        "level": [[wang.pk, liu.pk, wang.pk]],
    }
    assert owners(*customers) in expected[split]


def test_every_kind_goes_by_a_rule_of_its_own(zhang, wang, liu, sun, chen, lina, desk):
    direct, service = (an_item("contract_kind", code) for code in ("direct", "service"))
    contracts = [a_contract(zhang, kind=kind) for kind in (direct, service)]
    rivals = [a_competitor(zhang) for _n in range(4)]
    call = an_interaction(contracts[0].customer)
    news = a_news_item(zhang)
    address = f"/system/users/{zhang.pk}/handover/"
    sent = {
        "version": User.objects.get(pk=zhang.pk).version,
        "to": wang.pk,
        "contract-split": "kind",
        "competitor-split": "round",
        "interaction-split": "all",
        "show": "1",
    }
    page = desk.post(address, sent)
    assert f'name="contract-part-{service.pk}"' in page.text
    assert f'value="{wang.pk}" selected' in page.text  # what was chosen stays chosen
    assert not Handover.objects.exists()
    del sent["show"]
    answer = desk.post(address, sent | {"contract-shown": "customer"})
    assert answer.status_code == 422
    assert "请填写该方式下由谁接手" in answer.text
    sent |= {
        f"contract-part-{service.pk}": sun.pk,
        "contract-shown": "kind",
        "competitor-turns": [liu.pk, sun.pk],
        "interaction-to": chen.pk,
    }
    page = desk.post(address, sent, follow=True).text
    assert owners(*contracts) == [wang.pk, sun.pk]
    assert owners(*rivals) == [liu.pk, sun.pk] * 2
    assert owners(call, news) == [chen.pk, wang.pk]
    for words in ("合同 按合同类型", "竞争对手 轮流平均分配", "客户 全部交给一人"):
        assert words in page


def test_an_account_with_something_left_on_it_is_not_closed(
    zhang, zhao, wang, zhou, desk
):
    pending = a_contract(zhang, amount=LARGE)
    approval.submit(pending, by=zhang)
    url = reverse("user_deactivate", args=[zhang.pk])
    answer = desk.post(url)
    assert answer.status_code == 409
    assert "客户 1" in answer.text
    assert User.objects.get(pk=zhang.pk).is_active
    hand_over(desk, zhang, to=wang.pk, closes="on")
    assert owners(pending, pending.customer) == [zhang.pk, wang.pk]
    assert User.objects.get(pk=zhang.pk).is_active
    page = desk.get(Handover.objects.get().get_absolute_url()).text
    assert "合同 <b>1</b>" in page
    assert "名下清空后自动停用" in page
    work.ask(work.catch_late, by=None)
    Worker().drain()
    assert User.objects.get(pk=zhang.pk).is_active
    approval.recall(pending, by=zhang)
    work.ask(work.catch_late, by=None)
    Worker().drain()
    assert owners(pending) == [wang.pk]
    assert not User.objects.get(pk=zhang.pk).is_active
    administration.reactivate(User.objects.get(pk=zhang.pk), by=zhou)
    work.ask(work.catch_late, by=None)
    Worker().drain()
    assert User.objects.get(pk=zhang.pk).is_active  # who comes back stays


@pytest.fixture
def to_be_closed(zhang, wang, zhao, zhou, desk):
    """Return the hand-over of 张伟, whose account waits for one contract only."""
    pending = a_contract(zhang, amount=LARGE)
    approval.submit(pending, by=zhang)
    hand_over(desk, zhang, to=wang.pk, closes="on")
    approval.recall(pending, by=zhang)
    return Handover.objects.get()


def tonight():
    """Do what is done each night about what reaches leavers late."""
    work.ask(work.catch_late, by=None)
    Worker().drain()


def test_who_stays_after_all_keeps_account_and_work(to_be_closed, zhang, zhou, desk):
    page = desk.get(to_be_closed.get_absolute_url()).text
    url = reverse("handover_stay", args=[to_be_closed.pk])
    assert url in page
    assert "不再停用该账号" in page
    sent = {"version": to_be_closed.version}
    assert desk.post(url, sent).url == to_be_closed.get_absolute_url()
    assert url not in desk.get(to_be_closed.get_absolute_url()).text
    assert desk.post(url, sent).status_code == 409
    tonight()
    assert User.objects.get(pk=zhang.pk).is_active
    assert left_with(zhang)


def test_whoever_has_no_last_day_any_more_stays(to_be_closed, zhang, zhou):
    administration.leave(zhang, timezone.localdate() + timedelta(days=9), by=zhou)
    assert Handover.objects.filter(is_closing=True).exists()
    administration.leave(zhang, None, by=zhou)
    tonight()
    assert User.objects.get(pk=zhang.pk).is_active
    assert left_with(zhang)


def test_an_account_is_closed_at_night_with_the_rights_of_that_night(
    to_be_closed, zhang, zhou
):
    zhou.roles.clear()
    tonight()
    assert User.objects.get(pk=zhang.pk).is_active
    assert left_with(zhang) == []  # what was agreed on is handed on all the same


def test_only_who_works_on_people_keeps_an_account_open(
    to_be_closed, zhang, wang, sign_in
):
    url = reverse("handover_stay", args=[to_be_closed.pk])
    sent = {"version": to_be_closed.version}
    assert sign_in(wang).post(url, sent).status_code == 403
    assert sign_in(zhang).post(url, sent).status_code == 403
    assert Handover.objects.filter(is_closing=True).exists()


def test_rules_shown_anew_leave_the_box_as_it_was(zhang, wang, desk):
    a_customer(zhang)
    address = f"/system/users/{zhang.pk}/handover/"
    assert desk.get(f"{address}?show=1").context["form"]["closes"].value() is True
    page = hand_over(desk, zhang, to=wang.pk, show="1")
    assert not page.context["form"]["closes"].value()
    page = hand_over(desk, zhang, to=wang.pk, show="1", closes="on")
    assert page.context["form"]["closes"].value()


def test_the_last_day_ends_access_in_every_session_at_once(zhang, zhou):
    browsers = [signed_in(zhang), signed_in(zhang)]
    a_customer(zhang)  # whatever is left with somebody: they are out all the same
    let_leave(zhang)
    assert [one.get("/customers/").status_code for one in browsers] == [302, 302]


def test_what_comes_later_is_caught_at_night(zhang, wang, zhou, lina, desk):
    a_customer(zhang)
    late = a_customer(zhang)
    late.discard(lina)
    hand_over(desk, zhang, to=wang.pk, closes="on")
    handover = Handover.objects.get()
    Notice.objects.all().delete()
    late.restore(lina)
    work.ask(work.catch_late, by=None)
    Worker().drain()
    assert owners(late) == [wang.pk]
    assert Notice.objects.get(person=wang, verb="handed_over").number == 1
    page = desk.get(handover.get_absolute_url()).text
    assert "data-late" in page
    assert 'data-verified="yes"' in page


def test_administrators_hear_of_what_nobody_has_handed_over(zhang, wang, zhou, desk):
    a_customer(zhang)
    let_leave(zhang)
    for _night in range(2):
        work.ask(work.catch_late, by=None)
        Worker().drain()
    told = Notice.objects.get(verb="left_behind")
    assert (told.person, told.subjects) == (zhou, [[zhang.pk, "张伟"]])
    page = desk.get("/system/handovers/").text
    assert f"/system/users/{zhang.pk}/handover/" in page
    hand_over(desk, zhang, to=wang.pk, closes="on")
    assert "data-full" not in desk.get("/system/handovers/").text


def test_many_records_go_in_the_background(zhang, wang, desk, monkeypatch):
    monkeypatch.setattr(work, "AT_ONCE", 2)
    monkeypatch.setattr(work, "SLICE", 2)
    customers = [a_customer(zhang) for _n in range(5)]
    hand_over(desk, zhang, to=wang.pk, closes="on")
    handover = Handover.objects.get()
    assert handover.status == "prepared"
    assert hand_over(desk, zhang, to=wang.pk).status_code == 409
    Worker().drain()
    handover.refresh_from_db()
    assert (handover.status, handover.job.status) == ("done", "done")
    assert owners(*customers) == [wang.pk] * 5
    assert HandedOver.objects.filter(line="customers.Customer.owner").count() == 5


def test_a_hand_over_that_stopped_midway_is_told_as_one_and_gone_on_with(
    zhang, wang, liu, zhou, desk, monkeypatch
):
    monkeypatch.setattr(work, "AT_ONCE", 2)
    monkeypatch.setattr(work, "SLICE", 2)
    customers = [a_customer(zhang) for _n in range(5)]
    hand_over(desk, zhang, to=wang.pk, closes="on")
    first = Handover.objects.get()
    worker, job = Worker(), first.job
    taking.take(worker.lease, "first")
    job.refresh_from_db()
    do_slice(job.pk, job.run)  # some of them have gone
    worker.lease.release(job.pk)
    job.cancel(by=zhou)
    worker.drain()
    assert first.job.status == "cancelled"
    page = desk.get(first.get_absolute_url()).text
    assert "后台任务中途结束" in page
    assert "中途停止" in page
    assert "已取消" in page
    assert "后台进行" not in page
    assert "中途停止" in desk.get("/system/handovers/").text
    assert hand_over(desk, zhang, to=liu.pk, closes="on").status_code == 302
    Worker().drain()
    first.refresh_from_db()
    second = Handover.objects.exclude(pk=first.pk).get()
    assert (first.status, second.status) == ("done", "done")
    assert 'data-verified="yes"' in desk.get(first.get_absolute_url()).text
    gone = len(json.loads(first.receipt)["rows"])
    assert sorted(owners(*customers)) == sorted(
        [wang.pk] * gone + [liu.pk] * (5 - gone)
    )
    assert not User.objects.get(pk=zhang.pk).is_active


@pytest.fixture
def stopped(zhang, wang, zhou, desk, monkeypatch):
    """张伟's hand-over to 王芳, whose job ended after its last row: no receipt yet."""
    monkeypatch.setattr(work, "AT_ONCE", 2)
    customers = [a_customer(zhang) for _n in range(5)]
    hand_over(desk, zhang, to=wang.pk, closes="on")
    first = Handover.objects.get()
    worker, job = Worker(), first.job
    taking.take(worker.lease, "first")
    job.refresh_from_db()
    do_slice(job.pk, job.run)
    worker.lease.release(job.pk)
    job.cancel(by=zhou)
    worker.drain()
    assert owners(*customers) == [wang.pk] * 5
    return first


def test_one_that_stopped_before_its_receipt_gets_it_at_night(stopped, zhang, desk):
    tonight()
    stopped.refresh_from_db()
    assert (stopped.status, stopped.is_closing) == ("done", False)
    assert 'data-verified="yes"' in desk.get(stopped.get_absolute_url()).text
    assert not User.objects.get(pk=zhang.pk).is_active


def going_on(browser, handover):
    """Press the button of its receipt."""
    address = reverse("handover_go_on", args=[handover.pk])
    assert address in browser.get(handover.get_absolute_url()).text
    return browser.post(address, {"version": handover.version})


def test_one_that_stopped_before_its_receipt_gets_it_by_a_button(stopped, zhang, desk):
    address = reverse("handover_go_on", args=[stopped.pk])
    assert going_on(desk, stopped).url == stopped.get_absolute_url()
    stopped.refresh_from_db()
    assert (stopped.status, stopped.is_closing) == ("done", False)
    page = desk.get(stopped.get_absolute_url()).text
    assert 'data-verified="yes"' in page
    assert address not in page
    assert not User.objects.get(pk=zhang.pk).is_active
    assert desk.post(address, {"version": stopped.version}).status_code == 409


@pytest.mark.parametrize("whose", ["own", "another's"])
def test_one_that_stopped_midway_goes_on_as_it_was_agreed(
    whose, zhang, wang, zhou, head_office, desk, sign_in, monkeypatch
):
    monkeypatch.setattr(work, "AT_ONCE", 2)
    monkeypatch.setattr(work, "SLICE", 2)
    customers = [a_customer(zhang) for _n in range(5)]
    hand_over(desk, zhang, to=wang.pk)
    first = Handover.objects.get()
    first.job.cancel(by=zhou)
    if whose == "own":
        assert going_on(desk, first).url == first.get_absolute_url()
    else:
        other = hire("other", "孙洁", "system_administrator", department=head_office)
        receipt = going_on(sign_in(other), first).url
        second = Handover.objects.exclude(pk=first.pk).get()
        assert receipt == second.get_absolute_url()
        assert (second.by, second.plan) == (other, first.plan)
    Worker().drain()
    assert owners(*customers) == [wang.pk] * 5
    assert set(Handover.objects.values_list("status", flat=True)) == {"done"}


def test_a_form_opened_before_another_hand_over_hands_nothing_over(
    zhang, wang, liu, desk
):
    page = desk.get(f"/system/users/{zhang.pk}/handover/").text
    assert 'name="newest" value="0"' not in page  # nothing to hand over, no form
    a_customer(zhang)
    page = desk.get(f"/system/users/{zhang.pk}/handover/").text
    assert 'name="newest" value="0"' in page
    assert hand_over(desk, zhang, to=wang.pk, newest=0).status_code == 302
    late = a_customer(zhang)
    answer = hand_over(desk, zhang, to=liu.pk, newest=0)
    assert answer.status_code == 409
    assert "打开此表单之后" in answer.text
    assert owners(late) == [zhang.pk]
    newest = Handover.objects.get().pk
    assert hand_over(desk, zhang, to=liu.pk, newest=newest).status_code == 302


def test_nothing_is_finished_with_rights_that_somebody_had(stopped, zhang, zhou):
    zhou.roles.clear()
    tonight()
    stopped.refresh_from_db()
    assert stopped.status == "prepared"
    assert User.objects.get(pk=zhang.pk).is_active


def test_another_plan_is_never_answered_with_the_one_that_stopped(
    stopped, zhang, wang, liu, zhao, desk
):
    contract = a_contract(zhang, customer=a_customer(wang), amount=LARGE)
    approval.submit(contract, by=zhang)
    for _time in range(2):
        assert hand_over(desk, zhang, to=liu.pk, closes="on").status_code == 409
        tonight()
    stopped.refresh_from_db()
    assert stopped.status == "prepared"
    assert owners(contract) == [zhang.pk]


def test_who_works_here_no_longer_gets_nobody_to_report_to_them(
    zhang, wang, qian, zhao, desk
):
    """王芳 is to follow 张伟, to whom she reports; above him is one who has left."""
    User.objects.filter(pk=zhao.pk).update(superior=qian)
    User.objects.filter(pk=zhang.pk).update(superior=zhao)
    User.objects.filter(pk=wang.pk).update(superior=zhang)
    let_leave(zhao)
    a_customer(zhang)
    assert hand_over(desk, zhang, to=wang.pk).status_code == 302
    wang.refresh_from_db()
    assert wang.superior == qian


def test_what_a_successor_may_not_see_holds_up_nothing_else(
    zhang, wang, lina, zhou, desk
):
    a_customer(zhang)
    late, contract = a_customer(zhang), a_contract(zhang)
    for one in (contract, late):
        one.discard(lina)
    hand_over(desk, zhang, to=wang.pk, closes="on")
    for one in (late, contract):
        one.restore(lina)
    role = wang.roles.get()
    del role.grants["contracts.view_contract"]
    role.save()
    tonight()
    assert owners(late, contract) == [wang.pk, zhang.pk]
    assert Notice.objects.filter(person=zhou, verb="left_behind").exists()


def test_a_fault_of_ours_is_not_told_as_somebody_who_was_quicker(
    zhang, wang, desk, monkeypatch
):
    def broken(*_args, **_options):
        raise IntegrityError("of ours")

    a_customer(zhang)
    monkeypatch.setattr(work, "do_some", broken)
    with pytest.raises(IntegrityError, match="of ours"):
        hand_over(desk, zhang, to=wang.pk)


def test_what_its_owner_may_not_see_goes_to_the_successor_with_its_customer(
    zhang, wang, liu, desk
):
    customer = a_customer(liu)
    contract = a_contract(zhang, customer=customer)
    role = liu.roles.get()
    assert role == wang.roles.get()
    wang.role_assignments.all().delete()
    wang.role_assignments.create(role=Role.objects.get(code="supervisor"))
    del role.grants["contracts.view_contract"]
    role.save()
    assert hand_over(desk, zhang, to=wang.pk).status_code == 302
    assert owners(customer, contract) == [liu.pk, wang.pk]


def test_reports_go_to_nobody_who_may_not_see_them(zhang, wang, zhou, desk):
    customer = a_customer(wang, registration="reported", reporter=zhang)
    answer = hand_over(desk, zhang, to=zhou.pk)
    assert answer.status_code == 422
    assert f"{zhou} 无权查看客户" in answer.text
    customer.refresh_from_db()
    assert customer.reporter == zhang


def test_nobody_is_given_what_they_may_not_see(zhang, wang, chen, zhou, nobody, desk):
    contract = a_contract(zhang)
    for successor in (nobody, zhou):
        answer = hand_over(desk, zhang, to=successor.pk)
        assert answer.status_code == 422
        assert answer.context["form"]["to"].value() == str(successor.pk)
        assert f"{successor} 无权查看客户" in answer.text
    given = {"contract-split": "all", "contract-to": zhou.pk, "contract-shown": "all"}
    answer = hand_over(desk, zhang, to=wang.pk, **given)
    assert answer.status_code == 422
    assert f"{zhou} 无权查看合同" in answer.text
    assert f"{zhou} 无权查看客户" not in answer.text
    assert owners(contract, contract.customer) == [zhang.pk] * 2


def test_nobody_else_hands_over(zhang, zhao, wang, lina, desk):
    a_customer(zhang)
    hand_over(desk, zhang, to=wang.pk)
    receipt = Handover.objects.get().get_absolute_url()
    before = HandedOver.objects.count()
    for person in (zhao, lina):
        browser = Browser()
        browser.force_login(person)
        assert browser.get(f"/system/users/{zhang.pk}/handover/").status_code == 403
        assert hand_over(browser, zhang, to=wang.pk).status_code == 403
        assert browser.get(receipt).status_code == 403
        assert browser.get("/system/handovers/").status_code == 403
    assert desk.get(f"/system/users/{10**9}/handover/").status_code == 404
    assert HandedOver.objects.count() == before
    assert Customer.objects.filter(owner=wang).count() == 1


def tamper(**change):
    """Rewrite receipts as only whoever owns the database can."""
    with connection.cursor() as cursor:
        connection.check_constraints()
        cursor.execute("ALTER TABLE leaving_handover DISABLE TRIGGER USER")
        Handover.objects.update(**change)
        connection.check_constraints()
        cursor.execute("ALTER TABLE leaving_handover ENABLE TRIGGER USER")


def test_a_receipt_is_not_rewritten(zhang, wang, desk):
    a_customer(zhang)
    hand_over(desk, zhang, to=wang.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        HandedOver.objects.update(object_id=1)
    for change in ({"receipt": "{}"}, {"sha256": "0"}, {"status": "prepared"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Handover.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Handover.objects.all().delete()
    for change in ({"plan": {}}, {"by": wang}, {"leaver": wang}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Handover.objects.update(**change)
    done = Handover.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        HandedOver.objects.create(handover=done, line="x", object_id=1)
    HandedOver.objects.create(handover=done, line="x", object_id=1, is_late=True)
    tamper(receipt="{}")
    page = desk.get(Handover.objects.get().get_absolute_url()).text
    assert 'data-verified="no"' in page


@pytest.mark.parametrize("forged", [None, "rows", "plan", "handover", "leaver", "hash"])
def test_no_receipt_is_written_of_what_has_not_gone(forged, zhang, wang, zhou):
    """As somebody would who has got hold of the role that serves pages."""
    begun = {"leaver": zhang, "by": zhou, "changed_by": zhou, "plan": {"to": wang.pk}}
    done = {"status": "done", "done_at": timezone.now(), "sha256": "0" * 64}
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.create(**begun, **done, receipt="{}")
    handover = Handover.objects.create(**begun)
    HandedOver.objects.create(handover=handover, line="x", object_id=7, to=wang)
    told = json.loads(receipt_of(handover, timezone.now()))
    if forged == "leaver":
        told["leaver"]["id"] = wang.pk
    elif forged:
        told[forged] = []
    text = json.dumps(told)
    with pytest.raises(IntegrityError) if forged else nullcontext():
        Handover.objects.filter(pk=handover.pk).update(
            status="done",
            done_at=timezone.now(),
            receipt=text,
            sha256="0" * 64 if forged == "hash" else hash_of(text),
        )


def test_a_command_prints_a_receipt_again_and_checks_it(zhang, wang, desk, capsys):
    customer = a_customer(zhang)
    hand_over(desk, zhang, to=wang.pk)
    handover = Handover.objects.get()
    call_command("handover", handover.pk, sha256=handover.sha256)
    printed = capsys.readouterr().out
    assert f"SHA-256 {handover.sha256}" in printed
    receipt = json.loads(printed[: printed.index("SHA-256")])
    assert receipt["rows"] == [["customers.Customer.owner", customer.pk, wang.pk]]
    for number, given in (
        (handover.pk, {"sha256": "0" * 64}),
        (handover.pk + 1, {}),
    ):
        with pytest.raises(CommandError):
            call_command("handover", number, **given)
    tamper(receipt=handover.receipt.replace("张伟", "李四"))
    with pytest.raises(CommandError):
        call_command("handover", handover.pk)
