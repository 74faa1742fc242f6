"""Receipts: who confirms them, what they pay for, and what PostgreSQL refuses."""

import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from contracts import approval, occasions, receiving
from contracts.models import Allocation, Contract, Instalment, Receipt
from crm.guards.actor import acting
from crm.models import HistoryEntry, Role
from tests.contracts.test_approval import LARGE, end, in_state, refused
from tests.contracts.test_contract_pages import words
from tests.contracts.test_instalments import at_the_end, planned
from tests.crm.test_bulk import choose
from tests.factories import a_contract, a_customer, a_receipt
from tests.pages import form_of
from tests.people import hire

pytestmark = pytest.mark.django_db

HALF = LARGE / 2
#: Columns of what is in the books.
BOOKED = ("registration", "registered_by", "registered_at")


@pytest.fixture
def he(head_office):
    """何敏 of finance."""
    return hire("finance", "何敏", "finance", department=head_office)


def confirmed(customer, amount, by, finance, **fields):
    """Enter a receipt and have it confirmed."""
    receipt = a_receipt(customer, amount, by, **fields)
    receiving.confirm(receipt, by=finance)
    return receipt


def owing(owner, head, customer=None, amounts=(HALF, HALF)):
    """Return a contract in force and its two instalments."""
    contract = in_state("registered", owner, head)
    if customer is not None:
        contract = a_contract(owner, customer=customer, amount=LARGE)
        approval.submit(contract, by=owner)
        round_ = contract.rounds.get(state="open")
        approval.decide(
            contract, by=head, approved=True, opinion="", round_id=round_.pk
        )
    with transaction.atomic():
        planned(contract, *amounts)
        at_the_end()
    return contract, list(contract.instalments.all())


def pays(receipt, by, *pairs):
    """Let a receipt pay (instalment, amount)."""
    amounts = {row.pk: Decimal(amount) for row, amount in pairs}
    receiving.allocate(receipt, amounts, by=by)


def test_the_enterer_does_not_confirm_and_who_may_not_does_not(
    zhang, zhao, lina, he, sign_in
):
    receipt = a_receipt(a_customer(zhang), "100.01", zhang)
    assert receipt.number.startswith("HK")
    assert (receipt.status, receipt.is_registered) == ("entered", True)
    for person in (zhang, zhao, lina):
        answer = sign_in(person).post(
            f"/receipts/{receipt.pk}/confirmation/", {"version": receipt.version}
        )
        assert answer.status_code == 403
    own = a_receipt(receipt.customer, 5, he)
    assert not own.may_decide(he)
    assert receipt.may_decide(he)
    refused("forbidden", receiving.confirm, own, by=he)
    Receipt.objects.filter(pk=receipt.pk).update(amount=100)
    with acting(he):
        Receipt.objects.filter(pk=receipt.pk).update(amount=101)
    receipt.refresh_from_db()
    assert not receipt.may_decide(he)
    refused("forbidden", receiving.confirm, receipt, by=he)  # written by them
    # Nor by SQL: without the right, in another's name, or as a new row.
    rows = Receipt.objects.filter(pk=receipt.pk)
    with pytest.raises(IntegrityError, match="receipt_right"), acting(zhang):
        rows.update(status="confirmed")
    with pytest.raises(IntegrityError, match="receipt_right"), transaction.atomic():
        rows.update(status="confirmed")
    # Nor once somebody else has written something after them.
    with acting(zhang):
        Receipt.objects.filter(pk=receipt.pk).update(remarks="已核对")
    receipt.refresh_from_db()
    assert not receipt.may_decide(he)
    page = words(sign_in(he).get(f"/receipts/{receipt.pk}/"))
    assert "确认到账" not in page
    refused("forbidden", receiving.confirm, receipt, by=he)
    other = hire("cashier", "田雨", "finance", department=he.department)
    assert receipt.may_decide(other)
    receiving.confirm(receipt, by=other)
    assert (receipt.confirmed_by, receipt.prepaid) == (other, 101)
    refused("conflict", receiving.confirm, receipt, by=other)
    entry = HistoryEntry.objects.filter(label="contracts.receipt").latest("pk")
    assert (entry.verb, entry.actor_id) == ("confirmed", other.pk)


