"""Invoices: who asks for them, who issues them, and what PostgreSQL refuses."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from contracts import approval, invoicing, receiving
from contracts.differences import differences
from contracts.models import Contract, Invoice
from crm.guards.actor import acting
from crm.models import HistoryEntry
from crm.notices.models import Notice
from tests.contracts.test_approval import LARGE, end, in_state, refused
from tests.contracts.test_contract_pages import words
from tests.contracts.test_receipts import confirmed, owing, pays
from tests.factories import a_contract, a_customer, a_receipt, an_invoice
from tests.pages import form_of
from tests.people import hire
from tests.samples import run

pytestmark = pytest.mark.django_db

CODE = "91530100MA6K3P1T4A"
CENT = Decimal("0.01")


@pytest.fixture
def he(head_office):
    """何敏 of finance."""
    return hire("finance", "何敏", "finance", department=head_office)


@pytest.fixture
def contract(zhang, zhao):
    """A contract of 张伟's in force."""
    return in_state("registered", zhang, zhao)


def paper(number, **more):
    """Return what stands on an invoice that is issued."""
    return {"paper_number": f"{number:08}", **more}


def issued(contract, amount, by, number=1, *, on=None, **fields):
    """Ask for an invoice and have it issued."""
    invoice = an_invoice(contract, amount, **fields)
    day = {"issued_on": on} if on else {}
    invoicing.issue(invoice, paper(number, **day), by=by)
    contract.refresh_from_db()
    return invoice


def last_month():
    """Return the last day of the month before this one."""
    return timezone.localdate().replace(day=1) - timedelta(days=1)


def test_who_asks_does_not_issue_and_who_may_not_does_not(
    contract, zhang, zhao, lina, he, sign_in
):
    invoice = an_invoice(contract, "100.01", zhang)
    assert invoice.number.startswith(f"FP-{timezone.localdate():%Y%m%d}-")
    assert (invoice.status, invoice.is_registered) == ("requested", True)
    assert invoice.requested_by == zhang
    for person in (zhang, zhao, lina):
        answer = sign_in(person).post(
            f"/invoices/{invoice.pk}/issue/",
            {"version": invoice.version, "paper_number": "12345678"},
        )
        assert answer.status_code == 403
    own = an_invoice(contract, 5, he)
    assert not own.may_decide(he)
    refused("forbidden", invoicing.issue, own, paper(1), by=he)
    # Nor once they have written something, whoever wrote after them.
    with acting(he):
        Invoice.objects.filter(pk=invoice.pk).update(amount=101)
    with acting(zhang):
        Invoice.objects.filter(pk=invoice.pk).update(remarks="已核对")
    invoice.refresh_from_db()
    assert not invoice.may_decide(he)
    assert "/issue/" not in sign_in(he).get(f"/invoices/{invoice.pk}/").text
    refused("forbidden", invoicing.issue, invoice, paper(1), by=he)
    rows = Invoice.objects.filter(pk=invoice.pk)
    given = {"status": "issued", "paper_number": "12345678"}
    with pytest.raises(IntegrityError, match="invoice_right"), acting(zhang):
        rows.update(**given)
    with pytest.raises(IntegrityError, match="invoice_right"), transaction.atomic():
        rows.update(**given)
    other = hire("cashier", "田雨", "finance", department=he.department)
    invoicing.issue(invoice, paper(1), by=other)
    assert (invoice.issued_by, invoice.issued_on) == (other, timezone.localdate())
    refused("conflict", invoicing.issue, invoice, paper(2), by=other)
    entry = HistoryEntry.objects.filter(label="contracts.invoice").latest("pk")
    assert (entry.verb, entry.actor_id) == ("issued", other.pk)


def test_no_more_is_issued_than_the_contract_comes_to(contract, he):
    first = issued(contract, LARGE, he)
    red = an_invoice(contract, -10, red_of=first)
    invoicing.issue(red, paper(2), by=he)
    waiting = an_invoice(contract, 10)
    invoicing.void(red, by=he, reason="开错")
    with (
        pytest.raises(ValidationError, match=r"最多还可开票 0\.00 元"),
        translation.override("zh-hans"),
    ):
        invoicing.issue(waiting, paper(3), by=he)
    with pytest.raises(IntegrityError, match="invoiced_within"), acting(he):
        Invoice.objects.filter(pk=waiting.pk).update(
            status="issued", paper_number="00000003"
        )
    invoicing.issue(an_invoice(contract, -10, red_of=first), paper(4), by=he)
    invoicing.issue(waiting, paper(5), by=he)
    contract.refresh_from_db()
    assert (contract.invoiced, contract.invoiced_unpaid) == (LARGE, LARGE)
    assert differences() == []


