"""The approver's desk, the cards of the workbench, products and approval rules."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.template import Context, Template
from django.template.base import Variable
from django.template.loader import render_to_string

from contracts import approval
from contracts.approval import FLOW
from contracts.models import ApprovalRule, Contract, Product
from crm.approval.approvers import Approvers
from crm.approval.drawing import Drawing, Knot
from crm.approval.progress import progress_of, rounds_shown
from crm.display import moment_text
from crm.models import Role, User
from crm.views.approval.buttons import pending_buttons
from customers.models import Customer
from tests.contracts.test_approval import HUGE, LARGE, absent, in_state, verdict
from tests.contracts.test_contract_pages import fields_of, queries, words
from tests.factories import a_contract, a_customer, a_product, an_item
from tests.people import let_leave

pytestmark = pytest.mark.django_db


def submitted(owner, **fields):
    """Return a contract that waits for approval."""
    contract = a_contract(owner, **{"amount": LARGE, **fields})
    approval.submit(contract, by=owner)
    return contract


def on_desk(browser):
    """Return the contracts of the desk and what its form would send for all."""
    rows = browser.get("/approvals/").context["rows"]
    contracts = [row["record"] for row in rows]
    return contracts, {
        "ids": [contract.pk for contract in contracts],
        "seen": [row["seen"] for row in rows],
    }


def test_desk_shows_what_waits_for_the_person(zhang, wang, zhao, sun, qian, sign_in):
    mine, theirs = submitted(zhang), submitted(wang)
    own = submitted(zhao)
    assert on_desk(sign_in(zhao))[0] == [mine]
    assert on_desk(sign_in(sun))[0] == [theirs]
    assert on_desk(sign_in(qian))[0] == [own]


def test_desk_shows_credit_and_changes(zhang, zhao, qian, sign_in):
    contract = submitted(zhang, title="泵站改造")
    contract.customer.credit_grade = an_item("credit_grade", "B")
    contract.customer.credit_limit = Decimal(80_000)
    contract.customer.save()
    verdict(contract, zhao, approved=False, opinion="降价")
    contract.amount = Decimal(110_000)
    contract.save()
    approval.submit(contract, by=zhang)
    page = words(sign_in(zhao).get("/approvals/"))
    for text in (contract.number, "泵站改造", "110,000.00", "80,000.00", "100,000.00"):
        assert text in page
    assert f'data-id="{contract.pk}"' in page
    assert 'data-total="1"' in page
    assert "data-over-limit" in page


def test_desk_says_why_it_asks_and_of_what_a_contract_is_made(zhang, zhao, sign_in):
    contract = a_contract(zhang, amount=Decimal("192500"))
    for discount in ("0", "7.5"):
        line = {"product": a_product(zhang), "quantity": 1, "unit_price": LARGE}
        contract.lines.create(**line, discount=Decimal(discount))
    file = {"name": "图.pdf", "sha256": "a" * 64, "size": 9, "content_type": ""}
    contract.attachments.create(**file, uploaded_by=zhang)
    contract.refresh_from_db()
    approval.submit(contract, by=zhang)
    said = "明细：2 行 · 折扣最多减免 7.5 % · 附件：1 个"
    page = words(sign_in(zhao).get("/approvals/"))
    assert f"{contract.rounds.get().rule_name} · {said}" in page


def test_desk_leads_to_the_customer_of_whoever_may_open_it(zhang, zhao, sign_in):
    customer = submitted(zhang).customer
    link = f'href="{customer.get_absolute_url()}"'
    assert link in words(sign_in(zhao).get("/approvals/"))
    role = Role.objects.get(code="supervisor")
    del role.grants["customers.view_customer"]
    role.save(update_fields=["grants"])
    page = words(sign_in(zhao).get("/approvals/"))
    assert customer.name in page
    assert link not in page


def test_desk_marks_only_what_is_over_the_credit_limit(zhang, zhao, sign_in):
    for limit in (None, LARGE):
        contract = submitted(zhang)
        contract.customer.credit_limit = limit
        contract.customer.save(update_fields=["credit_limit"])
    assert "data-over-limit" not in words(sign_in(zhao).get("/approvals/"))


def test_a_desk_leaves_out_what_is_decided_while_it_is_drawn(zhang, zhao, sign_in):
    first, second = submitted(zhang), submitted(zhang)
    decided = []

    def meanwhile(execute, sql, params, many, context):
        """Decide on the first as soon as the page has read whose turns there are."""
        found = execute(sql, params, many, context)
        if '"contracts_round"' in sql and not decided:
            decided.append(first)
            verdict(first, zhao)
        return found

    browser = sign_in(zhao)
    with connection.execute_wrapper(meanwhile):
        page = browser.get("/approvals/")
    assert decided
    assert [row["record"] for row in page.context["rows"]] == [second]


def test_a_record_decided_while_its_page_is_drawn_has_no_buttons(zhang, zhao):
    contract = submitted(zhang)
    verdict(contract, zhao)
    rows = Contract.objects.prefetch_related(*rounds_shown(FLOW))
    contract = rows.get(pk=contract.pk)
    progress = progress_of(FLOW, contract, zhao, Approvers(FLOW.right))
    assert pending_buttons(contract, zhao, progress, {"approve"}) == []


def test_many_are_decided_at_once(zhang, zhao, sign_in):
    first, second, left = (submitted(zhang) for _number in range(3))
    browser = sign_in(zhao)
    _rows, form = on_desk(browser)
    form |= {"ids": [first.pk, second.pk], "approved": "true", "opinion": "同意"}
    assert browser.post("/approvals/", form).status_code == 302
    states = [Contract.objects.get(pk=c.pk).status for c in (first, second, left)]
    assert states == ["registered", "registered", "pending"]
    assert first.decisions.get().opinion == "同意"


def test_many_are_rejected_only_with_a_reason(zhang, zhao, sign_in):
    contracts = [submitted(zhang) for _number in range(2)]
    browser = sign_in(zhao)
    _rows, form = on_desk(browser)
    answer = browser.post("/approvals/", form | {"approved": "false", "opinion": "　"})
    assert answer.status_code == 422
    assert [Contract.objects.get(pk=c.pk).status for c in contracts] == ["pending"] * 2
    assert words(answer).count(" checked>") == 2
    answer = browser.post(
        "/approvals/", form | {"approved": "false", "opinion": "否"}, follow=True
    )
    assert "已驳回 2 份合同。" in words(answer)
    assert [Contract.objects.get(pk=c.pk).status for c in contracts] == ["rejected"] * 2


def test_one_is_refused_where_it_was_decided(zhang, zhao, sign_in):
    first, second = (submitted(zhang) for _number in range(2))
    browser = sign_in(zhao)
    _first, seen = on_desk(browser)[1]["seen"]
    sent = {"ids": [second.pk], "seen": [seen], "next": first.pk, "approved": "false"}
    address = f"/approvals/?row={second.pk}"
    answer = browser.post(address, sent | {"opinion": " "})
    assert answer.status_code == 422
    rows, opened = words(answer).split('id="opened"')
    assert 'role="alert"' in opened
    assert 'role="alert"' not in rows
    assert " checked>" not in rows
    second.refresh_from_db()
    assert second.status == Contract.Status.PENDING


def test_what_moved_on_is_left_while_the_rest_is_decided(zhang, zhao, sign_in):
    moved, stays = submitted(zhang), submitted(zhang)
    browser = sign_in(zhao)
    _rows, form = on_desk(browser)
    approval.recall(moved, by=zhang)
    approval.submit(moved, by=zhang)
    answer = browser.post("/approvals/", form | {"approved": "true"}, follow=True)
    assert moved.number in words(answer)
    moved.refresh_from_db()
    stays.refresh_from_db()
    assert (moved.status, stays.status) == ("pending", "registered")
    assert "已批准 1 份合同。" in words(answer)
    assert f"{moved}：" in words(answer)


def test_a_refused_desk_keeps_what_was_typed_but_ticks_nothing_new(
    zhang, zhao, sign_in
):
    contract = submitted(zhang)
    browser = sign_in(zhao)
    _rows, form = on_desk(browser)
    approval.recall(contract, by=zhang)
    approval.submit(contract, by=zhang)
    form |= {"approved": "true", "opinion": "同意，注意交货"}
    answer = browser.post("/approvals/", form)
    assert answer.status_code == 409
    assert "同意，注意交货" in words(answer)
    assert " checked>" not in words(answer)


def test_desk_leads_to_the_customer(zhang, zhao, sign_in):
    contract = submitted(zhang)
    assert f'href="{contract.customer.get_absolute_url()}"' in words(
        sign_in(zhao).get("/approvals/")
    )


def test_a_desk_says_what_is_wrong_with_what_was_sent(zhang, zhao, sign_in):
    contract = submitted(zhang)
    browser = sign_in(zhao)
    _contracts, form = on_desk(browser)
    sent = form | {"approved": "true", "opinion": "同\x00意"}
    answer = browser.post("/approvals/", sent)
    assert answer.status_code == 422
    (reason,) = answer.context["refused"]
    assert reason.startswith("审批意见：")
    assert "请先勾选" not in words(answer)
    for given in ({}, {"approved": ""}, {"approved": "maybe"}):
        answer = browser.post("/approvals/", form | given)
        assert answer.status_code == 422
        assert answer.context["refused"] == ["审批结果：请说明是批准还是驳回。"]
    contract.refresh_from_db()
    assert contract.status == Contract.Status.PENDING


def test_stale_desk_is_a_conflict(zhang, zhao, sign_in):
    contract = submitted(zhang)
    browser = sign_in(zhao)
    _rows, form = on_desk(browser)
    approval.recall(contract, by=zhang)
    assert browser.post("/approvals/", form | {"approved": "true"}).status_code == 409
    form["seen"] = [f"{contract.pk}:{contract.rounds.first().pk}:1"]
    assert browser.post("/approvals/", form | {"approved": "true"}).status_code == 409
    form.pop("seen")
    assert browser.post("/approvals/", form | {"approved": "true"}).status_code == 409


def test_foreign_and_own_contracts_are_not_decided_together(zhang, wang, zhao, sign_in):
    theirs = submitted(wang) if wang.department.head else a_contract(wang)
    browser = sign_in(zhao)
    form = {"ids": [theirs.pk, 999_999], "approved": "true", "seen": []}
    assert browser.post("/approvals/", form).status_code == 404
    form = {"ids": [], "approved": "true"}
    assert browser.post("/approvals/", form).status_code == 422
    form = {"ids": ["x", "²", "9" * 30], "approved": "true"}
    assert browser.post("/approvals/", form).status_code == 422
    assert browser.post("/approvals/", {"ids": [theirs.pk]}).status_code == 422


def test_desk_is_for_approvers(zhang, chen, lina, zhou, nobody, sign_in):
    for person in (zhang, chen, lina, zhou, nobody):
        browser = sign_in(person)
        assert browser.get("/approvals/").status_code == 403
        assert browser.post("/approvals/", {"ids": [1]}).status_code == 403


def test_deputy_finds_it_on_the_desk(zhang, zhao, sun, sign_in):
    contract = submitted(zhang)
    assert on_desk(sign_in(sun))[0] == []
    absent(zhao, sun)
    browser = sign_in(sun)
    contracts, form = on_desk(browser)
    assert contracts == [contract]
    assert browser.post("/approvals/", form | {"approved": "true"}).status_code == 302
    assert contract.decisions.get().on_behalf_of == zhao


def card(name, user):
    """Return the context that a tag gives its card."""
    template = Template(f"{{% load approval_tags contracts_tags %}}{{% {name} %}}")
    tag = template.nodelist[-1]
    return tag.func({"user": user}), template.render(Context({"user": user})).strip()


def test_figures_of_the_workbench_agree_with_their_lists(
    zhang, liu, wang, zhao, sign_in
):
    for status in ("draft", "pending", "registered", "completed", "terminated"):
        in_state(status, zhang, zhao)
    in_state("registered", liu, zhao)
    a_contract(wang)
    a_contract(zhang, registered=False)
    for name, person in (("my_contracts", zhang), ("team_contracts", zhao)):
        given, html = card(name, person)
        browser = sign_in(person)
        assert given["title"] in html
        for figure in given["figures"]:
            answer = browser.get(figure["url"])
            assert answer.context["errors"] == []
            assert answer.context["total"] == figure["value"], figure
    given, _html = card("team_contracts", zhao)
    assert [row["title"] for row in given["rows"]] == ["张伟", "刘洋"]


def test_customers_are_led_to_by_who_may_open_them(zhang, zhao, wang):
    contract = submitted(zhang)
    page = contract.customer.get_absolute_url()
    given, html = card("approvals_waiting", zhao)
    assert given["rows"][0]["about"] == contract.customer.name
    assert f'<a href="{page}">{contract.customer.name}</a> · ¥' in html
    Customer.objects.filter(pk=contract.customer_id).update(owner=wang)
    _given, html = card("approvals_waiting", zhao)
    assert page not in html
    assert contract.customer.name in html


def test_what_came_back_to_a_supervisor_stands_on_the_workbench(zhao, qian):
    contract = submitted(zhao)
    assert card("my_contracts", zhao)[1] == ""
    verdict(contract, qian, approved=False, opinion="太贵")
    given, html = card("my_contracts", User.objects.get(pk=zhao.pk))
    assert [row["url"] for row in given["rows"]] == [contract.get_absolute_url()]
    assert given["figures"] == ()
    assert "已驳回 · 太贵" in html


def test_the_desk_works_without_scripts(zhang, zhao, sign_in):
    contract = submitted(zhang)
    page = sign_in(zhao).get("/approvals/").content.decode()
    begin = page.index('<form id="bulk"')
    form = page[begin : page.index("</form>", begin)]
    no_default = '<button type="submit" formmethod="dialog" formnovalidate hidden>'
    for unseen in ('class="bulk-count" hidden>', no_default):
        assert form.count(unseen) == 1
        form = form.replace(unseen, "")
    assert "hidden>" not in form
    assert form.count('name="approved"') == 2
    assert "审批生效后不能撤回" in form
    assert "data-select-all data-scripted hidden" in page
    assert contract.number in page


def test_waiting_figure_agrees_with_the_desk(zhang, zhao, sign_in):
    for _number in range(8):
        submitted(zhang)
    given, _html = card("approvals_waiting", zhao)
    figure = given["figures"][0]
    page = words(sign_in(zhao).get(figure["url"]))
    assert figure["value"] == 8
    assert 'data-total="8"' in page


@pytest.mark.parametrize(
    "name", ["my_contracts", "approvals_waiting", "team_contracts"]
)
def test_without_the_right_there_is_no_card(nobody, chen, zhou, name):
    for person in (nobody, chen, zhou):
        assert card(name, person)[1] == ""


def test_everybody_with_the_right_reads_the_catalogue(zhang, chen, lina, sign_in):
    pump = a_product(lina, name="离心泵")
    for person in (zhang, chen, lina):
        assert "离心泵" in words(sign_in(person).get("/products/?q=lxb"))
    browser = sign_in(zhang)
    assert browser.get(pump.get_absolute_url()).status_code == 200
    assert browser.get(f"/products/{pump.pk}/edit/").status_code == 403
    assert browser.get("/products/add/").status_code == 403


def test_a_product_in_use_cannot_be_deleted(zhang, lina, sign_in):
    pump = a_product(lina)
    a_contract(zhang).lines.create(product=pump, quantity=1, unit_price=1)
    browser = sign_in(lina)
    page = browser.get(f"/products/{pump.pk}/delete/")
    assert page.status_code == 200
    assert browser.post(f"/products/{pump.pk}/delete/").status_code == 409
    assert Product.objects.filter(pk=pump.pk).exists()


RULES = "/system/approval-rules/"
#: How the flow of a contract that was taken back before anybody decided is drawn.
RECALLED = ["done", "coming", "stopped"]


def rule_form(browser, url):
    """Return the fields of a rule's form."""
    return fields_of(browser, url)


