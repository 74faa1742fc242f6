"""Payment plans: how they divide an amount, when they change, what they add up to."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from contracts import approval
from contracts.models import Contract, Instalment
from contracts.rounding import equal_parts, parts_by_percent
from tests.contracts.test_approval import LARGE, SMALL, in_state, verdict
from tests.contracts.test_contract_pages import address, do, words
from tests.contracts.test_guards import refused
from tests.factories import a_contract, an_item

pytestmark = pytest.mark.django_db

AMOUNTS = st.decimals(Decimal("0.01"), Decimal(10) ** 12, places=2)


@given(AMOUNTS, st.integers(1, 60))
def test_equal_parts_are_rounded_down_and_the_last_takes_the_rest(amount, count):
    *before, last = equal_parts(amount, count)
    assert sum(before) + last == amount
    assert all(part <= amount / count for part in before)
    assert last - amount / count < Decimal("0.01") * count


def test_percent_goes_by_the_largest_remainder():
    thirds = [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]
    parts = parts_by_percent(Decimal("0.05"), thirds)
    assert parts == [Decimal("0.02"), Decimal("0.01"), Decimal("0.02")]
    shares = [Decimal(share) for share in (30, 40, 25, 5)]
    parts = parts_by_percent(Decimal("1000.01"), shares)
    assert [str(part) for part in parts] == ["300.00", "400.01", "250.00", "50.00"]


def planned(contract, *amounts):
    """Plan a contract's payments, one a month."""
    for month, amount in enumerate(amounts, start=1):
        contract.instalments.create(due_on=f"2027-{month:02}-15", amount=amount)
    contract.refresh_from_db()
    return contract