def test_no_more_is_asked_for_than_is_left(contract, zhang, lina, sign_in):
    waits = an_invoice(contract, LARGE - 10)

    def more(make):
        with pytest.raises(IntegrityError, match="asked_within"), transaction.atomic():
            make()

    more(lambda: an_invoice(contract, "10.01"))
    rows = Invoice.objects.filter(pk=waits.pk)
    more(lambda: rows.update(amount=LARGE + CENT))
    rows.update(amount=LARGE - 20)  # less is always asked for
    gone = an_invoice(contract, 20)
    gone.discard(zhang)
    rows.update(amount=LARGE)
    place = reverse("recycle_bin_restore", args=["contracts.invoice", gone.pk])
    answer = sign_in(zhang).post(place)
    assert answer.status_code == 409
    assert "申请的金额超过尚可开票的金额" in words(answer)
    # Nor by two rows of one file.
    rows.update(amount=LARGE - 10)
    name, number = contract.customer.name, contract.number
    found = run(
        sign_in(lina),
        f"客户,合同,类型,金额\n{name},{number},普票,6\n{name},{number},普票,7\n",
        "开票.csv",
        "/invoices/import/",
    )
    assert (found.created, found.refused) == (1, 1)


def test_the_form_counts_what_is_asked_for_already(contract, zhang, sign_in):
    an_invoice(contract, LARGE - 100)
    browser = sign_in(zhang)
    page = words(browser.get(f"/contracts/{contract.pk}/"))
    assert f"/invoices/add/?contract={contract.pk}" in page
    url = f"/invoices/add/?contract={contract.pk}"
    form = form_of(browser, url)
    assert Decimal(form["amount"]) == 100
    assert form["title"] == contract.customer.name
    answer = browser.post("/invoices/add/", form | {"amount": "100.01"})
    assert answer.status_code == 422
    errors = str(answer.context["form"].errors["amount"])
    assert "最多还可开票 100.00 元" in errors
    assert f"{LARGE - 100:,.2f} 元已申请" in errors
    assert browser.post("/invoices/add/", form).status_code == 302
    invoice = Invoice.objects.latest("pk")
    assert (invoice.customer, invoice.amount) == (contract.customer, 100)
    again = form_of(browser, url)
    answer = browser.post("/invoices/add/", again | {"amount": "0.01"})
    assert answer.status_code == 422


def test_the_buyer_and_the_rate_are_the_customers_and_the_contracts(
    zhang, zhao, sign_in
):
    customer = a_customer(zhang, credit_code=CODE)
    contract = owing(zhang, zhao, customer)[0]
    browser = sign_in(zhang)
    form = form_of(browser, "/invoices/add/") | {
        "customer": customer.pk,
        "contract": contract.pk,
        "amount": "1,130",
        "tax_rate": "13",
        "kind": "special",
    }
    assert browser.post("/invoices/add/", form).status_code == 302
    invoice = Invoice.objects.latest("pk")
    assert (invoice.title, invoice.tax_number) == (customer.name, CODE)
    assert invoice.tax == 130
    form = form_of(browser, "/invoices/add/") | form
    form["form_token"] = form_of(browser, "/invoices/add/")["form_token"]
    wrong = {"tax_number": CODE[:-1] + "F"}
    answer = browser.post("/invoices/add/", form | wrong)
    assert answer.status_code == 422
    assert "tax_number" in answer.context["form"].errors
    type(customer).objects.filter(pk=customer.pk).update(credit_code="")
    answer = browser.post("/invoices/add/", form)
    assert "专票须填写购方税号" in str(answer.context["form"].errors)