def test_who_hands_a_receipt_on_rejects_or_reads_it_has_not_written_it(zhang, lina, he):
    receipt = a_receipt(a_customer(zhang), 100, zhang)
    with acting(he):
        Receipt.objects.filter(pk=receipt.pk).update(owner=lina)
    receiving.reject(receipt, by=he, reason="金额与流水不符")
    with acting(zhang):
        Receipt.objects.filter(pk=receipt.pk).update(amount=99)
    HistoryEntry.record(he, "downloaded", subject=receipt, changes={"rows": 1})
    receipt.refresh_from_db()
    assert receipt.may_decide(he)
    receiving.confirm(receipt, by=he)
    assert receipt.confirmed_by == he


def test_who_wrote_last_says_no_other_name(zhang, lina, he):
    receipt = a_receipt(a_customer(zhang), 100, zhang)
    rows = Receipt.objects.filter(pk=receipt.pk)
    with acting(he):
        rows.update(amount=101)
        rows.update(edited_by=lina)
    assert rows.get().edited_by == he
    refused("forbidden", receiving.confirm, receipt, by=he)
    with pytest.raises(IntegrityError, match="receipt_frozen"), acting(he):
        rows.update(status="confirmed", edited_by=lina)
    with acting(he):
        rows.update(edited_by=lina, amount=102)
        assert rows.get().edited_by == he
    rows.update(edited_by=lina)  # nobody says so
    assert rows.get().edited_by == he
    with acting(lina):
        rows.update(edited_by=zhang)
    assert rows.get().edited_by == lina
    # Nor does who enters one in another's name confirm it.
    with acting(he):
        other = Receipt(
            customer=receipt.customer,
            amount=5,
            owner=zhang,
            reporter=zhang,
            entered_by=zhang,
            edited_by=zhang,
            **{name: getattr(receipt, name) for name in BOOKED},
        )
        other.save()
    other.refresh_from_db()
    assert other.edited_by == he
    refused("forbidden", receiving.confirm, other, by=he)


def test_finance_hears_of_money_once_it_is_in_the_books(zhang, he, lina, sign_in):
    customer = a_customer(zhang, registered=False)
    receipt = a_receipt(customer, 100, zhang)
    assert receipt.registration == "reported"
    browser = sign_in(he)
    for url in ("/receipts/", "/inbox/"):
        assert customer.name not in browser.get(url).text
    for url in (f"/receipts/{receipt.pk}/", f"/receipts/{receipt.pk}/edit/"):
        assert browser.get(url).status_code == 404
    with (
        pytest.raises(ValidationError, match="请先登记这笔回款"),
        translation.override("zh-hans"),
    ):
        receiving.confirm(receipt, by=he)
    customer.register(lina)
    receipt.register(lina)
    assert browser.get(f"/receipts/{receipt.pk}/").status_code == 200
    # What they enter themselves at a customer in the books is in the books at once.
    assert a_receipt(customer, 5, he).is_registered


def test_what_is_confirmed_never_changes(zhang, he, sign_in):
    receipt = confirmed(a_customer(zhang), 10, zhang, he)
    for change in ({"amount": 11}, {"payer": "某公司"}, {"status": "entered"}):
        with pytest.raises(IntegrityError), transaction.atomic(), acting(he):
            Receipt.objects.filter(pk=receipt.pk).update(**change)
    refused("conflict", receipt.discard, zhang)
    browser = sign_in(zhang)
    assert browser.get(f"/receipts/{receipt.pk}/edit/").status_code == 409
    assert browser.get(f"/receipts/{receipt.pk}/delete/").status_code == 409
    page = words(browser.get(f"/receipts/{receipt.pk}/"))
    assert "/edit/" not in page


