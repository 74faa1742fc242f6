"""The pages of 目标: who finds what, what a button does, what a stale form meets."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import HistoryEntry
from sales.models import Target, TargetChange, TargetRule
from sales.targets import targeting
from sales.views.target_filling import spread
from system.leaving.lines import lines
from tests.factories import a_customer, a_target
from tests.pages import form_of, ids, shows
from tests.sales.test_targets import other, rule

pytestmark = pytest.mark.django_db

YEAR = 2026
ADD = "/targets/add/"
PACE = "/targets/pace/"


def values(*months):
    """Return the twelve fields of a form."""
    months = months * 12 if len(months) == 1 else months
    return dict(zip(Target.VALUES, map(str, months), strict=True))


def sent(browser, url, **fields):
    """Send a form as it stands with some other fields; return the answer."""
    return browser.post(url, form_of(browser, url) | fields)


def verb(browser, target, noun, **fields):
    """Press a button of a target's page; return the answer."""
    version = Target.objects.get(pk=target.pk).version
    url = f"/targets/{target.pk}/{noun}/"
    return browser.post(url, {"version": version, **fields})


def typed(answer):
    """Return the twelve values that a form shows."""
    form = answer.context["form"]
    return [Decimal(form[name].value()) for name in Target.VALUES]


# Setting one


def test_a_head_sets_a_target_for_somebody_below(zhang, zhao, sign_in):
    browser = sign_in(zhao)
    fields = {"rule": rule("合同额").pk, "year": YEAR, "person": zhang.pk}
    answer = sent(browser, ADD, **fields, **values("1,000"), note="按去年")
    made = Target.objects.get()
    assert answer.url == made.get_absolute_url()
    assert (made.total, made.person, made.registration) == (12_000, zhang, "registered")
    assert "12,000" in browser.get(answer.url).text


def test_the_form_offers_whom_one_sets_targets_for(
    zhang, wang, zhao, sun, director, sign_in, sales_department, other_department
):
    form = sign_in(zhao).get(ADD).context["form"]
    assert {*form.fields["person"].queryset} >= {zhang, zhao}
    assert wang not in form.fields["person"].queryset
    assert other_department not in form.fields["department"].queryset
    assert sales_department in form.fields["department"].queryset
    assert "owner" not in form.fields
    everybody = sign_in(director).get(ADD).context["form"].fields["person"].queryset
    assert {zhang, wang} <= {*everybody}


@pytest.mark.parametrize("whom", ["wang", "other_department", "company"])
def test_what_is_beyond_ones_reach_is_refused(whom, request, zhao, sun, sign_in):
    fields = {"rule": rule("合同额").pk, "year": YEAR}
    if whom == "wang":
        fields["person"] = request.getfixturevalue("wang").pk
    elif whom == "other_department":
        fields["department"] = request.getfixturevalue("other_department").pk
    answer = sent(sign_in(zhao), ADD, **fields, **values(1))
    assert answer.status_code == 422
    assert not Target.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"year": "1999"},
        {"year": "abc"},
        {"year": "99999999999999999999"},
        {"month_1": "-1"},
        {"month_1": "1.234"},
        {"month_1": "NaN"},
        {"month_1": "9" * 40},
        {"rule": "0"},
        {"person": "99999999999999999999"},
    ],
)
def test_a_wrong_form_is_shown_again(fields, zhang, zhao, sign_in):
    usual = {"rule": rule("合同额").pk, "year": YEAR, "person": zhang.pk, **values(1)}
    answer = sent(sign_in(zhao), ADD, **(usual | fields))
    assert answer.status_code == 422
    assert {*fields} <= {*answer.context["form"].errors}


def test_parts_of_what_is_counted_are_refused_at_the_field(zhang, zhao, sign_in):
    fields = {"rule": rule("新增客户").pk, "year": YEAR, "person": zhang.pk}
    answer = sent(sign_in(zhao), ADD, **fields, **(values(1) | {"month_4": "1.5"}))
    assert [*answer.context["form"].errors] == ["month_4"]


def test_empty_months_are_nothing(zhang, zhao, sign_in):
    fields = {"rule": rule("合同额").pk, "year": YEAR, "person": zhang.pk}
    sent(sign_in(zhao), ADD, **fields, **(values(5) | {"month_4": ""}))
    assert Target.objects.get().total == 55