def test_only_contracts_in_force_or_done_are_invoiced(zhang, zhao, he, sign_in):
    draft = a_contract(zhang, customer=a_customer(zhang, registered=False))
    browser = sign_in(zhang)
    buttons = browser.get(f"/contracts/{draft.pk}/").context["actions"]
    assert "invoice" not in [one["key"] for one in buttons]
    form = form_of(browser, f"/invoices/add/?contract={draft.pk}")
    answer = browser.post("/invoices/add/", form | {"amount": "1"})
    assert "只有履行中和已完成的合同可以开票" in str(answer.context["form"].errors)
    reported = an_invoice(draft, 1)
    assert reported.registration == "reported"
    done = in_state("registered", zhang, zhao)
    approval.complete(done, by=zhao)
    issued(Contract.objects.get(pk=done.pk), 7, he)
    over = in_state("registered", zhang, zhao)
    first, late = issued(over, 9, he, 2), an_invoice(over, 5)
    end(Contract.objects.get(pk=over.pk), zhao)
    refused("conflict", invoicing.issue, late, paper(3), by=he)
    with pytest.raises(IntegrityError, match="invoice_in_force"), acting(he):
        Invoice.objects.filter(pk=late.pk).update(
            status="issued", paper_number="00000003"
        )
    # What was issued is taken back, whatever has become of the contract.
    red = an_invoice(over, -9, red_of=first)
    invoicing.issue(red, paper(4), by=he)
    over.refresh_from_db()
    assert over.invoiced == 0


def test_a_red_invoice_takes_back_a_part_and_never_more(contract, zhang, he, sign_in):
    first = issued(contract, 1000, he)
    browser = sign_in(zhang)
    page = words(browser.get(f"/invoices/{first.pk}/"))
    assert "红冲" in page
    form = form_of(browser, f"/invoices/add/?red_of={first.pk}")
    assert Decimal(form["amount"]) == -1000
    answer = browser.post("/invoices/add/", form | {"amount": "-1000.01"})
    assert "最多还可红冲 1,000.00 元" in str(answer.context["form"].errors)
    answer = browser.post("/invoices/add/", form | {"red_of": ""})
    assert "red_of" in answer.context["form"].errors
    answer = browser.post("/invoices/add/", form | {"amount": "5"})
    assert "amount" in answer.context["form"].errors
    assert browser.post("/invoices/add/", form | {"amount": "-400"}).status_code == 302
    part = Invoice.objects.latest("pk")
    contract.refresh_from_db()
    assert contract.invoiced == 1000  # nothing is taken back before it is issued
    with pytest.raises(IntegrityError, match="asked_within"), transaction.atomic():
        an_invoice(contract, "-600.01", red_of=first)
    invoicing.issue(part, paper(2), by=he)
    contract.refresh_from_db()
    first.refresh_from_db()
    assert (contract.invoiced, first.standing) == (600, 600)
    assert f"/invoices/{part.pk}/" in browser.get(f"/invoices/{first.pk}/").text
    # The taken back is free to be invoiced again, and nothing else.
    issued(contract, LARGE - 600, he, 4)
    for amount, first in ((CENT, None), (-1, part)):
        with pytest.raises(IntegrityError, match="asked_within"), transaction.atomic():
            an_invoice(contract, amount, red_of=first)
    nothing = an_invoice(contract, -1)
    refused("invalid", invoicing.issue, nothing, paper(6), by=he)
    assert differences() == []


def test_a_red_invoice_is_offered_what_it_can_take_back(contract, zhang, he, sign_in):
    first = issued(contract, 100, he, 1)
    gone = issued(contract, 50, he, 2)
    red = an_invoice(contract, -50, red_of=gone)
    invoicing.issue(red, paper(3), by=he)
    an_invoice(contract, 10)
    browser = sign_in(zhang)
    page = browser.get(f"/invoices/add/?contract={contract.pk}").context["form"]
    field = page.fields["red_of"]
    assert [str(pk) for pk, _text in field.choices] == ["", str(first.pk)]
    address = field.widget.attrs["data-lookup"]
    for more in ("", f"&contract={contract.pk}", f"&q={first.number}"):
        found = browser.get(f"{address}{more}").json()["results"]
        assert [one["id"] for one in found] == [first.pk]
    assert len(browser.get("/options/contracts.invoice/").json()["results"]) == 4


def test_a_refund_is_offered_money_that_came_in(contract, zhang, he, sign_in):
    customer = contract.customer
    waits, came = (a_receipt(customer, 10) for _ in range(2))
    receiving.confirm(came, by=he)
    form = sign_in(zhang).get(f"/receipts/add/?customer={customer.pk}").context["form"]
    offered = [str(pk) for pk, _text in form.fields["refund_of"].choices]
    assert (str(came.pk) in offered, str(waits.pk) in offered) == (True, False)


