"""Contracts come in together with their lines, as a whole or not at all."""

from decimal import Decimal

import pytest

from contracts import approval
from contracts.models import Contract, ContractLine
from system.imports import previewing, running
from tests.factories import a_customer, a_product
from tests.samples import counts, preview, run

pytestmark = pytest.mark.django_db

ADDRESS = "/contracts/import/"
HEAD = "原合同号,合同名称,客户,签订日期,产品,数量,单价,折扣\n"
FIRST = "A-1,甲合同,华夏公司,2025-01-02,P1,2,100,\n"
LINES = (
    f"{HEAD}{FIRST}"
    "A-1,甲合同,华夏公司,2025-01-02,P2,1,,10\n"
    ",,,,螺母,3,10,\n"
    "B-1,乙合同,华夏公司,2025-01-02,P9,1,1,\n"
    "B-1,乙合同,华夏公司,2025-01-02,P1,1,1,\n"
    "C-1,丙合同,华夏公司,2025-01-02,,,,\n"
    "D-1,丁合同,华夏公司,2025-01-02,P1,1.5,0.33,\n"
)


@pytest.fixture(autouse=True)
def customer(lina):
    """A customer, and what one may sell them."""
    a_product(lina, code="P1", name="螺母", price=Decimal(7))
    a_product(lina, code="P2", name="螺栓", price=Decimal(50))
    return a_customer(lina, name="华夏公司")


def lines_of(contract):
    """Return (product, quantity, price, discount) of each line."""
    rows = contract.lines.order_by("pk").select_related("product")
    return [(r.product.code, r.quantity, r.unit_price, r.discount) for r in rows]


def test_rows_below_each_other_are_one_contract(lina, sign_in):
    browser = sign_in(lina)
    found = run(browser, LINES, address=ADDRESS)
    assert counts(found) == (7, 4, 0, 0, 3)
    first, last = Contract.objects.order_by("external_number")
    assert first.amount == Decimal("275.00")
    assert lines_of(first) == [("P1", 2, 100, 0), ("P2", 1, 50, 10), ("P1", 3, 10, 0)]
    assert last.amount == last.lines.get().amount == Decimal("0.50")
    reasons = {row.number: row.reasons for row in found.refusals.all()}
    assert reasons[5][0][0] == "产品"
    assert reasons[6] == [["", "该合同的第 5 行被拒绝。"]]
    assert [column for column, _reason in reasons[7]] == ["合同金额（元）"]
    assert counts(run(browser, LINES, address=ADDRESS)) == (7, 0, 0, 4, 3)
    assert ContractLine.objects.count() == 4
    approval.submit(first, by=lina)
    assert first.status != first.Status.DRAFT


@pytest.mark.parametrize("size", [1, 2, 3])
def test_slices_leave_a_contract_whole(lina, sign_in, worker, monkeypatch, size):
    for module in (previewing, running):
        monkeypatch.setattr(module, "SLICE", size)
    found = preview(sign_in(lina), LINES, address=ADDRESS)
    while not found.preview["done"]:
        previewing.go_on(found.pk)
        found.refresh_from_db()
    foreseen = [found.preview[n] for n in ("read", "created", "skipped", "refused")]
    assert foreseen == [7, 4, 0, 3]
    sign_in(lina).post(f"/system/imports/{found.pk}/run/")
    worker.drain()
    found.refresh_from_db()
    assert counts(found) == (7, 4, 0, 0, 3)
    assert Contract.objects.get(external_number="A-1").lines.count() == 3


def test_another_amount_than_the_sum_is_refused(lina, sign_in):
    text = HEAD.replace("产品", "合同金额,产品") + FIRST.replace("P1", "201,P1")
    found = run(sign_in(lina), text, address=ADDRESS)
    assert counts(found) == (1, 0, 0, 0, 1)
    assert "200" in found.refusals.get().reasons[0][1]
    assert not Contract.objects.exists()


def test_one_that_is_not_the_first_refuses_the_whole(lina, sign_in):
    text = f"{HEAD}{FIRST},,,,P2,x,,\n,,,,P2,1,,\n"
    found = run(sign_in(lina), text, address=ADDRESS)
    assert counts(found) == (3, 0, 0, 0, 3)
    reasons = [row.reasons[0] for row in found.refusals.all()]
    assert [reason[0] for reason in reasons] == ["", "数量", ""]
    again = f"{HEAD}{FIRST},,,,P2,1,,\n"
    assert counts(run(sign_in(lina), again, address=ADDRESS)) == (2, 2, 0, 0, 0)


def test_undone_they_go_with_their_lines(lina, sign_in):
    browser = sign_in(lina)
    found = run(browser, f"{HEAD}{FIRST},,,,P2,1,,\n", address=ADDRESS)
    browser.post(f"/system/imports/{found.pk}/undo/")
    assert not Contract.objects.exists()
    contract = Contract.everything.get()
    contract.restore(lina)
    assert contract.lines.count() == 2
