"""Conditions of approval rules on any field of a contract and of its customer."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from contracts import approval
from contracts.approval.moves import FLOW
from contracts.models import ApprovalRule
from contracts.models.facts import facts
from contracts.snapshots import content_of
from crm.approval.conditions import ALONE, OPERATORS, Sort
from crm.approval.snapshots import canonical, digest
from crm.guards.actor import acting
from crm.models import Department, DictionaryItem, HistoryEntry, Region
from system.dictionaries.uses import replace
from tests.contracts.test_contract_pages import fields_of, queries, words
from tests.contracts.test_desk import RULES
from tests.contracts.test_forecast import told
from tests.factories import a_contact, a_contract, a_customer, an_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(zhao, zhou):
    """A rule that comes before all others and asks 赵强; it has no conditions yet."""
    with acting(zhou):
        rule = ApprovalRule.objects.create(name="特别审批", order=1)
        rule.steps.create(asks="person", person=zhao)
        ApprovalRule.objects.exclude(pk=rule.pk).update(active=False)
    return rule


def only_if(rule, field, operator, *values):
    """Let a rule ask only where one more condition is met."""
    place = rule.conditions.count() + 1
    for value in values or ("",):  # any of them
        name = {DictionaryItem: "option", Department: "department"}.get(type(value))
        rule.conditions.create(
            place=place, field=field, operator=operator, **{name or "value": value}
        )


def asks(contract):
    """Say whether a rule asks for approval of a contract."""
    return FLOW.rule_for(contract) is not None


CASES = [
    ("title", "contains", "ＫＳＢ", {"title": "Ksb 泵"}, {"title": "泵"}),
    ("title", "is", "泵", {"title": "泵"}, {"title": "水泵"}),
    ("tax_rate", "under", "13", {"tax_rate": 6}, {"tax_rate": 13}),
    ("tax_rate", "empty", "", {"tax_rate": None}, {"tax_rate": 0}),
    ("amount", "over", "99.5", {"amount": 100}, {"amount": Decimal("99.50")}),
    ("amount", "equals", "99.5", {"amount": Decimal("99.50")}, {"amount": 995}),
    (
        "signed_on",
        "at_least",
        "2026-11-01",
        {"signed_on": date(2026, 11, 1)},
        {"signed_on": date(2026, 10, 31)},
    ),
    ("ends_on", "filled", "", {"ends_on": date(2026, 12, 1)}, {"ends_on": None}),
    ("terms", "contains", "质保", {"terms": "质保两年"}, {"terms": ""}),
]


@pytest.mark.parametrize(("field", "operator", "value", "met", "unmet"), CASES)
def test_a_rule_looks_on_any_field(zhang, rule, field, operator, value, met, unmet):
    only_if(rule, field, operator, *filter(None, [value]))
    dates = {"signed_on": None, "starts_on": None}
    assert asks(a_contract(zhang, **dates | met))
    assert not asks(a_contract(zhang, **dates | unmet))


def test_a_rule_looks_on_the_customer_and_the_owner(
    zhang, wang, rule, sales_department, head_office
):
    level, other = an_item("customer_level", "A"), an_item("customer_level", "B")
    kunming = Region.objects.get(code="530100")
    customer = a_customer(
        zhang,
        level=level,
        region=kunming,
        kind="partner",
        next_contact_at=datetime(2026, 11, 30, 16, 30, tzinfo=UTC),  # 1 December here
        employees=300,
        tags=["老客户", "重点"],
    )
    contract = a_contract(zhang, customer=customer)
    for met, unmet in (
        (("customer.level_id", "one_of", other, level), ("one_of", other)),
        (("customer.kind", "one_of", "partner"), ("one_of", "distributor")),
        (("customer.region", "contains", "云南"), ("contains", "广东")),
        (("customer.effective", "yes"), ("no",)),
        (("customer.parent", "empty"), ("filled",)),
        (("customer.next_contact_at", "equals", "2026-12-01"), ("under", "2026-12-01")),
        (("customer.employees", "at_least", "300"), ("over", "300")),
        (("customer.tags", "contains", "重点"), ("is", "重点")),
        (("customer.owner", "is", "张伟"), ("is", "王芳")),
        (("owner.department", "within", head_office), ("empty",)),
        (
            ("owner.department", "within", sales_department),
            ("within", wang.department),
        ),
    ):
        rule.conditions.all().delete()
        only_if(rule, *met)
        assert asks(contract), met
        rule.conditions.all().delete()
        only_if(rule, met[0], *unmet)
        assert not asks(contract), unmet


def test_all_conditions_have_to_be_met(zhang, rule):
    only_if(rule, "title", "contains", "泵")
    only_if(rule, "tax_rate", "under", "13")
    assert asks(a_contract(zhang, title="水泵", tax_rate=6))
    assert not asks(a_contract(zhang, title="水泵", tax_rate=13))
    assert not asks(a_contract(zhang, title="阀门", tax_rate=6))


def test_every_field_of_the_form_can_be_compared(zhang, rule):
    contract = a_contract(zhang)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contracts_facts(to_jsonb(c)) FROM contracts_contract c"
            " WHERE id = %s",
            [contract.pk],
        )
        (found,) = cursor.fetchone()
        found = json.loads(found) if isinstance(found, str) else found
        assert set(facts()) <= set(found)
        cursor.execute("SELECT contracts_facts('{}')")
        (empty,) = cursor.fetchone()
        empty = json.loads(empty) if isinstance(empty, str) else empty
        assert set(facts()) <= set(empty)
    values = {
        Sort.NUMBER: "1",
        Sort.DAY: "2026-01-01",
        Sort.DEPARTMENT: zhang.department,
    }
    for key, fact in facts().items():
        for operator in OPERATORS[fact.sort]:
            rule.conditions.all().delete()
            items = DictionaryItem.objects.filter(kind=fact.kind)
            value = items.first() if fact.kind else values.get(fact.sort, "1")
            only_if(rule, key, operator, *([] if operator in ALONE else [value]))
            assert asks(contract) in (True, False)


def test_a_change_is_asked_about_as_it_is_proposed(zhang, zhao, lina, rule):
    only_if(rule, "title", "contains", "独家")
    contract = a_contract(zhang, title="供货")
    approval.submit(contract, by=zhang)
    approval.register(contract, by=lina)
    change = approval.amend(contract, by=zhang)
    with acting(zhang):
        change.title = "独家供货"
        change.save()
    approval.submit_change(contract, by=zhang)
    round_ = contract.rounds.first()
    assert (round_.rule_name, round_.state) == ("特别审批", "open")


def test_a_round_under_way_keeps_the_rule_it_began_with(zhang, zhao, rule):
    only_if(rule, "title", "contains", "独家")
    contract = a_contract(zhang, title="独家供货")
    round_ = approval.submit(contract, by=zhang)
    rule.refresh_from_db()
    round_.refresh_from_db()
    assert round_.rule_version == rule.version
    rule.conditions.update(value="框架")
    rule.refresh_from_db()
    assert round_.rule_version < rule.version
    assert not asks(contract)
    approval.decide(contract, by=zhao, approved=True, opinion="", round_id=round_.pk)
    assert contract.status == "registered"
    entry = HistoryEntry.objects.filter(label="contracts.approvalcondition").first()
    assert (entry.subject_label, entry.subject_id) == (
        "contracts.approvalrule",
        rule.pk,
    )


def test_no_other_program_passes_a_condition(zhang, lina, rule):
    only_if(rule, "title", "contains", "独家")
    contract = a_contract(zhang, title="独家供货")
    text = canonical(content_of(contract))
    values = {"snapshot": text, "sha256": digest(text), "edition": 1}
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        contract.rounds.create(
            **values,
            unruled=True,
            state="approved",
            closed_at="2026-11-27T00:00Z",
            submitted_by=lina,
        )
    assert caught.value.__cause__.diag.constraint_name == "round_rule"


@pytest.mark.parametrize(
    "wrong",
    [
        {"operator": "at_least", "value": "viel"},
        {"operator": "like", "value": "x"},
        {"operator": "contains", "value": ""},
        {"operator": "empty", "value": "x"},
    ],
)
def test_the_database_knows_what_a_condition_is(rule, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        rule.conditions.create(field="title", **wrong)


def test_a_retired_option_is_compared_and_one_in_its_place_takes_over(
    zhang, zhou, rule, sign_in
):
    old, new = an_item("customer_level", "A"), an_item("customer_level", "B")
    only_if(rule, "customer.level_id", "one_of", old)
    customer = a_customer(zhang, level=old)
    contract = a_contract(zhang, customer=customer)
    with acting(zhou):
        old.active = False
        old.save()
    assert asks(contract)
    page = words(sign_in(zhou).get(RULES))
    assert f"客户：客户级别 属于 {old.label}（已停用）" in page
    with acting(zhou):
        old.active = True
        old.save()
    replace(old, new, by=zhou)
    assert rule.conditions.get().option == new
    assert asks(contract)


def test_a_field_that_is_gone_counts_as_met_and_is_said_to_be(
    zhang, zhou, rule, sign_in
):
    only_if(rule, "colour", "contains", "红")
    assert asks(a_contract(zhang))
    browser, url = sign_in(zhou), f"{RULES}{rule.pk}/edit/"
    assert "colour（字段已不存在，视为满足）" in words(browser.get(RULES))
    data = form_of(browser, url)
    answer = browser.post(url, data)
    assert answer.status_code == 422
    assert "该字段已不存在，请移除此条件。" in words(answer)
    assert browser.post(url, data | {"conditions-0-DELETE": "on"}).status_code == 302
    assert not rule.conditions.exists()


def form_of(browser, url):
    """Return the fields of a rule's form, with those of its conditions."""
    data = fields_of(browser, url) | {"active": "on"}
    formset = browser.get(url).context["conditions"]
    for part in (formset.management_form, *formset.forms):
        for field in part:
            value = field.value()
            data[field.html_name] = "" if value is None else value
    return data