def test_an_invoice_is_void_in_its_month_alone(contract, zhang, he, sign_in):
    old, new = issued(contract, 10, he, on=last_month()), issued(contract, 20, he, 2)
    page = words(sign_in(he).get(f"/invoices/{old.pk}/"))
    assert "/void/" not in page
    with (
        pytest.raises(
            ValidationError, match="只能在开票当月作废，跨月的请申请红字发票"
        ),
        translation.override("zh-hans"),
    ):
        invoicing.void(old, by=he, reason="抬头有误")
    browser, url = sign_in(he), f"/invoices/{new.pk}/"
    assert "/void/" in words(browser.get(url))
    refused("invalid", invoicing.void, new, by=he, reason=" ")
    sent = {"version": new.version, "reason": "抬头有误"}
    assert browser.post(f"{url}void/", sent).status_code == 302
    new.refresh_from_db()
    assert (new.status, new.voided_by, new.void_reason) == ("voided", he, "抬头有误")
    contract.refresh_from_db()
    assert contract.invoiced == 10
    assert "抬头有误" in words(browser.get(url))
    # What a red one takes from is not void any more, unless that is.
    first = issued(contract, 30, he, 3)
    red = an_invoice(contract, -5, red_of=first)
    refused("conflict", invoicing.void, first, by=he, reason="重复")  # one is asked for
    invoicing.issue(red, paper(4), by=he)
    refused("conflict", invoicing.void, first, by=he, reason="重复")
    invoicing.void(red, by=he, reason="重复")
    invoicing.void(first, by=he, reason="重复")
    contract.refresh_from_db()
    assert contract.invoiced == 10
    assert differences() == []


def test_nobody_voids_what_they_asked_for(contract, he):
    other = hire("cashier", "田雨", "finance", department=he.department)
    own = an_invoice(contract, 5, he)
    invoicing.issue(own, paper(1), by=other)
    refused("forbidden", invoicing.void, own, by=he, reason="重复")
    invoicing.void(own, by=other, reason="重复")


