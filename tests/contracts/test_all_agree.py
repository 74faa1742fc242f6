"""会签 and 或签 of contracts, as the people who are asked meet them."""

import re

import pytest

from contracts import approval
from contracts.models import ApprovalRule, Contract, Decision, Insight
from crm.models import Role
from crm.notices.models import Notice
from tests.contracts.test_approval import LARGE, absent, verdict
from tests.contracts.test_contract_pages import address, fields_of, words
from tests.contracts.test_desk import RULES, on_desk
from tests.factories import a_contract
from tests.people import hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisors(zhao, sun):
    """Return the role of 赵强 and 孙丽, of whom all have to agree."""
    role = Role.objects.get(code="supervisor")
    rule = ApprovalRule.objects.get(order=20)
    rule.steps.update(asks="role", role=role, mode="all")
    return role


@pytest.fixture
def contract(zhang, supervisors):
    """A contract of 张伟's that waits for both."""
    contract = a_contract(zhang, amount=LARGE)
    approval.submit(contract, by=zhang)
    return contract


def shown(browser, contract):
    """Return the text of a contract's page."""
    return re.sub(r"\s+", "", words(browser.get(contract.get_absolute_url())))


def form_on(browser, contract, key="approval"):
    """Return what the form of a verdict would send, as the page shows it."""
    actions = browser.get(contract.get_absolute_url()).context["actions"]
    (action,) = (one for one in actions if one["key"] == key)
    fields = {field["name"]: field.get("value", "") for field in action["fields"]}
    return fields | {"version": action["version"], "opinion": "同意"}


def test_the_form_of_the_page_counts_once(contract, supervisors, zhao, sun, sign_in):
    rule = ApprovalRule.objects.get(order=20)
    rule.steps.create(position=2, asks="role", role=supervisors, mode="all")
    approval.recall(contract, by=contract.owner)
    approval.submit(contract, by=contract.owner)
    url, forms = address(contract, "decision"), {}
    for person in (zhao, sun):
        forms[person] = form_on(sign_in(person), contract)
    for person in (zhao, sun):
        browser = sign_in(person)
        assert browser.post(url, forms[person]).status_code == 302
        again = browser.post(url, forms[person])
        assert again.status_code == 409
        assert f"{person}审批，请重新查看" in words(again)
        forms[person].pop("step")
        assert browser.post(url, forms[person]).status_code == 409
    positions = Decision.objects.values_list("step__position", flat=True)
    assert list(positions) == [1, 1]
    assert browser.post(url, form_on(browser, contract)).status_code == 302
    assert Decision.objects.filter(step__position=2).get().by == sun


def test_the_form_of_the_desk_counts_once(contract, zhao, sun, sign_in):
    browser = sign_in(zhao)
    _rows, form = on_desk(browser)
    form |= {"approved": "true", "opinion": "同意"}
    assert browser.post("/approvals/", form).status_code == 302
    answer = browser.post("/approvals/", form)
    assert answer.status_code == 409
    assert "已由赵强审批" in words(answer)
    assert [one.by for one in contract.decisions.all()] == [zhao]


def test_pages_say_that_all_agree_and_who_stands_in(
    contract, zhang, zhao, sun, sign_in
):
    browser = sign_in(zhang)
    assert "等待审批</b>–赵强、孙丽均须同意" in shown(browser, contract)
    deputy = hire("deputy", "何军", "information_administrator")
    role = Role.objects.get(code="information_administrator")
    role.grants["contracts.approve_contract"] = "all"
    role.save(update_fields=["grants"])
    absent(sun, deputy)
    page = shown(browser, contract)
    assert "赵强、孙丽或何军（代孙丽审批）均须同意" in page
    browser = sign_in(deputy)
    for page in (words(browser.get("/approvals/")), shown(browser, contract)):
        assert "您将代孙丽审批" in page
    answer = browser.post(
        address(contract, "decision"), form_on(browser, contract), follow=True
    )
    assert "已批准。 （代孙丽审批）" in words(answer)
    assert "您将代" not in words(answer)
    page = shown(sign_in(zhao), contract)
    assert "等待审批</b>–赵强<" in re.sub("</div>", "<", page)
    assert Notice.objects.get(verb="approved_for").person == sun
    assert "代我批准" in words(sign_in(sun).get("/notices/"))
    assert sign_in(sun).get(contract.get_absolute_url()).status_code == 200
    assert Insight.objects.filter(contract=contract).count() == 2


def test_a_deputy_who_is_asked_as_well_is_shown_for_themselves_only(
    contract, zhao, sun, sign_in
):
    absent(zhao, sun)
    browser = sign_in(sun)
    assert "代赵强" not in shown(browser, contract)
    verdict(contract, sun)
    page = shown(browser, contract)
    assert "等待审批</b>–赵强" in page
    assert "代赵强" not in page
    assert on_desk(browser)[0] == []


def test_a_finished_flow_still_says_what_was_asked(contract, zhang, zhao, sun, sign_in):
    for person in (zhao, sun):
        verdict(contract, person)
    page = words(sign_in(zhang).get(contract.get_absolute_url()))
    assert page.count("<small>业务主管（会签）</small>") == 2
    (said,) = re.findall(r"<desc>(.*?)</desc>", page)
    assert said.count("业务主管（会签）") == 2