def test_the_second_one_for_the_same_is_refused_in_words(target, zhang, zhao, sign_in):
    fields = {"rule": target.rule_id, "year": YEAR, "person": zhang.pk}
    answer = sent(sign_in(zhao), ADD, **fields, **values(1))
    assert answer.status_code == 422
    assert shows(answer, "已有这样的目标：规则、年度和对象都相同。")


def test_a_sum_is_spread_and_december_takes_the_cents(zhang, zhao, sign_in):
    browser = sign_in(zhao)
    fields = {"rule": rule("合同额").pk, "year": YEAR, "person": zhang.pk}
    answer = sent(browser, ADD, **fields, fill="even", fill_total="100")
    assert answer.status_code == 200
    assert typed(answer) == [Decimal("8.33")] * 11 + [Decimal("8.37")]
    assert answer.context["form"]["person"].value() == str(zhang.pk)
    assert not Target.objects.exists()  # nothing is saved yet
    counted = fields | {"rule": rule("新增客户").pk}
    answer = sent(browser, ADD, **counted, fill="even", fill_total="100")
    assert typed(answer) == [8] * 8 + [9] * 4


def test_last_years_results_or_target_grow_by_percent(agreed, zhang, zhao, sign_in):
    agreed(zhang, 1000, f"{YEAR - 1}-03-05")
    a_target(zhang, 50, by=zhao, year=YEAR - 1)
    browser = sign_in(zhao)
    fields = {"rule": rule("合同额").pk, "year": YEAR, "person": zhang.pk}
    fields |= {"fill": "last", "fill_percent": "110"}
    answer = sent(browser, ADD, **fields, fill_from="actual")
    assert typed(answer) == [0, 0, 1100] + [0] * 9
    answer = sent(browser, ADD, **fields, fill_from="target")
    assert typed(answer) == [55] * 12


@pytest.mark.parametrize(
    "fields",
    [
        {"fill": "even"},
        {"fill": "even", "fill_total": "-5"},
        {"fill": "even", "fill_total": "abc"},
        {"fill": "last", "fill_from": "actual", "fill_percent": "110"},
        {"fill": "last", "fill_from": "nothing", "fill_percent": "110"},
        {"fill": "last", "fill_from": "target", "fill_percent": ""},
        {"fill": "even", "fill_total": "5", "rule": ""},
        {"fill": "last", "fill_from": "actual", "fill_percent": "1", "year": "x"},
    ],
)
def test_a_fill_from_nothing_says_so(fields, zhang, zhao, sign_in):
    usual = {"rule": rule("合同额").pk, "year": YEAR, "person": zhang.pk, **values(3)}
    answer = sent(sign_in(zhao), ADD, **(usual | fields))
    assert answer.status_code == 422
    assert typed(answer) == [3] * 12  # what was typed stands there
    assert not Target.objects.exists()


def test_what_others_reached_does_not_leak_by_the_fill(
    agreed, wang, zhao, sun, sign_in
):
    agreed(wang, 4321, f"{YEAR - 1}-03-05")
    fields = {"rule": rule("合同额").pk, "year": YEAR, "fill": "last"}
    fields |= {"fill_from": "actual", "fill_percent": "100"}
    browser = sign_in(zhao)
    for whom in ({"person": wang.pk}, {"department": wang.department_id}, {}):
        answer = sent(browser, ADD, **fields, **whom)
        assert answer.status_code == 422
        assert "4321" not in answer.text


def test_a_draft_is_edited_filled_in_and_deleted(target, zhao, sign_in):
    browser, page = sign_in(zhao), target.get_absolute_url()
    answer = sent(browser, f"{page}edit/", fill="even", fill_total="24")
    assert typed(answer) == [2] * 12
    sent(browser, f"{page}edit/", month_1="5")
    target.refresh_from_db()
    assert target.total == 11_005
    assert "rule" not in browser.get(f"{page}edit/").context["form"].fields
    browser.post(f"{page}delete/", {"version": target.version})
    assert not Target.objects.exists()


# Locked


