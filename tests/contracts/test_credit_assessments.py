"""Credit assessments: proposed by one, confirmed by another, and who sets credit."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from contracts import approval, assessing, occasions
from contracts.models import CreditAssessment
from crm.bulk.forms import editable
from crm.duplicates.merging import merge
from crm.guards.actor import acting
from crm.models import HistoryEntry, Role
from crm.notices.models import Notice
from customers.models import Customer
from tests.contracts.test_approval import refused
from tests.contracts.test_contract_pages import words
from tests.contracts.test_credit import LARGE, SMALL, days_ago, in_force
from tests.contracts.test_receipts import he
from tests.factories import a_contract, a_customer, an_item
from tests.pages import form_of
from tests.races import together

__all__ = ["he"]

pytestmark = pytest.mark.django_db

LIST = "/credit-assessments/"


def an_assessment(customer, by=None, grade="A", limit=LARGE, **fields):
    """Return an assessment that waits, proposed by the customer's owner."""
    fields.setdefault("reason", "付款及时")
    row = CreditAssessment(
        customer=customer, grade=an_item("credit_grade", grade), limit=limit, **fields
    )
    row.enter(by or customer.owner)
    return row


# Proposed, confirmed


def test_confirmed_it_sets_the_grade_and_the_limit(zhang, zhao):
    customer = a_customer(zhang)
    row = an_assessment(customer)
    assessing.confirm(row, by=zhao)
    customer.refresh_from_db()
    assert (customer.credit_grade.code, customer.credit_limit) == ("A", LARGE)
    assert (row.status, row.decided_by, row.decided_at is None) == (
        "confirmed",
        zhao,
        False,
    )
    entry = HistoryEntry.objects.filter(verb="assessed").get()
    assert (entry.label, entry.actor_id) == ("customers.customer", zhao.pk)
    assert Notice.objects.filter(person=zhang, verb="credit_confirmed").exists()


def test_nobody_confirms_what_they_wrote(zhang, zhao, qian):
    customer = a_customer(zhang)
    own = an_assessment(customer, by=zhao)
    refused("forbidden", assessing.confirm, own, by=zhao)
    row = an_assessment(customer)
    with acting(zhao, verb="edited"):
        row.limit = 10 * LARGE
        row.save()
    with acting(zhang, verb="edited"):
        row.limit = LARGE
        row.save()
    assert not row.may_decide(zhao)
    refused("forbidden", assessing.confirm, row, by=zhao)  # whoever ever wrote it
    assert row.may_decide(qian)
    assessing.confirm(row, by=qian)


def test_a_salesperson_confirms_nothing(zhang, wang, zhao):
    row = an_assessment(a_customer(zhang))
    refused("forbidden", assessing.confirm, row, by=wang)
    refused("forbidden", assessing.reject, row, by=zhang, reason="不行")
    row.refresh_from_db()
    assert row.status == "proposed"


def test_rejected_with_a_reason_it_is_corrected_and_waits_again(zhang, zhao, sign_in):
    row = an_assessment(a_customer(zhang))
    refused("invalid", assessing.reject, row, by=zhao, reason=" ")
    assessing.reject(row, by=zhao, reason="额度太高")
    assert (row.status, row.rejection) == ("rejected", "额度太高")
    browser, url = sign_in(zhang), f"{LIST}{row.pk}/edit/"
    form = form_of(browser, url) | {"limit": "5000", "version": row.version}
    form.pop("unlimited")
    assert browser.post(url, form).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.rejection, row.limit) == ("proposed", "", 5000)
    waits = Notice.objects.filter(person=zhao, verb="credit_proposed", read_at=None)
    assert waits.exists()


def test_what_is_confirmed_never_changes(zhang, zhao):
    customer = a_customer(zhang)
    row = an_assessment(customer)
    assessing.confirm(row, by=zhao)
    for fields in (
        {"limit": 1},
        {"reason": "别的"},
        {"basis": {"score": 100}},
        {"status": "proposed"},
        {"decided_by": zhang},
    ):
        with (
            pytest.raises(IntegrityError, match="assessment_"),
            transaction.atomic(),
            acting(zhao),
        ):
            CreditAssessment.objects.filter(pk=row.pk).update(**fields)
    refused("conflict", row.discard, zhang)
    refused("conflict", assessing.reject, row, by=zhao, reason="反悔")
    refused("conflict", assessing.confirm, row, by=zhao)


def test_none_begins_confirmed(zhang):
    row = an_assessment(a_customer(zhang))
    with pytest.raises(IntegrityError, match="assessment_edge"), transaction.atomic():
        CreditAssessment(
            customer=row.customer,
            reason="插队",
            status="confirmed",
            decided_by=zhang,
            decided_at=timezone.now(),
        ).enter(zhang)


