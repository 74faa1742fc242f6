"""Quotations come in as files: drafts, whose lines are beside no list at first."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from sales.approval import FLOW
from sales.models import Quotation
from system.models import RefusedRow
from tests.contracts.test_contract_pages import fields_of, words
from tests.factories import (
    a_contact,
    a_customer,
    a_price_list,
    a_product,
    a_quotation,
    an_opportunity,
)
from tests.sales.test_quotation_form import FORECAST, address
from tests.samples import counts, run

pytestmark = pytest.mark.django_db

HEAD = (
    "报价标题,客户名称,联系人,商机编号,报价日期,有效期至,整单折扣,税率,报价说明,负责人,"
    "产品编码,数量,单价,折扣\n"
)

#: Made today, and valid for a month.
TODAY = timezone.localdate()
HOLDS = f"{TODAY},{TODAY + timedelta(days=30)}"


@pytest.fixture
def pump(lina):
    """A product that costs 100 by itself."""
    return a_product(lina, code="SB-1", name="水泵", price=Decimal(100))


@pytest.fixture
def valve(lina):
    """A product that costs 33.33 by itself."""
    return a_product(lina, code="FM-1", name="阀门", price=Decimal("33.33"))


@pytest.fixture
def lake(zhang):
    """A customer of 张伟."""
    return a_customer(zhang, name="昆明翠湖仪器有限公司")


@pytest.fixture
def plant(zhang):
    """Another customer of 张伟."""
    return a_customer(zhang, name="文山印染厂")


def brought(browser, *rows, head=HEAD):
    """Import rows of a file; return the run."""
    text = head + "\n".join(rows)
    return run(browser, text, "报价.csv", "/quotations/import/")


def reasons(run_):
    """Return why rows were refused."""
    rows = RefusedRow.objects.filter(run=run_).order_by("number")
    return [" ".join(f"{name}{text}" for name, text in row.reasons) for row in rows]


def lines(quotation):
    """Return (product, quantity, price, discount, listed price) of the lines."""
    names = ("product__code", "quantity", "unit_price", "discount", "list_price")
    return list(quotation.lines.order_by("pk").values_list(*names))


def test_two_quotations_come_in_as_drafts_with_their_lines(
    zhang, lina, pump, valve, lake, plant, sign_in
):
    a_contact(lake, name="赵敏")
    deal = an_opportunity(zhang, customer=lake)
    about = f"冷却水泵,{lake.name},赵敏,{deal.number}"
    first = f"{about},2026-11-02,2026-12-02,2,13,三十天账期,张伟"
    second = f"阀门更换,{plant.name},,,2026/11/5,2026/12/31,,,,张伟"
    done = brought(
        sign_in(lina),
        f'{first},SB-1,3,"1,095.5",5',
        f"{first},FM-1,10,,",
        f"{second},阀门,2,30,",
    )
    assert counts(done) == (3, 3, 0, 0, 0), reasons(done)
    cooling, change = Quotation.objects.order_by("quoted_on")
    assert (cooling.title, cooling.customer, cooling.owner) == ("冷却水泵", lake, zhang)
    assert (cooling.contact.name, cooling.opportunity) == ("赵敏", deal)
    assert (cooling.discount, cooling.tax_rate) == (2, 13)
    assert (cooling.quoted_on, cooling.valid_until) == (
        date(2026, 11, 2),
        date(2026, 12, 2),
    )
    assert cooling.terms == "三十天账期"
    assert lines(cooling) == [
        ("SB-1", 3, Decimal("1095.5"), 5, None),
        ("FM-1", 10, Decimal("33.33"), 0, None),
    ]
    assert cooling.amount == Decimal("3059.73") + Decimal("326.63")
    assert lines(change) == [("FM-1", 2, 30, 0, None)]
    for quotation in (cooling, change):
        assert (quotation.status, quotation.edition) == ("draft", 1)
        assert quotation.registration == "registered"
        assert quotation.entered_by == lina
        assert not quotation.rounds.exists()


def test_the_lists_are_asked_when_it_is_handed_in(
    zhang, zhao, qian, lina, pump, lake, sign_in
):
    prices = a_price_list(lina, (pump, 0, 120), (pump, 10, 110, 105), name="标准价")
    row = f"冷却水泵,{lake.name},,,{HOLDS},,,,张伟,SB-1"
    brought(sign_in(lina), f"{row},4,104,", f"{row},6,110,")
    quotation = Quotation.objects.get()
    assert [line[-1] for line in lines(quotation)] == [None, None]
    assert quotation.below_floor is False
    browser = sign_in(zhang)
    assert browser.post(address(quotation, "submission")).status_code == 302
    quotation.refresh_from_db()
    assert (quotation.status, quotation.below_floor) == ("pending", True)
    assert quotation.rounds.get().rule_name == "低于最低价"
    names = ("list_price", "floor", "price_list")
    assert set(quotation.lines.values_list(*names)) == {(110, 105, prices.pk)}
    assert quotation.list_amount == 1100


def test_what_a_list_fixes_is_refused_when_it_is_handed_in(
    zhang, lina, pump, lake, sign_in
):
    a_price_list(lina, (pump, 0, 120), name="统一价", forced=True)
    row = f"冷却水泵,{lake.name},,,{HOLDS},,,,张伟,SB-1,4"
    brought(sign_in(lina), f"{row},104,")
    quotation = Quotation.objects.get()
    answer = sign_in(zhang).post(address(quotation, "submission"))
    assert answer.status_code == 422
    assert "统一价" in words(answer)
    quotation.refresh_from_db()
    assert (quotation.status, quotation.lines.get().list_price) == ("draft", None)


def test_its_form_says_and_asks_what_handing_it_in_will(
    zhang, zhao, qian, lina, pump, lake, sign_in
):
    a_price_list(lina, (pump, 0, 120, 110), name="标准价")
    row = f"冷却水泵,{lake.name},,,{HOLDS},,,,张伟,SB-1,4"
    brought(sign_in(lina), f"{row},104,")
    quotation = Quotation.objects.get()
    browser, at = sign_in(zhang), address(quotation, "update")
    data = fields_of(browser, at)
    assert "低于最低价" in words(browser.post(FORECAST, data))
    assert browser.post(at, data).status_code == 302
    assert lines(quotation) == [("SB-1", 4, 104, 0, 120)]


def test_a_quotation_with_a_wrong_row_stays_out_as_a_whole(
    zhang, wang, lina, pump, lake, plant, sign_in
):
    theirs = a_contact(plant, name="钱工")
    days, by = "2026-11-02,2026-12-02", "张伟,SB-1"
    right = f"{lake.name},,,{days},,,,{by},4,104,"
    refused = {
        f"乙,{lake.name},,,{days},,,,张伟,没有的,4,104,": "产品",
        f"乙,{right}": "第 3 行",
        f"丙,{lake.name},,,2026-11-02,2026-11-01,,,,{by},4,104,": "有效期",
        f"丁,{lake.name},,,{days},101,,,{by},4,104,": "折扣",
        f"戊,{lake.name},,,{days},,,,{by},-4,104,": "数量不能小于 0",
        f"己,没有的客户,,,{days},,,,{by},4,104,": "客户",
        f"庚,{lake.name},{theirs.name},,{days},,,,{by},4,104,": "联系人",
        f"辛,{lake.name},,,{days},,,,{by},4,104,101": "折扣不能大于 100",
    }
    done = brought(sign_in(lina), f"甲,{right}", *refused)
    assert (done.created, done.refused) == (1, 8)
    assert Quotation.objects.get().title == "甲"
    for why, text in zip(refused.values(), reasons(done), strict=True):
        assert why in text


def test_what_was_brought_again_is_the_same_and_what_is_approved_stays(
    zhang, lina, pump, lake, sign_in
):
    row = f"冷却水泵,{lake.name},,,{HOLDS},,,,张伟,SB-1,4"
    brought(sign_in(lina), f"{row},100,")
    again = brought(sign_in(lina), f"{row},100,")
    assert again.created == 0
    quotation = Quotation.objects.get()
    FLOW.submit(quotation, by=zhang)
    assert quotation.status == "approved"
    brought(sign_in(lina), f"{row},1,")
    quotation.refresh_from_db()
    assert quotation.amount == 400
    assert Quotation.objects.count() == 1


def test_a_draft_is_found_again_by_customer_title_and_day(
    zhang, lina, pump, lake, sign_in
):
    quotation = a_quotation(zhang, (pump, 1, 100), customer=lake, title="冷却水泵")
    head = "报价标题,客户名称,报价日期,税率,产品编码,数量,单价\n"
    row = f"冷却水泵,{lake.name},{quotation.quoted_on},9,SB-1,2,100"
    browser = sign_in(lina)
    for known, expected in (("skip", (1, 0, 0, 1, 0)), ("update", (1, 0, 1, 0, 0))):
        done = run(browser, head + row, "报价.csv", "/quotations/import/", known=known)
        assert counts(done) == expected, reasons(done)
    quotation.refresh_from_db()
    assert quotation.tax_rate == 9
    assert lines(quotation) == [("SB-1", 1, 100, 0, 100)]


def test_only_who_may_import_brings_any(zhang, zhao, chen, sign_in):
    for person in (zhang, zhao, chen):
        assert sign_in(person).get("/quotations/import/").status_code == 403