def test_conditions_are_kept_in_the_form_of_the_rule(zhou, zhang, rule, sign_in):
    level = an_item("customer_level", "A")
    browser, url = sign_in(zhou), f"{RULES}{rule.pk}/edit/"
    data = form_of(browser, url) | {"conditions-0-field": "customer.level_id"}
    answer = browser.post(url, data)  # without a script the line comes to fit now
    assert answer.status_code == 422
    assert "请选择比较方式。" in words(answer)
    assert f'<option value="{level.pk}">' in words(answer)
    data |= {
        "conditions-0-operator": "one_of",
        "conditions-0-value": [level.pk],
        "conditions-TOTAL_FORMS": "3",
        "conditions-1-field": "tax_rate",
        "conditions-1-operator": "at_most",
        "conditions-1-value": "6",
        "conditions-2-field": "title",
        "conditions-2-operator": "filled",
    }
    assert browser.post(url, data).status_code == 302
    rows = rule.conditions.values_list("place", "field", "operator", "value", "option")
    assert list(rows) == [
        (1, "customer.level_id", "one_of", "", level.pk),
        (2, "tax_rate", "at_most", "6", None),
        (3, "title", "filled", "", None),
    ]
    page = words(browser.get(RULES))
    for said in (
        f"客户：客户级别 属于 {level.label}",
        "税率（%） ≤ 6",
        "合同名称 不为空",
    ):
        assert said in page
    before = list(rule.conditions.values_list("pk", flat=True))
    data = form_of(browser, url) | {"conditions-1-DELETE": "on"}
    assert browser.post(url, data).status_code == 302
    assert [row.field for row in rule.conditions.all()] == [
        "customer.level_id",
        "title",
    ]
    assert rule.conditions.first().pk == before[0]
    plain = fields_of(browser, url) | {"active": "on"}  # as forms were sent before
    assert browser.post(url, plain).status_code == 302
    assert rule.conditions.count() == 2