def test_a_head_locks_it_by_the_button_and_then_it_is_neither_edited_nor_deleted(
    target, zhao, sign_in
):
    browser, page = sign_in(zhao), target.get_absolute_url()
    assert f"{page}lock/" in browser.get(page).text
    assert verb(browser, target, "lock").status_code == 302
    target.refresh_from_db()
    assert target.status == "locked"
    text = browser.get(page).text
    assert f"{page}lock/" not in text
    assert f"{page}edit/" not in text
    assert f"{page}request/" in text
    for noun in ("edit", "delete"):
        assert browser.get(f"{page}{noun}/").status_code == 409
        assert verb(browser, target, noun, **values(9)).status_code == 409
    target.refresh_from_db()
    assert target.total == 12_000


def test_a_stale_form_locks_nothing(target, zhao, sign_in):
    browser, stale = sign_in(zhao), target.version
    Target.objects.filter(pk=target.pk).update(month_1=7)
    url = f"{target.get_absolute_url()}lock/"
    assert browser.post(url, {"version": stale}).status_code == 409
    assert browser.get(url).status_code == 405
    target.refresh_from_db()
    assert target.status == "draft"


@pytest.mark.parametrize(("who", "status"), [("zhang", 403), ("sun", 404)])
def test_who_may_not_lock_it_is_refused(who, status, target, request, sign_in):
    browser = sign_in(request.getfixturevalue(who))
    assert verb(browser, target, "lock").status_code == status


def test_one_does_not_lock_ones_own_by_the_address(zhao, sign_in):
    own = a_target(zhao, 1, by=zhao)
    browser = sign_in(zhao)
    assert (
        f"{own.get_absolute_url()}lock/" not in browser.get(own.get_absolute_url()).text
    )
    assert verb(browser, own, "lock").status_code == 403


def test_whose_it_is_asks_the_head_grants_and_all_is_kept(locked, zhang, zhao, sign_in):
    page = locked.get_absolute_url()
    browser = sign_in(zhang)
    answer = sent(
        browser, f"{page}request/", month_12="2000", reason="客户延期\n到十二月"
    )
    assert answer.status_code == 302
    assert f"{page}request/" not in browser.get(page).text
    assert f"{page}withdrawal/" in browser.get(page).text
    change = TargetChange.objects.get()
    browser = sign_in(zhao)
    text = browser.get(page).text
    assert "客户延期" in text
    assert browser.get("/").status_code == 200
    assert ids(browser.get("/targets/?change=mine")) == [locked.pk]
    answer = verb(
        browser, locked, "decision", change=change.pk, granted="true", opinion="同意"
    )
    assert answer.status_code == 302
    locked.refresh_from_db()
    assert locked.total == 13_000
    text = browser.get(page).text
    assert "同意" in text
    assert 'data-outcome="granted"' in text
    history = sign_in(zhang).get(f"/history/sales.target/{locked.pk}/").text
    assert "批准变更" in history
    assert "申请变更" in history
    assert "锁定" in history


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": ""},
        {"reason": "x", "month_1": "-1"},
        {"reason": "x", "month_1": "abc"},
        {"reason": "一样"},
        {"reason": "x" * 501, "month_1": "5"},
    ],
)
def test_a_wrong_request_is_shown_again(fields, locked, zhang, sign_in):
    answer = sent(sign_in(zhang), f"{locked.get_absolute_url()}request/", **fields)
    assert answer.status_code == 422
    assert not TargetChange.objects.exists()


def test_a_stale_request_or_one_too_many_meets_a_409(locked, zhang, zhao, sign_in):
    url = f"{locked.get_absolute_url()}request/"
    browser = sign_in(zhang)
    form = form_of(browser, url) | {"month_1": "5", "reason": "x"}
    assert browser.post(url, form | {"version": "1"}).status_code == 409
    assert browser.post(url, form).status_code == 302
    assert browser.post(url, form).status_code == 409
    assert browser.get(url).status_code == 409
    draft = a_target(zhang, 1, by=zhao, rule=rule("回款额"))
    assert browser.get(f"{draft.get_absolute_url()}request/").status_code == 409