def test_what_was_proposed_before_another_one_held_is_rejected(zhang, zhao):
    customer = a_customer(zhang)
    first, second = an_assessment(customer), an_assessment(customer, grade="C", limit=1)
    assessing.confirm(second, by=zhao)
    assert "更新的评估" in refused("conflict", assessing.confirm, first, by=zhao)
    customer.refresh_from_db()
    assert (customer.credit_grade.code, customer.credit_limit) == ("C", 1)
    assessing.reject(first, by=zhao, reason="已有新的评估")


def test_what_holds_no_more_is_not_confirmed(zhang, zhao):
    row = an_assessment(a_customer(zhang))
    rows = CreditAssessment.objects.filter(pk=row.pk)
    rows.update(assessed_on=days_ago(9), valid_until=days_ago(1))
    row.refresh_from_db()
    refused("conflict", assessing.confirm, row, by=zhao)


def test_who_confirms_hears_of_what_came_by_the_inbox(zhang, zhao, lina):
    row = an_assessment(a_customer(zhang))
    CreditAssessment.objects.filter(pk=row.pk).update(
        registration="reported", registered_by=None, registered_at=None
    )
    row.refresh_from_db()
    Notice.objects.all().delete()
    assessing.register(row, by=lina)
    assert Notice.objects.filter(person=zhao, verb="credit_proposed").exists()


@pytest.mark.django_db(transaction=True)
def test_two_heads_at_once_confirm_once(zhang, zhao, qian):
    customer = a_customer(zhang)
    row = an_assessment(customer)
    heads = (zhao, qian)

    def confirm(number):
        own = CreditAssessment.objects.get(pk=row.pk)
        try:
            assessing.confirm(own, by=heads[number])
        except assessing.ValidationError as error:
            return error.code
        return "confirmed"

    assert sorted(together(2, confirm)) == ["confirmed", "conflict"]
    assert HistoryEntry.objects.filter(verb="assessed").count() == 1


# Who sets credit


def test_who_may_not_set_credit_is_not_asked_for_it(zhang, zhao, sign_in):
    customer = a_customer(zhang, credit_limit=SMALL)
    url = f"/customers/{customer.pk}/edit/"
    form = form_of(sign_in(zhang), url)
    assert not {"credit_grade", "credit_limit"} & {*form}
    sent = form | {"version": customer.version, "credit_limit": "999999999"}
    assert sign_in(zhang).post(url, sent).status_code == 302
    customer.refresh_from_db()
    assert customer.credit_limit == SMALL
    assert {"credit_grade", "credit_limit"} <= {*form_of(sign_in(zhao), url)}
    assert "credit_limit" not in form_of(sign_in(zhang), "/customers/add/")


def test_a_head_sets_credit_of_those_below_alone(zhang, wang, zhao, sign_in):
    role = Role.objects.get(code="supervisor")
    role.grants |= {f"customers.{verb}_customer": "all" for verb in ("view", "change")}
    role.save()
    theirs = a_customer(wang)
    form = form_of(sign_in(zhao), f"/customers/{theirs.pk}/edit/")
    assert "credit_limit" not in form


def test_postgresql_leaves_credit_to_those_who_may(zhang, zhao):
    customer = a_customer(zhang)
    grade = an_item("credit_grade", "AAA")
    for fields in ({"credit_limit": LARGE}, {"credit_grade": grade}):
        with (
            pytest.raises(IntegrityError, match="customer_credit_right"),
            transaction.atomic(),
            acting(zhang),
        ):
            Customer.objects.filter(pk=customer.pk).update(**fields)
    with (
        pytest.raises(IntegrityError, match="customer_credit_right"),
        transaction.atomic(),
        acting(zhang),
    ):
        a_customer(zhang, credit_limit=1)
    with acting(zhao):
        Customer.objects.filter(pk=customer.pk).update(credit_limit=LARGE)


def test_many_customers_get_no_limit_from_a_salesperson(zhang, zhao):
    assert "credit_limit" not in editable(Customer, zhang)
    assert "credit_limit" in editable(Customer, zhao)


def test_whoever_confirms_without_the_right_to_set_credit_is_told(zhang, zhao):
    role = Role.objects.get(code="supervisor")
    del role.grants["customers.credit_customer"]
    role.save()
    row = an_assessment(a_customer(zhang))
    refused("forbidden", assessing.confirm, row, by=zhao)
    row.refresh_from_db()
    assert row.status == "proposed"


# Pages