def test_who_edits_while_it_is_confirmed_sees_what_they_typed(zhang, he, sign_in):
    receipt = a_receipt(a_customer(zhang), 10, zhang, remarks="分两笔到账")
    browser, url = sign_in(zhang), f"/receipts/{receipt.pk}/edit/"
    form = form_of(browser, url) | {"remarks": "银行回单已传真", "amount": "9.99"}
    receiving.confirm(receipt, by=he)
    answer = browser.post(url, form)
    assert answer.status_code == 409
    page = words(answer)
    for text in ("银行回单已传真", "分两笔到账", "9.99", "10.00", "何敏"):
        assert text in page, text
    assert "已确认的回款不能再修改" in page
    assert 'id="merged"' not in answer.text
    receipt.refresh_from_db()
    assert (receipt.amount, receipt.remarks) == (10, "分两笔到账")


def test_a_rejected_one_is_corrected_and_waits_again(zhang, he, sign_in):
    receipt = a_receipt(a_customer(zhang), 10, zhang)
    refused("invalid", receiving.reject, receipt, by=he, reason=" ")
    url = f"/receipts/{receipt.pk}/"
    browser = sign_in(he)
    sent = {"version": receipt.version, "reason": "金额与流水不符"}
    assert browser.post(f"{url}rejection/", sent).status_code == 302
    assert browser.post(f"{url}rejection/", sent).status_code == 409
    browser = sign_in(zhang)
    assert "金额与流水不符" in words(browser.get(url))
    form = form_of(browser, f"{url}edit/") | {"amount": "9.99"}
    assert browser.post(f"{url}edit/", form).status_code == 302
    receipt.refresh_from_db()
    assert (receipt.status, receipt.rejection) == ("entered", "")
    # Saved as it is, it waits again just so: the money has come in since.
    receiving.reject(receipt, by=he, reason="尚未到账")
    form = form_of(browser, f"{url}edit/")
    assert browser.post(f"{url}edit/", form).status_code == 302
    receipt.refresh_from_db()
    assert (receipt.status, receipt.rejection) == ("entered", "")
    receiving.confirm(receipt, by=he)
    with pytest.raises(IntegrityError, match="receipt_"), acting(zhang):
        Receipt.objects.filter(pk=receipt.pk).update(status="entered")


def test_money_pays_for_instalments_to_the_cent_and_the_rest_is_prepaid(
    zhang, zhao, he
):
    contract, (first, second) = owing(zhang, zhao)
    receipt = confirmed(contract.customer, HALF + 1, zhang, he, payer="代付公司")
    refused("conflict", pays, receipt, he, (first, HALF + Decimal("0.01")))
    refused("conflict", pays, receipt, he, (first, HALF), (second, "1.01"))
    pays(receipt, he, (first, HALF), (second, "0.99"))
    assert receipt.prepaid == Decimal("0.01")
    # The same money moved from one to the other, in one go.
    pays(receipt, he, (first, HALF - 1), (second, "1.99"))
    assert receipt.prepaid == Decimal("0.01")
    other = confirmed(contract.customer, LARGE, zhang, he)
    refused("conflict", pays, other, he, (first, "1.01"))
    pays(other, he, (first, 1), (second, HALF - Decimal("1.99")))
    assert sum(Allocation.objects.values_list("amount", flat=True)) == LARGE
    assert other.prepaid == HALF + Decimal("0.99")


def test_one_transfer_pays_for_three_contracts(zhang, zhao, he):
    customer = a_customer(zhang)
    plans = [owing(zhang, zhao, customer)[1] for _each in range(3)]
    receipt = confirmed(customer, HALF * 3 + 5, zhang, he)
    pays(receipt, he, *((rows[0], HALF) for rows in plans))
    assert receipt.prepaid == 5
    pays(receipt, he, (plans[2][1], 5))  # a prepayment is used later
    assert receipt.prepaid == 0


def test_money_pays_for_its_own_customers_contracts_in_force_or_done(zhang, zhao, he):
    contract, (first, second) = owing(zhang, zhao)
    strange = confirmed(a_customer(zhang), 50, zhang, he)
    refused("conflict", pays, strange, he, (first, 50))
    waiting = a_receipt(contract.customer, 50, zhang)
    refused("conflict", pays, waiting, he, (first, 50))
    own = confirmed(contract.customer, 50, zhang, he)
    pays(own, he, (first, 50))
    other, (late, _last) = owing(zhang, zhao, contract.customer)
    approval.complete(other, by=zhao)  # what is withheld for quality comes later
    pays(own, he, (first, 40), (late, 10))
    assert other.instalments.get(pk=late.pk).paid == 10
    pays(own, he, (late, 0), (first, 50))
    end(Contract.objects.get(pk=contract.pk), zhao)
    refused("conflict", pays, own, he, (second, 1))
    pays(own, he, (first, 20))  # what was paid can be taken back
    assert own.prepaid == 30
    draft = planned(a_contract(zhang, customer=contract.customer), 50_000)
    refused("conflict", pays, own, he, (draft.instalments.get(), 1))


