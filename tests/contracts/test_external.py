"""The number that another system gives a contract: once, approved, found, applied."""

import json
from decimal import Decimal

import pytest
from django.db import IntegrityError

from contracts import approval
from contracts.models import Contract
from contracts.snapshots import differences
from tests.contracts.test_approval import in_state, refused, verdict
from tests.contracts.test_contract_pages import address, do, fields_of, words
from tests.factories import a_contract, a_customer
from tests.pages import ids
from tests.samples import counts, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(zhang, zhao):
    """Return a contract of 张伟's in force that the old system calls ERP-17."""
    contract = in_state("registered", zhang, zhao)
    change = approval.amend(contract, by=zhang)
    change.external_number = "ERP-17"
    change.save(update_fields=["external_number", "external_key"])
    approval.submit_change(contract, by=zhang)
    verdict(contract, zhao)
    return Contract.objects.get(pk=contract.pk)


def test_a_contract_is_found_by_its_external_number(zhang, sign_in):
    browser = sign_in(zhang)
    sent = fields_of(browser, "/contracts/add/")
    sent |= {"title": "旧系统的合同", "amount": "500", "external_number": "ERP-0017"}
    sent["customer"] = a_customer(zhang).pk
    assert browser.post("/contracts/add/", sent).status_code == 302
    contract = a_contract(zhang, title="2026 年的 ERP-0017 项目")
    found = Contract.objects.get(external_number="ERP-0017")
    for written in ("ERP-0017", "erp0017", "ｅｒｐ－0017", "0017"):
        listed = browser.get("/contracts/", {"external_number": written})
        assert ids(listed) == [found.pk]
        assert ids(browser.get("/contracts/", {"q": written})) == [
            contract.pk,
            found.pk,
        ]
    assert "ERP-0017" in words(browser.get(address(found)))
    assert "ERP-0017" in words(browser.get(address(found, "sheet")))


def test_an_external_number_stands_once(zhang, sign_in, contract):
    browser, draft = sign_in(zhang), a_contract(zhang)
    edit = address(draft, "update")
    answer = browser.post(
        edit, fields_of(browser, edit) | {"external_number": "ｅｒｐ－17"}
    )
    assert answer.status_code == 422
    assert "external_number" in answer.context["form"].errors
    draft.external_number = "erp -17"
    with pytest.raises(IntegrityError, match="contract_external_once"):
        draft.save(update_fields=["external_number"])


def test_a_change_may_keep_the_number_of_its_contract(zhang, sign_in, contract):
    browser = sign_in(zhang)
    do(browser, contract, "amendment")
    edit = address(contract, "amendment_update")
    sent = fields_of(browser, edit)
    assert sent["external_number"] == "ERP-17"
    assert browser.post(edit, sent | {"terms": "验收后付款"}).status_code == 302
    assert do(browser, contract, "amendment_submission").status_code == 302


def test_an_approved_change_brings_its_number(zhang, zhao, sign_in, contract):
    browser = sign_in(zhang)
    do(browser, contract, "amendment")
    edit = address(contract, "amendment_update")
    browser.post(edit, fields_of(browser, edit) | {"external_number": "SAP 4711"})
    do(browser, contract, "amendment_submission")
    page = words(browser.get(address(contract, "amendment")))
    number = page.partition("外部编号</dt>")[2].partition("</dd>")[0].strip()
    assert number == "<dd><del>ERP-17</del> → <ins>SAP 4711</ins>"
    assert Contract.objects.get(pk=contract.pk).external_number == "ERP-17"
    verdict(contract, zhao)
    held = Contract.objects.get(pk=contract.pk)
    assert (held.external_number, held.external_key) == ("SAP 4711", "SAP4711")
    assert held in Contract.objects.search("sap-4711", zhang)
    assert held not in Contract.objects.search("erp-17", zhang)