@pytest.mark.parametrize("change", ["0", "abc", "99999999999999999999", ""])
def test_a_decision_on_nothing_is_refused(change, locked, zhao, sign_in):
    answer = verb(sign_in(zhao), locked, "decision", change=change, granted="true")
    assert 400 <= answer.status_code < 500


def test_a_change_of_another_target_is_not_decided_here(
    locked, zhang, liu, zhao, sign_in
):
    second = a_target(liu, 1, by=zhao)
    targeting.lock(second, by=zhao)
    change = targeting.ask(second, other(second), by=liu, reason="x")
    answer = verb(sign_in(zhao), locked, "decision", change=change.pk, granted="true")
    assert answer.status_code == 409
    second.refresh_from_db()
    assert second.total == 12


def test_refused_without_a_reason_the_head_is_asked_for_one(
    locked, zhang, zhao, sign_in
):
    change = targeting.ask(locked, other(locked), by=zhang, reason="x")
    answer = verb(sign_in(zhao), locked, "decision", change=change.pk, granted="false")
    assert answer.status_code == 422
    assert shows(answer, "请说明拒绝的原因。")


def test_the_menu_says_how_many_changes_wait(locked, zhang, zhao, sign_in):
    targeting.ask(locked, other(locked), by=zhang, reason="x")
    found = re.search(
        r'href="/targets/"[^>]*>(.*?)</a>', sign_in(zhao).get("/").text, re.S
    )
    assert "1" in found[1]
    found = re.search(
        r'href="/targets/"[^>]*>(.*?)</a>', sign_in(zhang).get("/").text, re.S
    )
    assert "1" not in found[1]


# What others see


@pytest.mark.parametrize("address", ["", "edit/", "delete/", "request/"])
@pytest.mark.parametrize("who", ["liu", "wang", "sun"])
def test_a_colleague_finds_no_target_of_others(who, address, target, request, sign_in):
    browser = sign_in(request.getfixturevalue(who))
    answer = browser.get(f"{target.get_absolute_url()}{address}")
    assert answer.status_code in (403, 404)
    for list_ in ("/targets/", f"{PACE}?year={YEAR}", "/targets/mine/"):
        assert "12,000" not in browser.get(list_).text
    assert "张伟" not in browser.get("/search/?q=合同额").text


def test_who_has_no_right_has_no_page(target, nobody, sign_in):
    browser = sign_in(nobody)
    for address in (
        "/targets/",
        ADD,
        PACE,
        "/targets/mine/",
        target.get_absolute_url(),
    ):
        assert browser.get(address).status_code == 403
    assert "/targets/" not in browser.get("/").text


def test_the_list_takes_conditions_orders_and_is_exported(
    target, zhang, zhao, sign_in, sales_department
):
    of_department = a_target(sales_department, 7000, year=YEAR)
    browser = sign_in(zhao)
    assert ids(browser.get("/targets/?subject=department")) == [of_department.pk]
    assert ids(browser.get(f"/targets/?person={zhang.pk}")) == [target.pk]
    assert ids(browser.get("/targets/?total_min=20000&sort=-total")) == [
        of_department.pk
    ]
    assert ids(browser.get("/targets/?q=张伟")) == [target.pk]
    assert ids(browser.get("/targets/?q=zhangwei")) == [target.pk]
    text = b"".join(browser.get("/targets/export/?format=csv").streaming_content)
    assert "张伟" in text.decode("utf-8-sig")


# What was reached, and the pace


def test_the_page_says_what_was_reached_of_which_month(agreed, target, zhang, sign_in):
    agreed(zhang, 620, f"{YEAR}-01-05")
    browser = sign_in(zhang)
    answer = browser.get(target.get_absolute_url())
    found = re.search(
        r'data-month="1".*?<a href="([^"]+)" data-value="([^"]+)"', answer.text, re.S
    )
    assert found[2] == "620.00"
    page = browser.get(found[1].replace("&amp;", "&"))
    assert 'data-total="1"' in page.text
    assert "62.0 %" in answer.text
    assert shows(answer, "数字包含计入您名下的全部记录，即使其中有些您已看不到。")


def test_all_that_counts_is_in_ones_own_figure_be_it_seen_or_not(
    agreed, target, zhang, wang, sign_in
):
    """A customer that was handed on takes the view along, not the figure."""
    contract = agreed(zhang, 620, f"{YEAR}-01-05")
    contract.customer.owner = wang
    contract.customer.save()
    assert "620.00" in sign_in(zhang).get(target.get_absolute_url()).text


