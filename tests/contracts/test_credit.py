"""Credit: what a customer owes, what speaks against more, what its payments suggest."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from contracts import approval, receiving
from contracts.ageing import BANDS, due_in
from contracts.credit import by_band, credit_of, figures_of
from contracts.models import ApprovalRule, Contract
from contracts.shipped import fill
from crm.guards.actor import acting
from crm.models import Shipment
from tests.contracts.test_approval import end, refused, verdict
from tests.contracts.test_contract_pages import words
from tests.contracts.test_instalments import at_the_end
from tests.contracts.test_receipts import he, pays
from tests.factories import a_contract, a_customer, a_receipt
from tests.races import together

__all__ = ["he"]

pytestmark = pytest.mark.django_db

SMALL = Decimal("20000.00")
LARGE = Decimal("150000.00")


def days_ago(days):
    """Return the day so many days ago."""
    return timezone.localdate() - timedelta(days=days)


def in_force(customer, amount, *plan, head, signed_on=None):
    """Return a contract in force; `plan` are (amount, due on)."""
    contract = a_contract(
        customer.owner, customer=customer, amount=amount, signed_on=signed_on
    )
    active = list(ApprovalRule.objects.filter(active=True).values_list("pk", flat=True))
    ApprovalRule.objects.update(active=False)
    rule = ApprovalRule.objects.create(name="一个人看过", order=1)
    rule.steps.create(position=1, asks="person", person=head)
    approval.submit(contract, by=customer.owner)
    verdict(contract, head)
    rule.active = False
    rule.save()
    ApprovalRule.objects.filter(pk__in=active).update(active=True)
    with transaction.atomic():
        for part, due_on in plan:
            contract.instalments.create(amount=part, due_on=due_on)
        at_the_end()
    contract.refresh_from_db()
    return contract


def paid(contract, finance, *receipts):
    """Let money come in: (amount, day, number of the instalment)."""
    rows = list(contract.instalments.all())
    for amount, day, number in receipts:
        receipt = a_receipt(contract.customer, amount, received_on=day)
        receiving.confirm(receipt, by=finance)
        pays(receipt, finance, (rows[number], amount))


def rule_of(round_):
    """Return the name of the rule that a round was asked by, as it is stored."""
    round_.refresh_from_db()
    return round_.rule_name


# What it owes


def test_it_owes_what_is_unpaid_and_what_waits(zhang, zhao, he):
    customer = a_customer(zhang, credit_limit=LARGE)
    contract = in_force(customer, LARGE, (LARGE, days_ago(-10)), head=zhao)
    paid(contract, he, (SMALL, days_ago(1), 0))
    waiting = a_contract(zhang, customer=customer, amount=LARGE)
    a_contract(zhang, customer=customer, amount=LARGE)  # a draft counts nothing
    ApprovalRule.objects.filter(name="超过信用额度").update(active=False)
    approval.submit(waiting, by=zhang)
    credit = credit_of(customer)
    assert (credit.unpaid, credit.pending) == (LARGE - SMALL, LARGE)
    assert credit.exposure == 2 * LARGE - SMALL
    assert credit.over == LARGE - SMALL
    assert credit.free == 0
    assert credit_of(customer, without=waiting.pk, added=SMALL).exposure == LARGE


def test_what_was_completed_and_not_paid_is_owed_still(zhang, zhao):
    customer = a_customer(zhang)
    contract = in_force(customer, LARGE, head=zhao)
    approval.complete(contract, by=zhao)
    assert credit_of(customer).unpaid == LARGE
    other = in_force(customer, SMALL, head=zhao)
    end(other, zhao)
    assert credit_of(customer).unpaid == LARGE


def test_without_a_limit_nothing_is_beyond_it(zhang, zhao):
    customer = a_customer(zhang)
    in_force(customer, LARGE, head=zhao)
    assert (credit_of(customer).over, credit_of(customer).free) == (0, None)
    customer.credit_limit = Decimal(0)
    assert credit_of(customer).over == LARGE


def test_a_change_counts_by_what_it_adds(zhang, zhao):
    customer = a_customer(zhang)
    contract = in_force(customer, LARGE, head=zhao)
    change = approval.amend(contract, by=zhang)
    change.amount = LARGE + SMALL
    change.save()
    assert credit_of(customer).pending == 0
    approval.submit_change(contract, by=zhang)
    assert credit_of(customer).pending == SMALL
    beside = Contract.objects.filter(pk=contract.pk).values_list("rounds__credit")
    assert [row["pending"] for (row,) in beside if row] == [0, 0]


def test_the_contracts_of_others_count_too(zhang, wang, zhao):
    customer = a_customer(zhang, credit_limit=SMALL)
    in_force(customer, LARGE, head=zhao)
    Contract.objects.update(owner=wang)
    assert credit_of(customer).over == LARGE - SMALL


def test_overdue_counts_from_the_payment_due_longest(zhang, zhao, he):
    customer = a_customer(zhang)
    plan = (SMALL, days_ago(40)), (SMALL, days_ago(5)), (SMALL, days_ago(0))
    contract = in_force(customer, 3 * SMALL, *plan, head=zhao)
    credit = credit_of(customer)
    assert (credit.overdue, credit.overdue_days) == (2 * SMALL, 40)
    assert credit.warns
    assert not credit.blocks
    paid(contract, he, (SMALL, days_ago(0), 0))
    credit = credit_of(customer)
    assert (credit.overdue, credit.overdue_days) == (SMALL, 5)
    assert not credit.warns


def test_ageing_has_the_bands_of_accountants(zhang, zhao):
    customer = a_customer(zhang)
    days = (-3, 0, 1, 30, 31, 60, 61, 90, 91)
    plan = [(Decimal(day + 10), days_ago(day)) for day in days]
    in_force(customer, sum(part for part, _day in plan), *plan, head=zhao)
    owed = by_band(customer, ((name, due_in(name)) for name in BANDS))
    assert owed == {
        "coming": 7 + 10,
        "30": 11 + 40,
        "60": 41 + 70,
        "90": 71 + 100,
        "older": 101,
    }


# What it asks for


def test_beyond_the_limit_one_step_more_decides(zhang, zhao, qian):
    customer = a_customer(zhang, credit_limit=LARGE)
    first = a_contract(zhang, customer=customer, amount=LARGE)
    assert approval.submit(first, by=zhang).steps.count() == 1
    second = a_contract(zhang, customer=customer, amount=SMALL)
    round_ = approval.submit(second, by=zhang)
    assert rule_of(round_) == "超过信用额度"
    assert round_.steps.count() == 2
    assert Decimal(round_.credit["pending"]) == LARGE
    assert Decimal(round_.credit["limit"]) == LARGE


def test_a_change_within_the_limit_counts_its_contract_once(zhang, zhao, qian):
    customer = a_customer(zhang, credit_limit=LARGE + SMALL)
    contract = in_force(customer, LARGE, head=zhao)
    change = approval.amend(contract, by=zhang)
    change.amount = LARGE + SMALL
    change.save()
    assert rule_of(approval.submit_change(contract, by=zhang)) == "十万元以上合同"
    approval.recall_change(contract, by=zhang)
    change.refresh_from_db()
    change.amount += Decimal("0.01")
    change.save()
    assert rule_of(approval.submit_change(contract, by=zhang)) == "超过信用额度"


def test_who_has_not_paid_for_long_gets_nothing_more(zhang, zhao, qian):
    customer = a_customer(zhang)
    in_force(customer, SMALL, (SMALL, days_ago(90)), head=zhao)
    within = a_contract(zhang, customer=customer, amount=SMALL)
    approval.submit(within, by=zhang)
    other = a_customer(zhang)
    contract = in_force(other, SMALL, (SMALL, days_ago(91)), head=zhao)
    more = a_contract(zhang, customer=other, amount=SMALL)
    said = refused("invalid", approval.submit, more, by=zhang)
    assert "91" in said
    assert more.status == "draft"
    change = approval.amend(contract, by=zhang)
    change.amount = SMALL + 1
    change.save()
    refused("invalid", approval.submit_change, contract, by=zhang)
    change.refresh_from_db()
    change.amount = SMALL
    change.terms = "分三期付款"
    change.save()
    approval.submit_change(contract, by=zhang)


def test_what_was_returned_is_not_registered_for_who_has_not_paid(
    zhang, zhao, lina, qian
):
    good, late = a_customer(zhang), a_customer(zhang)
    in_force(late, SMALL, (SMALL, days_ago(91)), head=zhao)
    contract = a_contract(zhang, customer=good, amount=SMALL)
    approval.submit(contract, by=zhang)
    Contract.objects.filter(pk=contract.pk).update(customer=late)
    contract.refresh_from_db()
    refused("invalid", approval.register, contract, by=lina)
    contract.refresh_from_db()
    assert contract.status == "reported"


def test_a_change_brings_no_contract_to_who_has_not_paid(zhang, zhao, qian):
    good, late = a_customer(zhang), a_customer(zhang)
    in_force(late, SMALL, (SMALL, days_ago(91)), head=zhao)
    contract = in_force(good, SMALL, head=zhao)
    change = approval.amend(contract, by=zhang)
    change.customer = late
    change.save()
    refused("invalid", approval.submit_change, contract, by=zhang)


def test_who_sells_puts_off_nothing_that_is_overdue(zhang, zhao, sign_in):
    customer = a_customer(zhang)
    contract = in_force(
        customer, 2 * SMALL, (SMALL, days_ago(91)), (SMALL, days_ago(-9)), head=zhao
    )
    late, coming = contract.instalments.order_by("due_on")
    for change in (
        lambda: late.__class__.objects.filter(pk=late.pk).update(due_on=days_ago(-9)),
        lambda: late.__class__.objects.filter(pk=late.pk).update(amount=1),
        late.delete,
    ):
        with (
            pytest.raises(IntegrityError, match="instalment_overdue"),
            transaction.atomic(),
            acting(zhang),
        ):
            change()
    late = contract.instalments.order_by("due_on").first()
    url, browser = f"/contracts/{contract.pk}/instalments/", sign_in(zhang)
    page = browser.get(url)
    sent = {"version": page.context["version"]} | {
        f"{form.prefix}-{name}": ""
        if form[name].value() is None
        else form[name].value()
        for form in page.context["formset"]
        for name in form.fields
    }
    for name in ("TOTAL_FORMS", "INITIAL_FORMS"):
        field = page.context["formset"].management_form[name]
        sent[field.html_name] = field.value()
    row = next(f for f in page.context["formset"] if f.instance.pk == late.pk)
    sent = {k: v for k, v in sent.items() if not k.endswith("DELETE")}
    sent[f"{row.prefix}-due_on"] = days_ago(-20).isoformat()
    answer = browser.post(url, sent)
    assert answer.status_code == 403
    assert "不能由业务人员推迟" in words(answer)
    with acting(zhao):
        contract.instalments.filter(pk=coming.pk).update(due_on=days_ago(-30))
        contract.instalments.filter(pk=late.pk).update(due_on=days_ago(-20))


def test_a_rule_in_front_of_the_one_that_looks_is_named(zhang, zhao, qian):
    customer = a_customer(zhang)
    in_force(customer, SMALL, (SMALL, days_ago(100)), head=zhao)
    rules = ApprovalRule.objects
    rules.filter(name="逾期超过90天的客户").update(active=True)
    rules.filter(name="十万元以上合同").update(order=1)
    contract = a_contract(zhang, customer=customer, amount=LARGE)
    assert "十万元以上合同" in refused("invalid", approval.submit, contract, by=zhang)


def test_a_rule_that_looks_on_the_days_is_the_last_resort(zhang, zhao, qian):
    customer = a_customer(zhang)
    in_force(customer, SMALL, (SMALL, days_ago(100)), head=zhao)
    rule = ApprovalRule.objects.get(name="逾期超过90天的客户")
    rule.active = True
    rule.save()
    contract = a_contract(zhang, customer=customer, amount=SMALL)
    round_ = approval.submit(contract, by=zhang)
    assert rule_of(round_) == rule.name
    assert Decimal(round_.credit["overdue"]) == SMALL


def test_rules_on_credit_do_not_come_before_those_of_a_company(zhang):
    ApprovalRule.objects.filter(name="超过信用额度").delete()
    fill()
    assert not ApprovalRule.objects.filter(name="超过信用额度")  # deleted, stays so
    assert ApprovalRule.objects.filter(name="十万元以上合同", active=True)
    assert Shipment.objects.filter(kind="approval_rule", name="超过信用额度")


@pytest.mark.django_db(transaction=True)
def test_two_handed_in_at_once_do_not_both_stay_within(zhang, zhao, qian):
    ApprovalRule.objects.filter(amount_from__gt=0).delete()
    rule = ApprovalRule.objects.create(name="任何合同", order=90)
    rule.steps.create(position=1, asks="head")
    customer = a_customer(zhang, credit_limit=LARGE)
    rows = [a_contract(zhang, customer=customer, amount=LARGE) for _n in range(4)]
    rounds = together(4, lambda n: approval.submit(rows[n], by=zhang))
    names = sorted(rule_of(round_) for round_ in rounds)
    assert names == ["任何合同", "超过信用额度", "超过信用额度", "超过信用额度"]


# What its payments suggest


def test_nothing_is_suggested_before_anything_was_due(zhang, zhao):
    customer = a_customer(zhang)
    in_force(customer, LARGE, (LARGE, days_ago(-1)), head=zhao)
    known = figures_of(customer)
    assert known["contracts"] == 1
    assert (known["share"], known["score"]) == (None, None)
    assert (known["grade"], known["limit"]) == (None, None)


def test_who_pays_in_time_for_long_is_trusted(zhang, zhao, he):
    customer = a_customer(zhang)
    day = days_ago(740)
    plan = (LARGE, days_ago(100)), (LARGE, days_ago(50))
    contract = in_force(customer, 2 * LARGE, *plan, head=zhao, signed_on=day)
    paid(contract, he, (LARGE, days_ago(100), 0), (LARGE, days_ago(60), 1))
    known = figures_of(customer)
    assert (known["since"], known["share"], known["worst"]) == (
        day.isoformat(),
        "100.0",
        0,
    )
    assert (known["score"], known["grade"]) == (100, "AAA")
    # Four months of what comes in a month, in whole thousands.
    assert known["received"] == "300000.00"
    assert known["limit"] == "100000"


def test_who_pays_late_is_trusted_less(zhang, zhao, he):
    customer = a_customer(zhang)
    plan = (LARGE, days_ago(100)), (LARGE, days_ago(45)), (LARGE, days_ago(-30))
    contract = in_force(customer, 3 * LARGE, *plan, head=zhao, signed_on=days_ago(365))
    paid(contract, he, (LARGE, days_ago(100), 0), (SMALL, days_ago(44), 1))
    known = figures_of(customer)
    assert (known["due"], known["in_time"]) == ("300000.00", "150000.00")
    assert (known["share"], known["worst"]) == ("50.0", 45)
    # 50 × 50 % + 30 × (1 − 45 ÷ 90) + 20 × 12 ÷ 24 months: 25 + 15 + 10
    assert (known["score"], known["grade"]) == (50, "C")
    assert known["limit"] == "7000"  # half a month of 170,000 a year: 7,083


def test_money_that_went_back_is_no_turnover(zhang, zhao, he):
    customer = a_customer(zhang)
    contract = in_force(customer, LARGE, (LARGE, days_ago(10)), head=zhao)
    paid(contract, he, (LARGE, days_ago(20), 0))
    first = contract.customer.receipts.get()
    receiving.confirm(
        a_receipt(customer, -SMALL, refund_of=first, received_on=days_ago(1)), by=he
    )
    assert figures_of(customer)["received"] == str(LARGE - SMALL)