@pytest.mark.parametrize("name", ["last_resort", "steps-0-person"])
def test_whom_a_rule_names_may_leave_while_it_is_written(
    zhou, zhao, qian, sign_in, monkeypatch, name
):
    """The form finds 钱 there, PostgreSQL no longer: that is told, nothing is lost."""
    browser = sign_in(zhou)
    rules = ApprovalRule.objects.count()
    data = rule_form(browser, f"{RULES}add/") | {
        "name": "特批",
        "order": "5",
        "steps-0-asks": "person",
        "steps-0-person": zhao.pk,
    }
    save = ApprovalRule.save

    def slowly(rule, *args, **options):
        let_leave(qian)
        save(rule, *args, **options)

    monkeypatch.setattr(ApprovalRule, "save", slowly)
    answer = browser.post(f"{RULES}add/", data | {name: qian.pk})
    assert answer.status_code == 422
    assert "接收人已离职或停用" in answer.text
    assert 'value="特批"' in answer.text
    assert ApprovalRule.objects.count() == rules


def test_rules_are_kept_by_the_system_administrator(zhou, qian, sign_in):
    browser = sign_in(zhou)
    assert "十万元以上合同" in words(browser.get(RULES))
    data = rule_form(browser, f"{RULES}add/")
    data |= {
        "name": "特批",
        "amount_from": "5000",
        "order": "5",
        "active": "on",
        "last_resort": qian.pk,
        "steps-0-asks": "person",
        "steps-0-person": qian.pk,
    }
    answer = browser.post(f"{RULES}add/", data)
    assert answer.status_code == 302, answer.context["formset"].errors
    rule = ApprovalRule.objects.get(name="特批")
    assert rule.steps.get().person == qian
    url = f"{RULES}{rule.pk}/"
    data = rule_form(browser, f"{url}edit/") | {"active": "on", "name": "特批二"}
    assert browser.post(f"{url}edit/", data).status_code == 302
    rule.refresh_from_db()
    assert rule.name == "特批二"
    assert browser.get(f"{url}delete/").status_code == 200
    assert browser.post(f"{url}delete/").status_code == 302
    assert not ApprovalRule.objects.filter(pk=rule.pk).exists()