def test_a_change_to_a_number_that_is_taken_is_told_at_the_field(
    zhang, zhao, sign_in, contract
):
    browser, other = sign_in(zhang), in_state("registered", zhang, zhao)
    approval.amend(other, by=zhang)
    edit = address(other, "amendment_update")
    sent = fields_of(browser, edit) | {"external_number": "Erp-17"}
    answer = browser.post(edit, sent)
    assert answer.status_code == 422
    assert contract.number in str(answer.context["form"].errors["external_number"])


def test_who_takes_the_number_first_has_it(zhang, zhao, sign_in, contract):
    first, second = (in_state("registered", zhang, zhao) for _each in range(2))
    for one in (first, second):
        change = approval.amend(one, by=zhang)
        change.external_number = "NEW-1"
        change.save(update_fields=["external_number", "external_key"])
    for one in (first, second):
        approval.submit_change(one, by=zhang)
    verdict(first, zhao)
    second.refresh_from_db()
    answer = do(
        sign_in(zhao),
        second,
        "decision",
        approved="true",
        round=second.rounds.first().pk,
    )
    assert answer.status_code == 409
    assert "已有记录使用此外部编号" in words(answer)
    second.refresh_from_db()
    assert (second.edition, second.external_number) == (1, "")
    approval.recall_change(second, by=zhang)
    refused("invalid", approval.submit_change, second, by=zhang)


def test_postgresql_freezes_the_number_of_what_holds(contract):
    rows = Contract.objects.filter(pk=contract.pk)
    with pytest.raises(IntegrityError, match="frozen"):
        rows.update(external_number="ERP-18", external_key="erp18")


def test_a_content_from_before_the_field_counts_as_empty(contract):
    before, after = (
        json.loads(contract.editions.get(number=number).round.snapshot)
        for number in (1, 2)
    )
    told = differences(before, after)
    assert [(one["name"], one["old"], one["new"]) for one in told] == [
        ("external_number", "", "ERP-17")
    ]
    del before["external_number"]
    assert differences(before, after) == told


def brought(browser, text, **changes):
    """Import a file of contracts."""
    return run(browser, text, "合同.csv", "/contracts/import/", **changes)


def test_contracts_come_in_as_drafts_with_their_numbers(lina, zhang, sign_in):
    customer = a_customer(zhang, name="恒达机械有限公司")
    text = (
        "合同编号,原合同号,合同名称,客户名称,合同金额,签订日期,我方签约人,负责人\n"
        ",OA-1,水泵,恒达机械有限公司,500.50,2025-03-01,张伟,张伟\n"
        ",OA-2,阀门,恒达机械有限公司,,2025-03-01,张伟,张伟\n"
    )
    found = brought(sign_in(lina), text)
    assert counts(found) == (2, 1, 0, 0, 1)
    contract = Contract.objects.get(external_number="OA-1")
    assert (contract.customer, contract.amount) == (customer, Decimal("500.50"))
    assert (contract.status, contract.owner) == ("draft", zhang)
    assert contract.number.startswith("HT-")
    assert contract in Contract.objects.search(contract.number[3:], lina)
    assert contract in Contract.objects.search("oa1", lina)


def test_a_row_with_an_external_number_updates_its_contract(
    lina, zhang, sign_in, contract
):
    customer = a_customer(zhang, name="恒达机械有限公司")
    draft = a_contract(zhang, external_number="OA-1", customer=customer)
    text = (
        "外部编号,合同名称,客户,合同金额\n"
        "ｏａ－1,改过的名称,恒达机械有限公司,800\n"
        "ERP-17,改不了的,恒达机械有限公司,800\n"
    )
    found = brought(sign_in(lina), text, known="update")
    assert counts(found) == (2, 0, 1, 0, 1)
    draft.refresh_from_db()
    assert (draft.title, draft.amount) == ("改过的名称", 800)
    assert draft.external_number == "OA-1"
    assert "不能编辑" in str(found.refusals.get().reasons)
    assert Contract.objects.get(pk=contract.pk).title != "改不了的"