def test_a_salesperson_proposes_and_the_head_confirms(zhang, zhao, he, sign_in):
    customer = a_customer(zhang)
    in_force(customer, LARGE, (LARGE, days_ago(10)), head=zhao, signed_on=days_ago(40))
    browser = sign_in(zhang)
    page = browser.get(f"/customers/{customer.pk}/credit/")
    assert page.status_code == 200
    assert 'data-overdue-days="10"' in page.text
    assess = page.context["assess_url"]
    page = browser.get(assess)
    assert "0.0 %" in words(page)  # nothing was paid in time
    form = form_of(browser, assess)
    assert form["grade"] == an_item("credit_grade", "D").pk
    form.pop("unlimited")
    sent = form | {"grade": an_item("credit_grade", "B").pk, "limit": "80000"}
    page = browser.post(assess, sent)
    assert page.status_code == 422
    assert "reason" in page.context["form"].errors
    answer = browser.post(assess, sent | {"reason": "新客户，首付已到"})
    assert answer.status_code == 302
    row = CreditAssessment.objects.get()
    assert row.registration == "registered"
    assert (row.basis["worst"], row.basis["grade"]) == (10, "D")
    assert {n.person for n in Notice.objects.filter(verb="credit_proposed")} == {
        zhao,
        he,
    }
    own = browser.get(row.get_absolute_url())
    assert f"{row.pk}/confirmation/" not in own.text
    browser = sign_in(zhao)
    page = browser.get(row.get_absolute_url())
    assert "80,000.00" in words(page)
    url = f"{LIST}{row.pk}/confirmation/"
    assert browser.post(url, {"version": row.version - 1}).status_code == 409
    assert browser.post(url, {"version": row.version}).status_code == 302
    customer.refresh_from_db()
    assert (customer.credit_grade.code, customer.credit_limit) == ("B", 80_000)
    waits = Notice.objects.filter(verb="credit_proposed", read_at=None)
    assert not waits.exists()
    page = browser.get(f"/customers/{customer.pk}/credit/")
    assert 'data-over="70000.00"' in page.text
    assert row.number in page.text


def test_a_day_that_is_over_and_a_limit_below_nothing_are_said_at_the_field(
    zhang, sign_in
):
    customer = a_customer(zhang)
    url = f"{LIST}add/?customer={customer.pk}"
    form = form_of(sign_in(zhang), url) | {"reason": "x"}
    form |= {"grade": an_item("credit_grade", "A").pk}
    form.pop("unlimited")
    sent = form | {"valid_until": days_ago(1).isoformat(), "limit": "-1"}
    page = sign_in(zhang).post(url, sent)
    assert {*page.context["form"].errors} == {"valid_until", "limit"}


def test_a_grade_is_asked_for_and_no_limit_is_said_on_purpose(zhang, sign_in):
    customer = a_customer(zhang)
    url = f"{LIST}add/?customer={customer.pk}"
    form = form_of(sign_in(zhang), url) | {"reason": "x", "grade": ""}
    form.pop("unlimited")
    page = sign_in(zhang).post(url, form)
    assert {*page.context["form"].errors} == {"grade", "limit"}
    sent = form | {"grade": an_item("credit_grade", "A").pk, "unlimited": "on"}
    both = sign_in(zhang).post(url, sent | {"limit": "5"})
    assert {*both.context["form"].errors} == {"limit"}
    assert sign_in(zhang).post(url, sent).status_code == 302
    assert CreditAssessment.objects.get().limit is None


def test_how_a_customer_paid_is_shown_to_those_alone_who_may_see_its_credit(
    zhang, wang, zhao, sign_in
):
    role = Role.objects.get(code="salesperson")
    role.grants["customers.view_customer"] = "all"
    role.save()
    theirs = a_customer(wang)
    in_force(theirs, LARGE, (LARGE, days_ago(20)), head=zhao)
    url = f"{LIST}add/?customer={theirs.pk}"
    page = sign_in(zhang).get(url)
    assert not page.context["rests_on"]
    form = form_of(sign_in(zhang), url) | {"customer": theirs.pk, "reason": "x"}
    page = sign_in(zhang).post(url, form)
    assert page.status_code == 422
    assert "customer" in page.context["form"].errors
    typed = {"customer": theirs.pk, "amount": "99999"}
    theirs.credit_limit = 1
    theirs.save()
    told = words(sign_in(zhang).post("/contracts/forecast/", typed))
    assert "超过信用额度" not in told


def test_an_option_takes_the_place_of_a_grade_whoever_sets_options(zhang, zhou):
    customer = a_customer(zhang, credit_grade=an_item("credit_grade", "B"))
    with acting(zhou, verb="replaced"):
        Customer.objects.filter(pk=customer.pk).update(
            credit_grade=an_item("credit_grade", "A")
        )