def test_parts_are_a_gap_and_never_forced(
    target, zhao, director, sales_department, other_department, head_office, sign_in
):
    of_department = a_target(sales_department, 1500, year=YEAR)
    of_other = a_target(other_department, 400, by=director, year=YEAR)
    of_company = a_target(head_office, 1900, by=director, year=YEAR)
    browser = sign_in(director)
    page = browser.get(of_department.get_absolute_url())
    assert 'data-gap="6000.00"' in page.text
    assert page.context["children"].targets == [target]
    page = browser.get(of_company.get_absolute_url())
    assert {*page.context["children"].targets} == {of_department, of_other}
    assert 'data-gap="0' in page.text
    assert sign_in(zhao).get(target.get_absolute_url()).context["children"] is None


def test_the_companys_parts_are_those_right_below_the_one_at_the_top(
    target, director, head_office, sales_department, other_department, sign_in
):
    own, theirs = (
        a_target(department, 5000, by=director, year=YEAR)
        for department in (sales_department, other_department)
    )
    whole = a_target(None, 9_000, by=director, year=YEAR)
    browser = sign_in(director)
    page = browser.get(whole.get_absolute_url())
    assert {*page.context["children"].targets} == {own, theirs}
    assert 'data-gap="-12000.00"' in page.text
    assert shows(page, "120,000.00")
    pace = browser.get(f"{PACE}?rule={whole.rule_id}&year={YEAR}")
    assert head_office not in [one.row for one in pace.context["missing"]]


def test_rules_are_chosen_from_a_select(target, zhao, sign_in):
    browser = sign_in(zhao)
    for url in (ADD, "/targets/"):
        page = browser.get(url).text
        assert "/options/sales.targetrule/" not in page
        assert shows(browser.get(url), "合同额")


def test_who_was_too_late_with_a_change_keeps_what_they_typed(
    locked, zhang, zhao, sign_in
):
    browser, url = sign_in(zhao), f"/targets/{locked.pk}/request/"
    form = form_of(browser, url) | {"reason": "旺季提前", "month_1": "777"}
    targeting.ask(locked, other(locked), by=zhang, reason="淡季")
    answer = browser.post(url, form)
    assert answer.status_code == 409
    assert shows(answer, "旺季提前")
    assert answer.context["form"]["month_1"].value() == "777"


def test_a_department_or_a_person_is_said_at_the_field(
    zhang, zhao, sales_department, sign_in
):
    fields = {"rule": rule("合同额").pk, "year": YEAR, "person": zhang.pk}
    answer = sent(
        sign_in(zhao), ADD, **fields, department=sales_department.pk, **values("1")
    )
    assert answer.status_code == 422
    assert "person" in answer.context["form"].errors


def test_what_is_left_of_things_is_spread_one_by_one(zhang, zhao, sign_in):
    counted = rule("新增客户")
    assert [*map(int, spread(Decimal(100), counted))] == [8] * 8 + [9] * 4
    fields = {"rule": counted.pk, "year": YEAR, "person": zhang.pk}
    answer = sent(sign_in(zhao), ADD, **fields, fill="even", fill_total="1200.5")
    assert answer.status_code == 422
    assert answer.context["fill"].errors


def test_the_pace_ranks_whom_one_sees_and_names_who_is_without(
    agreed, target, zhang, liu, wang, zhao, sun, sales_department, sign_in
):
    agreed(zhang, 6000, f"{YEAR}-01-05")
    best = a_target(liu, 100, by=zhao, year=YEAR)
    agreed(liu, 1200, f"{YEAR}-01-05")
    a_target(wang, 1, by=sun, year=YEAR)
    url = f"{PACE}?rule={target.rule_id}&year={YEAR}"
    answer = sign_in(zhao).get(url)
    assert [row.target for row in answer.context["rows"]] == [best, target]
    assert [str(one.row) for one in answer.context["missing"]] == ["销售一部", "赵强"]
    assert f"rule={target.rule_id}&amp;year={YEAR}&amp;person={zhao.pk}" in answer.text
    assert 'data-value="50.0"' in answer.text
    assert "王芳" not in answer.text
    answer = sign_in(zhao).get(f"{url}&sort=title")
    assert [row.target for row in answer.context["rows"]] == [best, target]
    answer = sign_in(zhao).get(f"{url}&sort=reached")
    assert [row.target for row in answer.context["rows"]] == [target, best]