@pytest.mark.parametrize(
    ("field", "operator", "value", "said"),
    [
        ("tax_rate", "at_least", "viel", "请输入数字。"),
        ("signed_on", "at_least", "2026-13-01", "请输入有效的日期"),
        ("title", "contains", " ", "请填写比较的内容。"),
        ("title", "at_least", "5", "请选择比较方式。"),
        ("customer.level_id", "one_of", ["999999"], "999999"),
        ("colour", "is", "红", "colour"),
    ],
)
def test_what_does_not_fit_a_field_is_said_there(
    zhou, rule, sign_in, field, operator, value, said
):
    browser, url = sign_in(zhou), f"{RULES}{rule.pk}/edit/"
    data = form_of(browser, url) | {
        "conditions-0-field": field,
        "conditions-0-operator": operator,
        "conditions-0-value": value,
    }
    answer = browser.post(url, data)
    assert answer.status_code == 422
    assert said in words(answer)
    assert not rule.conditions.exists()


def test_a_line_comes_to_fit_the_field_that_is_chosen(zhou, zhang, rule, sign_in):
    line = f"{RULES}condition/"
    assert sign_in(zhang).get(line).status_code == 403
    browser = sign_in(zhou)
    page = words(browser.get(line, {"conditions-4-field": "signed_on"}))
    assert 'name="conditions-4-value"' in page
    assert 'data-date="day"' in page
    assert 'name="conditions-4-DELETE"' in page
    operators = re.findall(r'<option value="(\w+)"', page.split("4-operator", 1)[1])
    assert {"at_least", "under", "empty"} <= set(operators)
    assert "contains" not in operators
    page = words(browser.get(line, {"conditions-4-field": "owner.department"}))
    assert "销售一部" in page
    assert browser.get(line, {"conditions-4-field": "x"}).status_code == 200