def test_a_rule_says_how_many_of_those_it_asks_decide(zhou, zhang, zhao, sun, sign_in):
    rule = ApprovalRule.objects.get(order=20)
    browser = sign_in(zhou)
    supervisors = Role.objects.get(code="supervisor")
    data = rule_form(browser, f"{RULES}{rule.pk}/edit/") | {"active": "on"}
    assert data["steps-0-mode"] == data["steps-1-mode"] == "one"
    data |= {
        "steps-0-asks": "role",
        "steps-0-role": supervisors.pk,
        "steps-0-mode": "all",
    }
    assert browser.post(f"{RULES}{rule.pk}/edit/", data).status_code == 302
    assert [step.mode for step in rule.steps.all()] == ["all"]
    assert f"{supervisors}（会签）" in words(browser.get(RULES))
    contract = submitted(zhang, amount=LARGE)
    for person, missing in ((zhao, "赵强、孙丽"), (sun, "孙丽")):
        assert f"会签，尚待审批：{missing}" in words(sign_in(person).get("/approvals/"))
        verdict(contract, person)
    assert contract.status == "registered"
    shown = words(sign_in(zhang).get(contract.get_absolute_url()))
    assert "赵强" in shown
    assert "孙丽" in shown


@pytest.mark.parametrize("sent", [(), ("",)], ids=["left out", "empty"])
def test_a_rule_sent_without_how_many_decide_is_as_it_was(zhou, qian, sign_in, sent):
    rule = ApprovalRule.objects.get(order=20)
    rule.steps.update(mode="any")
    browser, url = sign_in(zhou), f"{RULES}{rule.pk}/edit/"
    data = rule_form(browser, url) | {"active": "on"}
    data |= {"steps-1-asks": "person", "steps-1-person": qian.pk}
    data |= {"steps-0-mode": sent, "steps-1-mode": sent}
    assert browser.post(url, data).status_code == 302
    assert [step.mode for step in rule.steps.all()] == ["any", "one"]


