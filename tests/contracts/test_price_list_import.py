"""Price lists come in as files: a row for each price, and what is refused of them."""

from decimal import Decimal

import pytest

from contracts.models import PriceList
from system.models import RefusedRow
from tests.factories import a_customer, a_price_list, a_product
from tests.samples import run

pytestmark = pytest.mark.django_db

HEAD = "价格表,生效日期,适用于,客户,优先级,产品,起订数量,价格,最低价\n"


@pytest.fixture
def pump(lina):
    """A product with a code."""
    return a_product(lina, code="SB-1", name="水泵")


def brought(browser, *rows):
    """Import rows of a file; return the run."""
    return run(browser, HEAD + "\n".join(rows), "价格.csv", "/price-lists/import/")


def reasons(found):
    """Return why rows were refused."""
    rows = RefusedRow.objects.filter(run=found).order_by("number")
    return [" ".join(text for _name, text in row.reasons) for row in rows]


def test_the_rows_of_a_list_stand_below_each_other(zhang, lina, pump, sign_in):
    customer = a_customer(zhang)
    found = brought(
        sign_in(lina),
        "标准价,2027-01-01,所有客户,,,SB-1,,100,90",
        "标准价,2027-01-01,所有客户,,,水泵,10,95.1234,",
        f"专价,2027-01-01,指定客户,{customer.name},5,SB-1,,80,",
    )
    assert (found.created, found.refused) == (3, 0)
    standard, own = PriceList.objects.order_by("pk")
    rows = standard.prices.order_by("min_qty").values_list("min_qty", "price", "floor")
    assert list(rows) == [(0, 100, 90), (10, Decimal("95.1234"), None)]
    assert (own.priority, *own.customers.all()) == (5, customer)
    again = brought(sign_in(lina), "标准价,2027-01-01,,,,SB-1,,70,")
    assert again.created == 0
    assert standard.prices.count() == 2


def test_a_list_with_a_wrong_row_stays_out_as_a_whole(lina, pump, sign_in):
    found = brought(
        sign_in(lina),
        "甲,2027-01-01,,,,SB-1,,100,",
        "甲,2027-01-01,,,,SB-1,10,90,91",
        "乙,2028-01-01,,,,SB-1,,-1,",
        "丙,2029-01-01,,,,没有的,,1,",
        "丁,2030-01-01,,,,SB-1,,1.00001,",
        "戊,2031-01-01,,,,SB-1,5,1,",
        "戊,2031-01-01,,,,SB-1,5,2,",
        "己,2032-01-01,,,,SB-1,,7,",
    )
    assert (found.created, found.refused) == (1, 7)
    assert [row.name for row in PriceList.objects.all()] == ["己"]
    told = reasons(found)
    assert "最低价高于价格" in told[1]
    assert "起价格" in told[5] or "该产品" in told[5]


def test_a_list_that_ties_with_another_is_refused_in_words(zhang, lina, pump, sign_in):
    customer = a_customer(zhang)
    a_price_list(lina, (pump, 0, 9), starts_on="2027-01-01")
    a_price_list(
        lina,
        (pump, 0, 9),
        holds_for="named",
        customers=[customer],
        starts_on="2027-01-01",
    )
    found = brought(
        sign_in(lina),
        "甲,2027-01-01,,,,SB-1,,100,",
        f"乙,2027-01-01,指定客户,{customer.name},,SB-1,,1,",
        "丙,2027-01-02,,,,SB-1,,7,",
    )
    assert (found.created, found.refused) == (1, 2)
    assert all("相同的优先级" in text for text in reasons(found))
    assert not PriceList.objects.filter(name__in="甲乙").exists()


def test_a_long_list_comes_in(lina, sign_in):
    products = [a_product(lina, code=f"L{number:04}") for number in range(400)]
    rows = [f"长表,2027-01-01,,,,{product.code},,{7},6" for product in products]
    assert brought(sign_in(lina), *rows).created == 400
    assert PriceList.objects.get().prices.count() == 400