@pytest.mark.parametrize(("mode", "approved"), [("any", True), ("all", False)])
def test_who_comes_late_is_told_who_decided(
    contract, zhang, zhao, sun, wang, sign_in, mode, approved
):
    ApprovalRule.objects.get(order=20).steps.update(mode=mode)
    approval.recall(contract, by=zhang)
    approval.submit(contract, by=zhang)
    browser = sign_in(sun)
    form, desk = form_on(browser, contract), on_desk(browser)[1]
    verdict(contract, zhao, approved=approved, opinion="意见")
    assert browser.get(contract.get_absolute_url()).status_code == 404
    answer = browser.post(address(contract, "decision"), form)
    assert answer.status_code == 409
    assert "已由赵强审批" in words(answer)
    answer = browser.post("/approvals/", desk | {"approved": "true"})
    assert answer.status_code == 409
    assert f"{contract}：已由赵强审批" in words(answer)
    stranger = hire("stranger", "外人", "supervisor", department=wang.department)
    stranger.role_assignments.all().delete()
    role = Role.objects.create(
        name="别的审批人", grants={"contracts.approve_contract": "own"}
    )
    stranger.role_assignments.create(role=role)
    answer = sign_in(stranger).post(address(contract, "decision"), form)
    assert answer.status_code == 404


def test_when_the_last_one_asked_has_gone_who_agreed_puts_it_into_effect(
    contract, zhang, zhao, sun, sign_in
):
    browser = sign_in(zhao)
    old = form_on(browser, contract)
    verdict(contract, zhao)
    sun.role_assignments.all().delete()
    assert "会签各方均已同意，待赵强批准生效" in shown(sign_in(zhang), contract)
    browser = sign_in(zhao)
    assert browser.post(address(contract, "decision"), old).status_code == 409
    desk = browser.get("/approvals/")
    assert [row["record"] for row in desk.context["rows"]] == [contract]
    assert "会签各方均已同意，批准后即生效" in words(desk)
    keys = browser.get(contract.get_absolute_url()).context["actions"]
    assert "rejection" not in {one["key"] for one in keys}
    sent = on_desk(browser)[1]
    answer = browser.post("/approvals/", sent | {"approved": "false", "opinion": "否"})
    assert answer.status_code == 422
    new = form_on(browser, contract)
    assert browser.post(address(contract, "decision"), new).status_code == 302
    assert Contract.objects.get(pk=contract.pk).status == "registered"
    told = Notice.objects.get(verb="approved", person=zhang)
    assert told.actor_id == zhao.pk


def test_a_verdict_that_does_not_say_what_was_seen_is_answered_in_words(
    contract, zhao, sign_in
):
    browser = sign_in(zhao)
    form = form_on(browser, contract)
    for wrong in ({"round": ""}, {"round": "x"}, {"round": "-1"}, {"step": "一"}):
        answer = browser.post(address(contract, "decision"), form | wrong)
        assert answer.status_code == 422
        page = words(answer)
        assert "页面未注明您看到的内容" in page
        assert not re.search(r"<p>(round|step)", page)
    assert not contract.decisions.exists()


def test_a_rule_names_only_who_may_approve(zhou, zhang, qian, supervisors, sign_in):
    rule = ApprovalRule.objects.get(order=20)
    browser, url = sign_in(zhou), f"{RULES}{rule.pk}/edit/"
    assert "具有指定角色的人" in words(browser.get(url))
    sellers = Role.objects.get(code="salesperson")
    data = fields_of(browser, url) | {"active": "on"}
    for wrong, said in (
        (
            {"steps-0-asks": "role", "steps-0-role": sellers.pk},
            "角色“业务员”没有审批合同的权限",
        ),
        (
            {
                "steps-0-asks": "person",
                "steps-0-role": "",
                "steps-0-person": zhang.pk,
            },
            "张伟没有审批合同的权限",
        ),
        ({"last_resort": zhang.pk}, "张伟没有审批合同的权限"),
    ):
        answer = browser.post(url, data | wrong)
        assert answer.status_code == 422
        assert words(answer).count(said) == 1
    assert browser.post(url, data | {"last_resort": qian.pk}).status_code == 302


def test_a_step_whose_role_cannot_approve_any_more_says_that_it_was_passed_on(
    contract, supervisors, zhang, zhou, zhao, sun, head_office, sign_in
):
    heads = Role.objects.create(
        name="部门主管", grants={"contracts.approve_contract": "department_tree"}
    )
    zhao.role_assignments.create(role=heads)
    del supervisors.grants["contracts.approve_contract"]
    supervisors.save(update_fields=["grants"])
    zhao.role_assignments.filter(role=supervisors).delete()
    assert "业务主管（会签）无可审批的人" in re.sub(
        "<[^>]*>| ", "", words(sign_in(zhou).get(RULES))
    )
    browser = sign_in(zhang)
    page = shown(browser, contract)
    assert "等待审批</b>–赵强该步骤指定的审批人无法审批，已顺延。" in page
    assert "待审批赵强业务主管（会签）（已顺延）" in page


def test_a_form_without_the_count_of_its_parts_says_so_in_words(zhang, sign_in):
    browser, url = sign_in(zhang), "/contracts/add/"
    data = fields_of(browser, url)
    del data["lines-TOTAL_FORMS"]
    answer = browser.post(url, data)
    assert answer.status_code == 422
    assert "页面提交的内容不完整" in words(answer)
    assert "缺少" not in words(answer)