def test_a_rule_sent_with_an_unknown_how_many_decide_is_shown_again(zhou, sign_in):
    rule = ApprovalRule.objects.get(order=20)
    browser, url = sign_in(zhou), f"{RULES}{rule.pk}/edit/"
    data = rule_form(browser, url) | {"active": "on", "steps-0-mode": "most"}
    assert browser.post(url, data).status_code == 422
    assert [step.mode for step in rule.steps.all()] == ["one"]


def test_a_rule_needs_a_step_that_names_somebody(zhou, sign_in):
    browser = sign_in(zhou)
    data = rule_form(browser, f"{RULES}add/") | {"name": "空", "amount_from": "1"}
    answer = browser.post(f"{RULES}add/", data | {"steps-0-asks": "role"})
    assert answer.status_code == 422
    assert "请至少填写一个审批步骤。" in words(browser.post(f"{RULES}add/", data))
    assert not ApprovalRule.objects.filter(name="空").exists()


def test_who_may_keep_rules(zhang, zhao, lina, chen, nobody, sign_in):
    rule = ApprovalRule.objects.first()
    for person in (zhang, zhao, chen, nobody):
        assert sign_in(person).get(RULES).status_code == 403
    browser = sign_in(lina)
    assert browser.get(RULES).status_code == 200
    for url in (f"{RULES}add/", f"{RULES}{rule.pk}/edit/", f"{RULES}{rule.pk}/delete/"):
        assert browser.get(url).status_code == 403
        assert browser.post(url).status_code == 403


