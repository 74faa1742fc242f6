"""Rules for targets as a company sets them: retired, never lost, counted alike."""

import pytest
from django.db import IntegrityError, transaction

from crm.kinds import measures
from sales.models import TargetRule
from sales.shipped import fill
from tests.factories import a_target
from tests.pages import form_of, shows
from tests.people import hire

pytestmark = pytest.mark.django_db

LIST = "/targets/rules/"


@pytest.fixture
def director(head_office):
    """何总 directs all sales."""
    return hire("chief", "何总", "sales_director", department=head_office)


@pytest.fixture
def used(zhang, zhao):
    """A rule by which a target is set."""
    return a_target(zhang, 1, by=zhao).rule


def test_four_ship_once_and_stay_as_the_company_left_them(db):
    shipped = [*TargetRule.objects.values_list("name", "metric", "unit")]
    assert shipped == [
        ("合同额", "contract_amount", "amount"),
        ("回款额", "receipts", "amount"),
        ("新增客户", "new_customers", "count"),
        ("赢单额", "opportunities_won", "amount"),
    ]
    TargetRule.objects.filter(name="赢单额").delete()
    TargetRule.objects.filter(name="合同额").update(name="签约额")
    fill()
    names = [*TargetRule.objects.values_list("name", flat=True)]
    assert names == ["签约额", "回款额", "新增客户"]


def test_kinds_declare_what_can_be_counted_and_a_new_one_needs_no_list():
    found = measures()
    assert {*found} == {
        "contract_amount",
        "receipts",
        "new_customers",
        "visits",
        "opportunities_won",
    }
    for key, (model, measure) in found.items():
        assert measure in model.measures, key
        fields = {field.name for field in model._meta.fields}
        assert {*measure.days, *measure.people, *measure.options} <= fields


@pytest.mark.parametrize("who", ["zhou", "director"])
def test_system_administrator_and_director_add_a_rule(who, request, sign_in):
    browser = sign_in(request.getfixturevalue(who))
    url = f"{LIST}add/"
    given = {"name": "拜访次数", "metric": "visits", "day": "occurred_at"}
    answer = browser.post(url, form_of(browser, url) | given | {"person": "owner"})
    assert answer.status_code == 302
    made = TargetRule.objects.get(name="拜访次数")
    assert made.unit == "count"
    assert "拜访次数" in browser.get(LIST).text


@pytest.mark.parametrize("who", ["zhang", "zhao", "chen"])
def test_nobody_else_sees_or_sets_them(who, request, sign_in):
    browser = sign_in(request.getfixturevalue(who))
    made = TargetRule.objects.first()
    for url in (LIST, f"{LIST}add/", f"{LIST}{made.pk}/", f"{LIST}{made.pk}/delete/"):
        assert browser.get(url).status_code == 403


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"metric": "margin"}, "metric"),
        ({"metric": "visits", "day": "signed_on"}, "day"),
        ({"metric": "receipts", "day": "closed_on"}, "day"),
        ({"metric": "visits", "day": "occurred_at", "person": "changed_by"}, "person"),
        ({"name": ""}, "name"),
        ({"name": "回款额"}, None),
    ],
)
def test_what_a_kind_does_not_offer_is_refused(given, field, zhou, sign_in):
    browser, url = sign_in(zhou), f"{LIST}add/"
    usual = {"name": "新规则", "metric": "contract_amount", "day": "starts_on"}
    answer = browser.post(url, form_of(browser, url) | usual | given)
    assert answer.status_code == 422
    assert not field or field in answer.context["form"].errors


def test_one_with_targets_is_retired_and_not_deleted(used, zhou, sign_in):
    browser = sign_in(zhou)
    form = {"version": used.version}
    assert browser.post(f"{LIST}{used.pk}/delete/", form).status_code == 409
    assert TargetRule.objects.filter(pk=used.pk).exists()
    url = used.get_absolute_url()
    sent = form_of(browser, url)
    del sent["active"]
    assert browser.post(url, sent).status_code == 302
    used.refresh_from_db()
    assert not used.active
    unused = TargetRule.objects.get(name="赢单额")
    form = {"version": unused.version}
    assert browser.post(f"{LIST}{unused.pk}/delete/", form).status_code == 302


def test_one_with_targets_counts_the_same_for_ever(used, zhou, sign_in):
    browser, url = sign_in(zhou), used.get_absolute_url()
    answer = browser.post(url, form_of(browser, url) | {"day": "starts_on"})
    assert answer.status_code == 422
    assert shows(answer, "已有目标使用该规则")
    for change in (
        {"metric": "receipts"},
        {"day": "starts_on"},
        {"person": "reporter"},
    ):
        with transaction.atomic(), pytest.raises(IntegrityError, match="by this rule"):
            TargetRule.objects.filter(pk=used.pk).update(**change)
    answer = browser.post(url, form_of(browser, url) | {"name": "签约额"})
    assert answer.status_code == 302  # what it is called may change


def test_a_target_in_the_bin_still_holds_its_rule(used, zhang, zhao):
    for row in type(a_target(zhao, 1, by=zhao)).objects.filter(rule=used):
        row.discard(zhao)
    with pytest.raises(IntegrityError):
        TargetRule.objects.filter(pk=used.pk).update(metric="receipts")