def test_a_reversed_transfer_takes_back_what_is_due_last(zhang, zhao, he):
    contract, (first, second) = owing(zhang, zhao)
    receipt = confirmed(contract.customer, LARGE, zhang, he)
    pays(receipt, he, (first, HALF), (second, 100))
    back = a_receipt(contract.customer, -HALF, zhang, refund_of=receipt)
    receiving.confirm(back, by=he)
    receipt.refresh_from_db()
    assert receipt.prepaid == 0
    paid = dict(receipt.allocations.values_list("instalment", "amount"))
    assert paid == {first.pk: HALF}
    again = a_receipt(contract.customer, -HALF - 1, zhang, refund_of=receipt)
    refused("conflict", receiving.confirm, again, by=he)
    strange = a_receipt(a_customer(zhang), -1, zhang, refund_of=receipt)
    refused("invalid", receiving.confirm, strange, by=he)
    nothing = a_receipt(contract.customer, -1, zhang)
    refused("invalid", receiving.confirm, nothing, by=he)


def test_a_form_says_what_is_wrong_with_an_amount(zhang, he, sign_in):
    browser, customer = sign_in(zhang), a_customer(zhang)
    first = confirmed(customer, 100, zhang, he)
    form = form_of(browser, f"/receipts/add/?customer={customer.pk}")
    for amount, refund_of, field in (
        ("0", "", "amount"),
        ("-5", "", "refund_of"),
        ("5", first.pk, "amount"),
        ("-100.01", first.pk, "amount"),
    ):
        given = {"amount": amount, "refund_of": refund_of, "method": ""}
        answer = browser.post("/receipts/add/", form | given)
        assert answer.status_code == 422
        assert field in answer.context["form"].errors
    with pytest.raises(IntegrityError):
        a_receipt(customer, 0, zhang)


def test_a_plan_keeps_what_was_paid(zhang, zhao, he, sign_in):
    contract, (first, _second) = owing(zhang, zhao)
    receipt = confirmed(contract.customer, HALF, zhang, he)
    pays(receipt, he, (first, 300))
    less = contract.instalments.filter(pk=first.pk)
    with pytest.raises(IntegrityError, match="has_money"), transaction.atomic():
        less.update(amount=299)
    url = f"/contracts/{contract.pk}/instalments/"
    browser = sign_in(zhang)
    page = browser.get(f"{url}?parts=2&first_on=2027-05-01&months=1")
    amounts = [form["amount"].value() for form in page.context["formset"].forms]
    assert amounts == [HALF, HALF, HALF / 2, HALF / 2]  # only what is not paid
    formset = browser.get(url).context["formset"]
    data = {"version": contract.version}
    for part in (formset.management_form, *formset.forms):
        for field in part:
            data[field.html_name] = "" if field.value() is None else field.value()
            data.pop(f"{part.prefix}-DELETE", None)
    low = data | {"instalments-0-amount": "299", "instalments-1-amount": LARGE - 299}
    answer = browser.post(url, low)
    assert answer.status_code == 422
    assert "300.00" in str(answer.context["formset"].errors)
    gone = data | {"instalments-0-DELETE": "on", "instalments-1-amount": LARGE}
    assert browser.post(url, gone).status_code == 422
    with pytest.raises(ValidationError):
        contract.discard(zhang)