def test_a_changed_rule_leaves_rounds_under_way_alone(zhang, zhao, qian, sign_in):
    contract = submitted(zhang, amount=HUGE)
    ApprovalRule.objects.all().delete()
    verdict(contract, zhao)
    assert contract.status == "pending"
    verdict(contract, qian)
    assert contract.status == "registered"


def test_steps_are_numbered_by_their_place(zhou, qian, sign_in):
    rule = ApprovalRule.objects.get(order=10)
    browser = sign_in(zhou)
    url = f"{RULES}{rule.pk}/edit/"
    data = rule_form(browser, url) | {"active": "on", "steps-0-DELETE": "on"}
    data |= {"steps-2-asks": "person", "steps-2-person": qian.pk}
    assert browser.post(url, data).status_code == 302
    steps = rule.steps.order_by("position")
    assert [(s.position, s.asks) for s in steps] == [(1, "head_above"), (2, "person")]


def test_a_full_workbench_stays_within_its_budget(zhang, zhao, sign_in):
    for _number in range(7):
        submitted(zhang)
    in_state("registered", zhang, zhao)
    for person in (zhang, zhao):
        assert queries(sign_in(person), "/") <= 12


def test_the_flow_is_drawn_on_the_desk_and_on_the_page(zhang, zhao, qian, sign_in):
    contract = submitted(zhang, amount=HUGE)
    verdict(contract, zhao)
    (round_,) = contract.rounds.all()
    at = moment_text(round_.submitted_at)
    decided = moment_text(round_.steps.first().decisions.get().at)
    asked = "负责人所在部门主管"
    said = f"提交 张伟 {at} → 批准 赵强 {decided} {asked} → 待审批 钱进 上级部门主管"
    for person, url in (
        (qian, "/approvals/"),
        (zhang, contract.get_absolute_url()),
    ):
        answer = sign_in(person).get(url)
        (drawn,) = re.findall(r"<svg class=\"flow-.*?</svg>", answer.text, re.S)
        assert f"<desc>{said}</desc>" in drawn
        tones = re.findall(r"flow-knot flow-knot-(\w+)", drawn)
        assert tones == ["done", "done", "open"]
        assert "style=" not in drawn