def test_what_is_issued_never_changes_but_for_its_way(contract, zhang, he, sign_in):
    invoice = issued(contract, 10, he)
    for change in (
        {"amount": 11},
        {"title": "某公司"},
        {"status": "requested"},
        {"paper_number": "87654321"},
        {"issued_on": last_month()},
        {"void_reason": "重复"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), acting(he):
            Invoice.objects.filter(pk=invoice.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic(), acting(zhang):
        Invoice.objects.filter(pk=invoice.pk).update(courier="顺丰")
    refused("conflict", invoice.discard, zhang)
    browser = sign_in(zhang)
    for page in ("edit", "delete"):
        assert browser.get(f"/invoices/{invoice.pk}/{page}/").status_code == 409
    browser = sign_in(he)
    sent = {"version": invoice.version, "courier": "顺丰", "courier_number": "SF1"}
    assert browser.post(f"/invoices/{invoice.pk}/courier/", sent).status_code == 302
    invoice.refresh_from_db()
    assert (invoice.courier, invoice.courier_number) == ("顺丰", "SF1")
    taken = an_invoice(contract, 1)
    refused("invalid", invoicing.issue, taken, paper(1), by=he)
    tomorrow = timezone.localdate() + timedelta(days=1)
    coming = paper(2, issued_on=tomorrow)
    refused("invalid", invoicing.issue, taken, coming, by=he)


def test_a_rejected_one_is_corrected_and_waits_again(contract, zhang, he, sign_in):
    browser = sign_in(zhang)
    form = form_of(browser, f"/invoices/add/?contract={contract.pk}")
    assert browser.post("/invoices/add/", form).status_code == 302
    invoice = Invoice.objects.get()
    asked = Notice.objects.filter(person=he, verb="invoice_requested", read_at=None)
    assert asked.exists()
    url = f"/invoices/{invoice.pk}/"
    finance = sign_in(he)
    menu = finance.get("/").text
    assert "/invoices/" in menu
    sent = {"version": invoice.version, "reason": "税号与抬头不符"}
    assert finance.post(f"{url}rejection/", sent).status_code == 302
    assert not asked.exists()
    assert finance.post(f"{url}rejection/", sent).status_code == 409
    assert Notice.objects.filter(person=zhang, verb="invoice_rejected").exists()
    browser = sign_in(zhang)
    assert "税号与抬头不符" in words(browser.get(url))
    form = form_of(browser, f"{url}edit/") | {"amount": "9.99"}
    assert browser.post(f"{url}edit/", form).status_code == 302
    invoice.refresh_from_db()
    assert (invoice.status, invoice.rejection) == ("requested", "")
    finance = sign_in(he)
    sent = {"version": invoice.version, "paper_number": "1"}
    assert finance.post(f"{url}issue/", sent).status_code == 422
    sent["paper_number"] = "25332000000012345678"
    assert finance.post(f"{url}issue/", sent).status_code == 302
    assert Notice.objects.filter(person=zhang, verb="invoice_issued").exists()
    assert f"/invoices/{invoice.pk}/" in finance.get("/invoices/?status=issued").text


def test_nobody_is_asked_for_what_was_deleted(contract, zhang, he, sign_in):
    browser = sign_in(zhang)
    form = form_of(browser, f"/invoices/add/?contract={contract.pk}")
    assert browser.post("/invoices/add/", form).status_code == 302
    unread = Notice.objects.filter(person=he, read_at=None)
    assert unread.exists()
    Invoice.objects.get().discard(zhang)
    assert not unread.exists()


def test_a_change_does_not_go_below_what_is_invoiced(contract, zhang, he, sign_in):
    issued(contract, LARGE - 1, he)
    approval.amend(contract, by=zhang)
    contract.refresh_from_db()
    url = f"/contracts/{contract.pk}/amendment/edit/"
    browser = sign_in(zhang)
    form = form_of(browser, url)
    answer = browser.post(url, form | {"amount": str(LARGE - 2)})
    assert answer.status_code == 422
    assert f"已开票 {LARGE - 1:,.2f} 元" in words(answer)
    change = contract.amendments.get()
    with acting(zhang):
        type(change).objects.filter(pk=change.pk).update(amount=LARGE - 2)
    with (
        pytest.raises(ValidationError, match="已开票"),
        translation.override("zh-hans"),
    ):
        approval.submit_change(contract, by=zhang)
    with acting(zhang):
        type(change).objects.filter(pk=change.pk).update(amount=LARGE - 1)
    approval.submit_change(contract, by=zhang)


def test_the_contract_says_what_is_invoiced_and_not_received(zhang, zhao, he, sign_in):
    contract, (first, _second) = owing(zhang, zhao)
    issued(contract, 1000, he)
    receipt = confirmed(contract.customer, 300, zhang, he)
    pays(receipt, he, (first, 300))
    contract.refresh_from_db()
    assert (contract.invoiced, contract.invoiced_unpaid) == (1000, 700)
    browser = sign_in(he)
    page = browser.get("/receivables/").text
    assert "invoiced_unpaid_min=0.01" in page
    url = "/contracts/?invoiced_unpaid_min=0.01&sort=-invoiced_unpaid"
    assert 'data-total="1"' in browser.get(url).text
    receiving.allocate(receipt, {first.pk: Decimal(0)}, by=he)
    contract.refresh_from_db()
    assert contract.invoiced_unpaid == 1000
    page = words(browser.get(f"/contracts/{contract.pk}/"))
    assert "发票" in page
    assert differences() == []


@pytest.mark.parametrize(
    ("amount", "rate", "tax"),
    [
        ("113", "13", "13"),
        ("100", "6", "5.66"),
        ("-100", "6", "-5.66"),
        ("7", "0", "0"),
    ],
)
def test_the_tax_is_rounded_by_one_rule(contract, amount, rate, tax):
    invoice = an_invoice(contract, amount, tax_rate=Decimal(rate))
    assert invoice.tax == Decimal(tax)


def test_invoices_are_asked_for_by_a_file(contract, lina, sign_in):
    name, number = contract.customer.name, contract.number
    found = run(
        sign_in(lina),
        "客户,合同,类型,金额,税率\n"
        f"{name},{number},增值税普通发票,1130,13\n"
        f"{name},{number},普票,{LARGE + CENT},\n"
        f"{name},{number},专票,1,\n"
        f"{name},{number},普票,-1,\n",
        "开票.csv",
        "/invoices/import/",
    )
    assert (found.created, found.refused) == (1, 3)
    invoice = Invoice.objects.get()
    assert (invoice.title, invoice.kind, invoice.tax) == (name, "ordinary", 130)


def test_a_list_that_asks_for_too_much_is_told_so(contract, lina, sign_in):
    half = contract.amount / 2 + 1
    rows = f"{contract.customer},{contract.number},{half}\n" * 2
    found = run(sign_in(lina), f"客户,合同,金额\n{rows}", address="/invoices/import/")
    assert [row.number for row in found.refusals.all()] == [3]
    assert found.refusals.get().reasons == [["", "申请的金额超过尚可开票的金额。"]]