def test_a_salesperson_sees_their_own_pace_alone(
    agreed, target, zhang, liu, zhao, sign_in
):
    a_target(liu, 100, by=zhao, year=YEAR)
    answer = sign_in(zhang).get(f"{PACE}?rule={target.rule_id}&year={YEAR}")
    assert [row.target for row in answer.context["rows"]] == [target]
    assert answer.context["missing"] == []
    assert "刘洋" not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "rule=abc",
        "rule=0",
        "rule=99999999999999999999",
        "year=abc",
        "year=1",
        "year=99999999999999999999",
        "sort=nothing",
        "sort=%00",
        "rule=&year=",
        "unknown=1",
    ],
)
def test_a_hostile_question_is_no_fault(query, target, zhao, sign_in):
    assert sign_in(zhao).get(f"{PACE}?{query}").status_code == 200


def test_without_any_rule_the_pace_says_so(zhao, sign_in):
    TargetRule.objects.all().delete()
    assert sign_in(zhao).get(PACE).status_code == 200


def test_a_target_of_nothing_has_no_percent(zhang, zhao, sign_in):
    made = a_target(zhang, 0, by=zhao)
    browser = sign_in(zhao)
    assert "–" in browser.get(made.get_absolute_url()).text
    assert browser.get(f"{PACE}?rule={made.rule_id}").status_code == 200


def test_the_workbench_fetches_ones_own_targets_of_this_month(
    zhang, zhao, wang, sign_in
):
    mine = a_target(zhang, 1000, by=zhao, year=timezone.localdate().year)
    browser = sign_in(zhang)
    assert 'hx-get="/targets/mine/"' in browser.get("/").text
    assert mine.get_absolute_url() in browser.get("/targets/mine/").text
    assert sign_in(wang).get("/targets/mine/").text.strip() == ""


def test_the_pace_costs_as_much_for_many_as_for_one(
    target, zhang, zhao, liu, sales_department, sign_in, django_assert_num_queries
):
    a_target(sales_department, 1, year=YEAR)
    browser = sign_in(zhao)
    url = f"{PACE}?rule={target.rule_id}&year={YEAR}"
    browser.get(url)
    with CaptureQueriesContext(connection) as few:
        browser.get(url)
    assert len(few) <= 14
    a_target(liu, 1, by=zhao, year=YEAR)
    a_target(zhao, 1, by=zhao, year=YEAR)
    with django_assert_num_queries(len(few)):
        browser.get(url)


def test_the_page_of_a_departments_target_costs_little(
    target, zhang, zhao, qian, sales_department, sign_in, django_assert_max_num_queries
):
    made = a_target(sales_department, 1, year=YEAR)
    a_customer(zhang)
    targeting.lock(made, by=qian)
    targeting.ask(made, other(made), by=zhao, reason="x")
    browser = sign_in(qian)
    browser.get(made.get_absolute_url())
    with django_assert_max_num_queries(16):
        answer = browser.get(made.get_absolute_url())
    assert answer.status_code == 200


# The bin, and who leaves


def test_a_draft_goes_into_the_bin_and_comes_back(target, zhao, sign_in):
    browser = sign_in(zhao)
    verb(browser, target, "delete")
    assert "张伟" in browser.get("/system/recycle-bin/").text
    browser.post(f"/system/recycle-bin/sales.target/{target.pk}/restoration/")
    assert Target.objects.get() == target
    verbs = HistoryEntry.objects.filter(label="sales.target").values_list("verb")
    assert {("deleted",), ("restored",)} <= {*verbs}


def test_targets_stay_with_the_name_of_who_leaves(target, zhang, zhou, sign_in):
    page = sign_in(zhou).get(f"/system/users/{zhang.pk}/handover/")
    assert page.status_code == 200
    assert not [line for line in lines() if line.model is Target]