def test_a_drawing_says_how_a_flow_ended(zhang, zhao, sign_in):
    contract = submitted(zhang, title="一")
    verdict(contract, zhao, approved=False, opinion="贵")
    again = submitted(zhang, title="二")
    approval.recall(again, by=zhang)
    browser = sign_in(zhang)
    for one, tones in ((contract, ["done", "stopped"]), (again, RECALLED)):
        page = browser.get(one.get_absolute_url()).text
        assert re.findall(r"flow-knot flow-knot-(\w+)", page) == tones


def test_a_flow_of_many_knots_costs_no_more_of_a_template(monkeypatch):
    """A desk has fifty flows: a template loop took as long as the rest of the page."""
    resolved, resolve = [], Variable.resolve
    monkeypatch.setattr(
        Variable, "resolve", lambda *given: resolved.append(1) or resolve(*given)
    )
    knots = [Knot("done", "批准", "<赵强>", "2026-11-27", "主管 & 法务")] * 9
    costs, drawn = [], []
    for number in (1, 9):
        resolved.clear()
        context = {"drawing": Drawing(knots[:number]), "is_told": False}
        drawn.append(render_to_string("parts/flow.html", context))
        costs.append(len(resolved))
    assert costs[0] == costs[1]
    assert drawn[1].count("<circle") == drawn[1].count("<line") + 1 == 9
    assert "</tspan> &lt;赵强&gt;</text>" in drawn[1]
    assert ">2026-11-27 · 主管 &amp; 法务</text>" in drawn[1]
    assert '"flow-line flow-line-done" x1="12" y1="14" x2="12" y2="60"' in drawn[1]