def at_the_end():
    """Let PostgreSQL ask what it asks as a transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def sums_refused(change):
    """Check that a transaction that does this is not ended."""

    def whole():
        with transaction.atomic():
            change()
            at_the_end()

    with pytest.raises(IntegrityError, match="contract_plan_is_sum"):
        whole()


def sent(browser, contract, *lines, asked="", **more):
    """Send the plan as the page shows it, with (day, amount) filled in."""
    page = browser.get(address(contract, "instalments") + asked)
    formset = page.context["formset"]
    data = {"version": page.context["version"]}
    for part in (formset.management_form, *formset.forms):
        for field in part:
            data[field.html_name] = "" if field.value() is None else field.value()
            if data[field.html_name] is False:
                del data[field.html_name]
    data |= more
    for number, (day, amount) in enumerate(lines):
        data[f"instalments-{number}-due_on"] = day
        data[f"instalments-{number}-amount"] = amount
    return browser.post(address(contract, "instalments"), data)


def test_plan_is_written_by_its_page(zhang, sign_in):
    contract, browser = a_contract(zhang, amount=Decimal("1000.01")), sign_in(zhang)
    assert address(contract, "instalments") in words(browser.get(address(contract)))
    asked = "?parts=3&first_on=2027-01-31&months=1"
    answer = sent(browser, contract, asked=asked)
    assert answer.status_code == 302, answer.context["formset"].errors
    rows = list(contract.instalments.values_list("due_on", "amount"))
    assert [f"{day} {amount}" for day, amount in rows] == [
        "2027-01-31 333.33",
        "2027-02-28 333.33",
        "2027-03-31 333.35",
    ]
    # Divided anew, it takes the place of what stands there; only when saved.
    again = "?shares=30/70&first_on=2027-05-01&months=2"
    browser.get(address(contract, "instalments") + again)
    assert contract.instalments.count() == 3
    assert sent(browser, contract, asked=again).status_code == 302
    amounts = contract.instalments.values_list("amount", flat=True)
    assert list(amounts) == [Decimal("300.00"), Decimal("700.01")]
    page = words(browser.get(address(contract)))
    assert "700.01" in page
    assert "data-plan-wrong" not in page
    first = contract.instalments.first()
    history = words(browser.get(f"/history/contracts.contract/{contract.pk}/"))
    assert f"{first.due_on}" in history


@pytest.mark.parametrize(
    "asked",
    [
        "parts=3&shares=50/50",
        "parts=0",
        "parts=61",
        "parts=4",
        "shares=50/49.99",
        "shares=a/b",
        "shares=NaN/50",
        "shares=3_0/7_0",
        "shares=-50/150",
        "parts=2&months=999",
        "parts=2&first_on=2100-12-01&months=1",
        "parts=2&first_on=x",
    ],
)
def test_what_cannot_be_divided_is_told_and_keeps_the_plan(zhang, sign_in, asked):
    contract = planned(a_contract(zhang, amount=Decimal("0.03")), "0.03")
    usual = "" if "first_on" in asked else "&first_on=2027-01-01"
    usual += "" if "months" in asked else "&months=1"
    page = sign_in(zhang).get(f"{address(contract, 'instalments')}?{asked}{usual}")
    assert page.status_code == 200
    assert page.context["division"].errors
    assert str(page.context["formset"].forms[0]["amount"].value()) == "0.03"


def test_a_draft_is_warned_and_handing_in_refused(zhang, sign_in):
    contract, browser = a_contract(zhang, amount=SMALL), sign_in(zhang)
    answer = sent(browser, contract, ("2027-01-01", SMALL - 1))
    assert answer.status_code == 302
    assert "data-plan-wrong" in words(browser.get(address(contract)))
    answer = do(browser, contract, "submission")
    assert answer.status_code == 422
    contract.refresh_from_db()
    assert contract.status == "draft"
    contract.instalments.update(amount=SMALL)
    assert do(browser, contract, "submission").status_code == 302


def test_bad_lines_are_told_where_they_stand(zhang, sign_in):
    contract, browser = a_contract(zhang), sign_in(zhang)
    answer = sent(browser, contract, ("2027-02-30", "-1"), ("1900-01-01", "1e99"))
    assert answer.status_code == 422
    errors = answer.context["formset"].errors
    assert [set(line) for line in errors] == [{"due_on", "amount"}] * 2
    assert not contract.instalments.exists()


def test_a_plan_somebody_else_changed_is_asked_about(zhang, sign_in):
    contract, browser = a_contract(zhang), sign_in(zhang)
    seen = contract.version
    planned(contract, 1)
    answer = sent(browser, contract, ("2027-01-01", 5), version=seen)
    assert answer.status_code == 409
    assert contract.instalments.count() == 1


def test_whoever_only_reads_a_contract_cannot_plan_it(zhang, chen, sign_in):
    contract = a_contract(zhang)
    answer = sign_in(chen).get(address(contract, "instalments"))
    assert answer.status_code in (403, 404)


def test_a_plan_in_force_adds_up_or_is_taken_away(zhang, zhao, sign_in):
    contract = planned(in_state("registered", zhang, zhao))
    browser, amount = sign_in(zhang), contract.amount
    answer = sent(browser, contract, ("2027-01-01", amount - 1))
    assert answer.status_code == 422
    assert answer.context["formset"].non_form_errors()
    lines = (("2027-01-01", amount - 1), ("2027-02-01", 1))
    assert sent(browser, contract, *lines).status_code == 302
    sums_refused(lambda: contract.instalments.filter(amount=1).delete())
    sums_refused(lambda: contract.instalments.filter(amount=1).update(amount=2))
    sums_refused(lambda: contract.instalments.create(due_on="2027-03-01", amount=1))
    contract.instalments.all().delete()
    at_the_end()


def test_nobody_replans_what_is_being_decided(zhang, zhao, sign_in):
    contract = planned(a_contract(zhang, amount=LARGE), LARGE)
    approval.submit(contract, by=zhang)
    browser = sign_in(zhang)
    assert browser.get(address(contract, "instalments")).status_code == 409
    statement = "UPDATE contracts_instalment SET amount = 1 WHERE contract_id = %(pk)s"
    refused("instalment_frozen", statement, pk=contract.pk)
    delete = "DELETE FROM contracts_instalment WHERE contract_id = %(pk)s"
    refused("instalment_frozen", delete, pk=contract.pk)
    verdict(contract, zhao)
    contract.refresh_from_db()
    assert browser.get(address(contract, "instalments")).status_code == 200
    at_the_end()


def test_a_change_of_the_amount_asks_for_another_plan(zhang, zhao, sign_in):
    contract = planned(in_state("registered", zhang, zhao))
    planned(contract, contract.amount)
    change = approval.amend(contract, by=zhang)
    change.amount += 1
    change.save(update_fields=["amount"])
    with pytest.raises(ValidationError) as caught:
        approval.submit_change(contract, by=zhang)
    assert f"{change.amount:,}" in caught.value.messages[0]
    move = "UPDATE contracts_amendment SET state = 'reported' WHERE id = %(pk)s"
    refused("contract_plan_is_sum", move, pk=change.pk)
    contract.instalments.all().delete()
    approval.submit_change(contract, by=zhang)
    with pytest.raises(IntegrityError, match="instalment_frozen"), transaction.atomic():
        planned(contract, contract.amount)


def test_what_was_terminated_is_void_and_stays(zhang, zhao, sign_in):
    contract = planned(in_state("registered", zhang, zhao))
    planned(contract, contract.amount)
    reason = an_item("termination_reason", "agreement")
    approval.terminate(contract, by=zhao, reason=reason, day=contract.created_at.date())
    assert "各期作废" in words(sign_in(zhang).get(address(contract)))
    with pytest.raises(IntegrityError, match="instalment_frozen"), transaction.atomic():
        contract.instalments.all().delete()


def test_whoever_plans_what_is_decided_on_has_written_it(zhang, zhao, sign_in):
    contract = a_contract(zhang, amount=LARGE)
    sent(sign_in(zhao), contract, ("2027-01-01", LARGE))
    contract.refresh_from_db()
    assert contract.edited_by == zhao
    assert Instalment.objects.count() == 1
    assert Contract.objects.get().status == "draft"


def test_a_forged_plan_is_refused_in_words(zhang, zhao, sign_in):
    """Its instalments are sent as new ones, beside those that stay."""
    contract = in_state("registered", zhang, zhao)
    with transaction.atomic():
        planned(contract, LARGE / 2, LARGE / 2)
        at_the_end()
    browser, url = sign_in(zhang), f"/contracts/{contract.pk}/instalments/"
    page = browser.get(url)
    formset = page.context["formset"]
    sent = {"version": page.context["version"]}
    for form in (formset.management_form, *formset.forms):
        for name in form.fields:
            value = form[name].value()
            sent[form[name].html_name] = "" if value is None else value
    sent[f"{formset.prefix}-INITIAL_FORMS"] = 0
    answer = browser.post(url, sent)
    assert answer.status_code in (409, 422)
    assert contract.instalments.count() == 2


@pytest.mark.parametrize("place", [0, 2])
def test_an_instalment_that_the_contract_has_not_is_refused_in_words(
    zhang, sign_in, place
):
    browser = sign_in(zhang)
    contract, other = (
        planned(a_contract(zhang, amount=Decimal(300)), 100, 200) for _each in "12"
    )
    theirs = other.instalments.first()
    for forged in (10**6, "x", "9" * 30, theirs.pk if place == 0 else -1):
        lines = [("2027-01-15", 1)] * (place + 1)
        more = {f"instalments-{place}-id": forged}
        answer = sent(browser, contract, *lines, **more)
        assert (answer.status_code, "提交的内容不完整" in words(answer)) == (422, True)
    amounts = Instalment.objects.order_by("pk").values_list("amount", flat=True)
    assert list(amounts) == [100, 200, 100, 200]