def test_credit_is_for_those_who_see_the_customer(zhang, wang, zhao, nobody, sign_in):
    customer = a_customer(zhang)
    row = an_assessment(customer)
    for person, status in ((zhang, 200), (zhao, 200), (wang, 404), (nobody, 403)):
        browser = sign_in(person)
        page = browser.get(f"/customers/{customer.pk}/credit/")
        assert page.status_code == status, person
        assert browser.get(f"{LIST}{row.pk}/").status_code == status, person
    assert row.number not in sign_in(wang).get(LIST).text
    url = f"{LIST}{row.pk}/confirmation/"
    assert sign_in(wang).post(url, {"version": row.version}).status_code == 403


def test_who_sees_a_customer_sees_its_credit_only_with_its_assessments(
    zhang, wang, sign_in
):
    role = Role.objects.get(code="salesperson")
    role.grants["customers.view_customer"] = "all"
    role.save()
    theirs = a_customer(wang)
    browser = sign_in(zhang)
    assert browser.get(f"/customers/{theirs.pk}/").status_code == 200
    assert browser.get(f"/customers/{theirs.pk}/credit/").status_code == 404


def test_contracts_of_others_count_but_are_not_named(zhang, wang, zhao, sign_in):
    customer = a_customer(zhang)
    contract = in_force(customer, LARGE, head=zhao)
    contract.__class__.objects.filter(pk=contract.pk).update(
        owner=wang, customer_owner=None
    )
    page = sign_in(zhang).get(f"/customers/{customer.pk}/credit/")
    assert f'data-exposure="{LARGE}"' in page.text


def test_the_contract_and_its_form_warn_of_credit(zhang, zhao, qian, sign_in):
    customer = a_customer(zhang, credit_limit=SMALL)
    in_force(customer, SMALL, (SMALL, days_ago(31)), head=zhao)
    contract = a_contract(zhang, customer=customer, amount=SMALL)
    text = words(sign_in(zhang).get(contract.get_absolute_url()))
    assert "40,000.00" in text
    assert "31" in text
    typed = {"customer": customer.pk, "amount": "20000"}
    told = words(sign_in(zhang).post("/contracts/forecast/", typed))
    assert "40,000.00" in told
    assert "超过信用额度" in told
    role = Role.objects.get(code="salesperson")
    del role.grants["contracts.view_creditassessment"]
    role.save()
    told = words(sign_in(zhang).post("/contracts/forecast/", typed))
    assert "40,000.00" not in told
    approval.submit(contract, by=zhang)
    desk = sign_in(zhao).get(f"/approvals/?row={contract.pk}")
    figures = {one["key"]: one for one in desk.context["whole"]["credit"]}
    assert (figures["over"]["value"], figures["over"]["tone"]) == ("20,000.00", "bad")
    assert desk.context["whole"]["by_then"]


def test_the_forecast_of_a_change_counts_its_contract_once(zhang, wang, zhao, sign_in):
    customer = a_customer(zhang, credit_limit=LARGE + SMALL)
    contract = in_force(customer, LARGE, head=zhao)
    typed = {"customer": customer.pk, "amount": str(LARGE + SMALL)}
    change = typed | {"amends": contract.pk}
    browser = sign_in(zhang)
    assert "超过信用额度" in words(browser.post("/contracts/forecast/", typed))
    assert "超过信用额度" not in words(browser.post("/contracts/forecast/", change))
    theirs = in_force(a_customer(wang), LARGE, head=zhao)
    sent = typed | {"amends": theirs.pk}
    assert "超过信用额度" in words(browser.post("/contracts/forecast/", sent))
    approval.amend(contract, by=zhang)
    form = form_of(browser, f"/contracts/{contract.pk}/amendment/edit/")
    assert form["amends"] == contract.pk


def test_who_owns_it_hears_before_it_ends_unless_it_was_renewed(zhang, zhao):
    today = timezone.localdate()
    customer = a_customer(zhang)
    row = an_assessment(customer, valid_until=days_ago(-7))
    assert _called(zhang, today) == []
    assessing.confirm(row, by=zhao)
    assert _called(zhang, today) == [row]
    assessing.confirm(an_assessment(customer), by=zhao)
    assert _called(zhang, today) == []


def _called(person, today):
    (rows,) = occasions.credit_ending(person, [person.pk], (30, 7), today)
    return list(rows)


def test_merged_customers_keep_the_assessments_of_both(zhang, zhao, lina):
    kept, lost = a_customer(zhang, name="甲公司"), a_customer(zhang, name="甲公司。")
    row = an_assessment(lost)
    assessing.confirm(row, by=zhao)
    merge(kept, [lost], by=lina)
    row.refresh_from_db()
    assert (row.customer, row.status) == (kept, "confirmed")
    assert row.limit == Decimal(LARGE)