def test_the_pages_say_what_is_paid(zhang, zhao, he, sign_in):
    contract, (first, second) = owing(zhang, zhao)
    with transaction.atomic():
        contract.instalments.filter(pk=first.pk).update(due_on="2026-01-31")
        contract.instalments.filter(pk=second.pk).update(due_on=timezone.localdate())
    receipt = a_receipt(contract.customer, HALF, zhang)
    browser = sign_in(he)
    assert f"/receipts/{receipt.pk}/" in browser.get("/receipts/?status=entered").text
    answer = browser.post(
        f"/receipts/{receipt.pk}/confirmation/", {"version": receipt.version}
    )
    assert answer.url == f"/receipts/{receipt.pk}/allocation/"
    page = browser.get(answer.url)
    form = {"version": page.context["version"]}
    name = f"instalment-{first.pk}"
    assert page.context["form"][name].value() == HALF  # what is due first
    sent = form | {name: str(HALF + 1)}
    assert browser.post(answer.url, sent).status_code == 422
    assert browser.post(answer.url, form | {name: "100.5"}).status_code == 302
    assert browser.post(answer.url, form | {name: "100.5"}).status_code == 409
    text = words(browser.get(f"/contracts/{contract.pk}/"))
    assert f'data-paid="100.50" data-unpaid="{LARGE - Decimal("100.50")}"' in text
    assert f'data-overdue="{HALF - Decimal("100.50")}"' in text
    assert f"/receipts/?contract={contract.pk}" in text
    days = re.findall(r"<td[^>]*>(20[0-9]{2}-[0-9]{2}-[0-9]{2})</td>", text)
    assert days == sorted(days)
    listed = browser.get(f"/receipts/?contract={contract.pk}")
    assert 'data-total="1"' in listed.text
    text = words(browser.get(contract.customer.get_absolute_url()))
    assert f"{HALF - Decimal('100.50'):,.2f}" in text  # its prepayment
    figures = browser.get(contract.customer.get_absolute_url()).context["figures"]
    exposure = next(one for one in figures if one["key"] == "exposure")
    assert exposure["value"] == f"{LARGE - Decimal('100.50'):,.2f}"
    assert "100.50" in words(browser.get(f"/receipts/{receipt.pk}/"))


def test_what_is_paid_is_not_called_for(zhang, zhao, he):
    contract, (first, second) = owing(zhang, zhao)
    today = timezone.localdate()
    with transaction.atomic():
        contract.instalments.update(due_on=today)
    receipt = confirmed(contract.customer, LARGE, zhang, he)

    def called():
        (rows,) = occasions.owing(zhang, [zhang.pk], (7, 1, 0), today)
        return list(rows)

    pays(receipt, he, (first, HALF), (second, 1))
    assert called() == [contract]
    pays(receipt, he, (second, HALF))
    assert called() == []


def test_what_money_pays_for_is_offered_however_much_is_due_before(
    zhang, zhao, he, monkeypatch
):
    contract, (first, second) = owing(zhang, zhao)
    receipt = confirmed(contract.customer, HALF, zhang, he)
    pays(receipt, he, (second, 100))
    monkeypatch.setattr(receiving, "MOST", 1)
    shown = receiving.owed_to(receipt, he)
    assert [(row, row.own, row.missing) for row in shown] == [
        (first, 0, HALF),
        (second, 100, HALF - 100),
    ]


