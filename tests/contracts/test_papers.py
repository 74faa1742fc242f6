"""Papers of contracts as PDF: what holds, for whoever may see it."""

import pytest

from contracts import approval
from crm.models import HistoryEntry
from tests.contracts.test_amendments import contract, raised  # noqa: F401
from tests.contracts.test_approval import verdict
from tests.contracts.test_contract_pages import address
from tests.factories import a_contract
from tests.papers import text_of

pytestmark = pytest.mark.django_db


def paper(browser, record, name="sheet", query=""):
    """Return the text of a paper of a contract."""
    answer = browser.get(f"{address(record, 'detail')}{name}.pdf{query}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return text_of(answer.content)


def test_the_sheet_says_what_holds(contract, zhang, zhao, sign_in):  # noqa: F811
    raised(contract, zhang)
    browser = sign_in(zhang)
    said = paper(browser, contract)
    for what in (
        contract.number,
        contract.customer.name,
        "水泵采购合同",
        "人民币壹拾万元整",
        "100,000.00",
        "总公司",
        "合同.pdf",
        "第1页共1页",
    ):
        assert "".join(what.split()) in said
    assert "999,000" not in said
    assert "草稿" not in said
    approval.submit_change(contract, by=zhang)
    verdict(contract, zhao)
    assert "999,000.00" in paper(browser, contract)
    assert "已更新" not in paper(browser, contract, query="?edition=2")
    former = paper(browser, contract, query="?edition=1")
    assert "100,000.00" in former
    assert "已更新" in former
    assert browser.get(f"{address(contract)}sheet.pdf?edition=7").status_code == 404


def test_what_is_not_in_force_says_so(zhang, zhao, sign_in):
    written = a_contract(zhang, amount=100_000)
    browser = sign_in(zhang)
    assert "草稿" in paper(browser, written)
    approval.submit(written, by=zhang)
    assert "审批中" in paper(browser, written)


def test_the_approval_sheet_tells_who_decided(contract, zhao, sign_in):  # noqa: F811
    said = paper(sign_in(zhao), contract, "approval")
    for what in ("赵强", "张伟", "人民币壹拾万元整", contract.rounds.get().sha256[:20]):
        assert what in said.replace("\u200b", "")


def test_whoever_may_not_see_it_gets_no_paper(contract, wang, nobody, zhang, sign_in):  # noqa: F811
    for person, status in ((wang, 404), (nobody, 403)):
        for name in ("sheet", "approval"):
            answer = sign_in(person).get(f"{address(contract)}{name}.pdf")
            assert answer.status_code == status
    paper(sign_in(zhang), contract)
    entry = HistoryEntry.objects.filter(verb="downloaded").get()
    assert (entry.subject_id, entry.actor_id) == (contract.pk, zhang.pk)