def test_the_desk_opens_what_its_address_names_and_goes_on(zhang, zhao, sign_in):
    first, second, third = (submitted(zhang) for _number in range(3))
    browser = sign_in(zhao)

    def opened(query):
        return browser.get(f"/approvals/{query}").context["opened"]

    assert opened("")["record"] == first
    row = opened(f"?row={second.pk}")
    assert (row["record"], row["next"]) == (second, third.pk)
    sent = {"ids": [second.pk], "seen": [row["seen"]], "next": row["next"]}
    answer = browser.post("/approvals/", sent | {"approved": "true"}, follow=True)
    assert answer.context["opened"]["record"] == third
    assert not answer.context["has_gone"]
    gone = browser.get(f"/approvals/?row={second.pk}")
    assert gone.context["has_gone"]
    assert "不再等您审批" in words(gone)
    assert opened("?row=x")["record"] == first
    answer = browser.post("/approvals/", sent | {"approved": "true"})
    assert answer.status_code == 409


def test_what_is_open_shows_the_customer_as_far_as_one_may_see(
    zhang, wang, zhao, qian, sign_in
):
    customer = a_customer(zhang, credit_limit=LARGE)
    contract = submitted(zhang, customer=customer)
    ours = a_contract(zhang, customer=customer, status="draft")
    page = words(browser_page := sign_in(zhao).get("/approvals/"))
    whole = browser_page.context["whole"]
    assert [one.pk for one in whole["others"]] == [ours.pk]
    assert "figure-bad" not in page
    submitted(zhang, customer=customer)
    assert "figure-bad" in words(sign_in(zhao).get(f"/approvals/?row={contract.pk}"))
    role = Role.objects.get(code="supervisor")
    del role.grants["contracts.view_contract"]
    role.save(update_fields=["grants"])
    whole = sign_in(zhao).get("/approvals/").context["whole"]
    assert not whole["others"]
    assert not whole["figures"]