def test_the_forecast_asks_the_same_rules(zhang, rule, sign_in):
    only_if(rule, "title", "contains", "独家")
    only_if(rule, "customer.kind", "one_of", "partner")
    only_if(rule, "owner.department", "within", zhang.department)
    partner, other = a_customer(zhang, kind="partner"), a_customer(zhang)
    browser = sign_in(zhang)
    typed = {"amount": "5", "title": "独家供货", "customer": partner.pk}
    assert "提交后需审批：赵强" in told(browser, **typed)[0]
    for less in ({"title": "供货"}, {"customer": other.pk}, {"customer": ""}):
        assert "无需审批" in told(browser, **typed | less)[0]
    shown = words(browser.get("/contracts/add/"))
    sent = re.search(r'hx-params="([^"]*)"', shown)[1].split(",")
    assert {"title", "signed_on", "customer", "owner", "terms", "contact"} <= set(sent)


def test_the_forecast_reads_terms_and_contact_however_long(zhang, wang, rule, sign_in):
    only_if(rule, "terms", "contains", "预付")
    only_if(rule, "contact", "is", "杨芳")
    known = a_contact(a_customer(zhang), name="杨芳")
    hidden = a_contact(a_customer(wang), name="杨芳")
    browser = sign_in(zhang)
    typed = {"amount": "5", "terms": "交货。" * 6000 + "预付三成", "contact": known.pk}
    assert "提交后需审批：赵强" in told(browser, **typed)[0]
    for less in ({"terms": "交货"}, {"contact": ""}, {"contact": hidden.pk}):
        assert "无需审批" in told(browser, **typed | less)[0]


def test_many_conditions_cost_as_many_queries_as_one(zhou, rule, head_office, sign_in):
    browser = sign_in(zhou)
    pages = (RULES, f"{RULES}{rule.pk}/edit/")

    def more():
        for one in (rule, ApprovalRule.objects.create(name="再一条")):
            only_if(one, "owner.department", "within", head_office)
            only_if(one, "customer.level_id", "one_of", an_item("customer_level", "A"))
            one.steps.create(asks="head", position=one.steps.count() + 1)

    more()
    first = [queries(browser, url) for url in pages]
    more()
    assert [queries(browser, url) for url in pages] == first
    assert max(first) <= 12


def test_who_holds_a_role_that_only_looks_sees_the_conditions(
    lina, rule, head_office, sign_in
):
    only_if(rule, "owner.department", "within", head_office)
    browser = sign_in(lina)
    page = words(browser.get(RULES))
    assert "负责人所属部门 属于（含下级） 总公司" in page