def test_contracts_that_one_may_not_see_are_neither_named_nor_paid(
    zhang, zhao, he, nobody, sign_in
):
    contract, (first, second) = owing(zhang, zhao)
    receipt = confirmed(contract.customer, HALF + 7, zhang, he)
    pays(receipt, he, (first, 100))
    grants = {f"contracts.{verb}_receipt": "all" for verb in ("view", "confirm")}
    role = Role.objects.create(name="出纳", grants=grants)
    nobody.role_assignments.create(role=role)
    browser, url = sign_in(nobody), f"/receipts/{receipt.pk}/"
    page, asked = browser.get(url), browser.get(f"{url}allocation/")
    assert "您无权查看的合同" in words(page)
    assert "100.00" in words(page)
    assert "没有按回款计划应收的款项" in words(asked)
    for text in (words(page), words(asked)):
        assert contract.number not in text
        assert f"/contracts/{contract.pk}/" not in text
    form = {"version": asked.context["version"]}
    theirs = {f"instalment-{first.pk}": "5", f"instalment-{second.pk}": "5"}
    answer = browser.post(f"{url}allocation/", form | theirs)
    assert contract.number not in words(answer)
    paid = receipt.allocations.values_list("instalment", "amount")
    assert dict(paid) == {first.pk: 100}
    # Who sees another contract of the customer's pays for that, with what is left.
    grants |= {"contracts.view_contract": "own"}
    Role.objects.filter(pk=role.pk).update(grants=grants)
    other, (own, _later) = owing(zhang, zhao, contract.customer)
    Contract.objects.filter(pk=other.pk).update(owner=nobody)
    asked = browser.get(f"{url}allocation/")
    shown = asked.context["form"]
    assert {row.contract for row in shown.owed} == {other}
    assert (shown.left, shown.is_begun) == (HALF - 93, False)
    form = {"version": asked.context["version"]}
    field = f"instalment-{own.pk}"
    answer = browser.post(f"{url}allocation/", form | {field: str(HALF - 92)})
    assert answer.status_code == 422
    answer = browser.post(f"{url}allocation/", form | {field: "3"})
    assert answer.status_code == 302
    assert dict(paid.all()) == {first.pk: 100, own.pk: 3}


def test_an_amount_for_what_is_no_longer_offered_is_said_and_not_dropped(
    zhang, zhao, he, sign_in
):
    contract, (first, second) = owing(zhang, zhao)
    third = owing(zhang, zhao, contract.customer)[1][0]
    other = confirmed(contract.customer, LARGE, zhang, he)
    receipt = confirmed(contract.customer, LARGE, zhang, he)
    browser, url = sign_in(he), f"/receipts/{receipt.pk}/allocation/"
    asked = form_of(browser, url) | {"version": receipt.version}
    keys = [f"instalment-{row.pk}" for row in (first, second, third)]
    sent = asked | dict(zip(keys, ("1,500", "0", "300"), strict=True))
    # Meanwhile another receipt pays the first, and the plan is written anew.
    pays(other, he, (first, HALF))
    with transaction.atomic():
        again = Instalment.objects.create(
            contract=contract, due_on="2027-05-15", amount=HALF
        )
        second.delete()
        at_the_end()
    answer = browser.post(url, sent)
    assert answer.status_code == 422
    page = words(answer)
    assert f"1,500 元是给合同 {contract.number}" in page
    assert "已不再欠款" in page
    assert "对应的那一期已不存在" not in page  # nothing was typed for it
    assert answer.context["form"][keys[2]].value() == "300"
    assert not receipt.allocations.exists()
    gone = {keys[0]: "", keys[1]: "88.5", f"instalment-{again.pk}": "88.5"}
    answer = browser.post(url, sent | gone)
    assert answer.status_code == 422
    assert "88.5 元对应的那一期已不存在" in words(answer)
    assert not receipt.allocations.exists()
    answer = browser.post(url, sent | gone | {keys[1]: ""})
    assert answer.status_code == 302
    paid = dict(receipt.allocations.values_list("instalment", "amount"))
    assert paid == {again.pk: Decimal("88.5"), third.pk: 300}


def test_nothing_is_paid_for_what_the_plan_loses_as_it_is_saved(zhang, zhao, he):
    contract, (first, _second) = owing(zhang, zhao)
    receipt = confirmed(contract.customer, HALF, zhang, he)
    Instalment.objects.create(contract=contract, due_on="2027-05-15", amount=HALF)
    key = first.pk
    first.delete()
    with pytest.raises(ValidationError, match="7 元对应的那一期已不存在"):
        receiving.allocate(receipt, {key: Decimal(7)}, by=he)
    receiving.allocate(receipt, {key: Decimal(0)}, by=he)


def test_no_two_receipts_get_one_amount_at_once(zhang, sign_in):
    customer, browser = a_customer(zhang), sign_in(zhang)
    rows = [a_receipt(customer, amount, zhang) for amount in (5, 7)]
    bulk = choose(browser, "edit", *rows, kind="receipts")
    page = browser.get(bulk.get_absolute_url())
    offered = [key for key, _label in page.context["form"].fields["field"].choices]
    assert "method" in offered
    assert {"amount", "bank_reference"}.isdisjoint(offered)
