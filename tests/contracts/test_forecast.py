"""While a contract is being written one is told who will have to approve it."""

import re
from decimal import Decimal

import pytest

from contracts import approval
from contracts.models import ApprovalRule, Contract
from contracts.rounding import line_amount
from tests.contracts.test_contract_pages import queries
from tests.factories import a_contract, a_customer, a_product, an_item

pytestmark = pytest.mark.django_db

ADDRESS = "/contracts/forecast/"
HEAD, ABOVE = "负责人所在部门主管", "上级部门主管"


def told(browser, **typed):
    """Return what the form is told, line by line."""
    answer = browser.post(ADDRESS, typed)
    assert answer.status_code == 200
    found = re.findall(r"<p[^>]*>(.*?)</p>", answer.content.decode())
    return [" ".join(line.split()) for line in found]


def test_an_empty_form_says_from_which_amounts_on(zhang, sign_in):
    assert told(sign_in(zhang)) == [
        f"满 100,000 元需审批：{HEAD}。",
        f"满 1,000,000 元需审批：{HEAD} → {ABOVE}。",
    ]


@pytest.mark.parametrize(
    ("amount", "who"),
    [("99,999.99", None), ("10万", HEAD), ("1000000", f"{HEAD} → {ABOVE}")],
)
def test_an_amount_says_who(zhang, sign_in, amount, who):
    first = told(sign_in(zhang), amount=amount)[0]
    if who is None:
        assert first == "按目前内容无需审批，提交后送登记箱登记。"
    else:
        assert first.startswith(f"提交后需审批：{who}（规则")


def test_the_lines_count_where_no_amount_is_typed(zhang, sign_in):
    browser = sign_in(zhang)
    assert "无需审批" in told(browser, amount="", lines_total="50000.00")[0]
    assert HEAD in told(browser, amount="", lines_total="150000.00")[0]
    assert "无需审批" in told(browser, amount="1", lines_total="150000.00")[0]


def test_kind_discount_and_credit_count_as_on_submission(zhang, zhao, sign_in):
    ApprovalRule.objects.update(active=False)
    kind, grade = an_item("contract_kind", "service"), an_item("credit_grade", "C")
    rule = ApprovalRule.objects.create(
        name="打折的服务合同", kind=kind, credit_grade=grade, discount_over=10
    )
    rule.steps.create(position=1, asks="person", person=zhao)
    customer = a_customer(zhang, credit_grade=grade)
    browser = sign_in(zhang)
    typed = {"amount": "10", "kind": kind.pk, "customer": customer.pk}
    assert "无需审批" in told(browser, **typed, lines_discount="10")[0]
    asked, why = told(browser, **typed, lines_discount="10.5")[:2]
    assert "赵强" in asked
    assert why == (
        f"条件：合同类型 {kind}；任一折扣（减免 %）超过 10；客户信用等级 {grade}"
    )
    assert "无需审批" in told(browser, **typed | {"kind": ""}, lines_discount="50")[0]
    contract = a_contract(zhang, customer=customer, kind=kind, amount=Decimal(8))
    contract.lines.create(
        product=a_product(zhang), quantity=1, unit_price=10, discount=20
    )
    contract.refresh_from_db()
    approval.submit(contract, by=zhang)
    assert contract.rounds.get().rule_name == rule.name


def test_the_grade_of_a_customer_one_cannot_see_is_not_told(wang, zhang, sign_in):
    grade = an_item("credit_grade", "C")
    ApprovalRule.objects.update(credit_grade=grade)
    hidden = a_customer(wang, credit_grade=grade)
    assert "无需审批" in told(sign_in(zhang), amount="100000", customer=hidden.pk)[0]


def test_a_rule_that_asks_by_any_field_says_which(zhang, sign_in):
    rule = ApprovalRule.objects.order_by("amount_from").last()
    rule.conditions.create(place=1, field="tax_rate", operator="under", value="6")
    typed = {"amount": "9000000", "tax_rate": "3"}
    why = told(sign_in(zhang), **typed)[1]
    assert why == "条件：金额下限（元） 1,000,000.00；税率（%） &lt; 6"


@pytest.mark.parametrize("bad", ["", "x", "-1", "1e400", "٣", "9" * 400, "\0"])
def test_what_cannot_be_read_counts_as_open(zhang, sign_in, bad):
    names = ("amount", "lines_total", "lines_discount", "kind", "customer")
    more = ("title", "tax_rate", "signed_on", "external_number", "owner", "signatory")
    told(sign_in(zhang), **dict.fromkeys((*names, *more), bad))


def sums(browser, **typed):
    """Return {label: text} of what the typed numbers come to."""
    page = browser.post(ADDRESS, typed).content.decode()
    return dict(re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page))


def test_an_amount_is_told_in_capitals_with_its_tax(zhang, sign_in):
    browser = sign_in(zhang)
    assert sums(browser) == {}
    assert sums(browser, amount="10万", tax_rate="13") == {
        "其中税额（元）": "11,504.42",  # 11,504.4247…
        "不含税金额（元）": "88,495.58",
        "金额大写": "人民币壹拾万元整",
    }
    assert sums(browser, amount="0.01", tax_rate="100")["其中税额（元）"] == "0.01"
    assert sums(browser, amount="1", tax_rate="0")["其中税额（元）"] == "0.00"
    assert "其中税额（元）" not in sums(browser, amount="1", tax_rate="x")


def test_what_the_lines_take_off_is_told(zhang, sign_in):
    browser = sign_in(zhang)
    lines = {"lines_total": "45018.00", "lines_full": "50020.00"}
    assert sums(browser, **lines) == {
        "较原价优惠（元）": "5,002.00",
        "金额大写": "人民币肆万伍仟零壹拾捌元整",
    }
    assert list(sums(browser, lines_total="9", lines_full="9")) == ["金额大写"]


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "amount"),
    [
        ("1.005", "1", "0", "1.01"),  # half a cent goes up
        ("0.333", "0.01", "0", "0.00"),
        ("3", "33.33", "15", "84.99"),  # 84.9915
        ("1", "0.01", "50", "0.01"),
        ("33333333.335", "1000000.01", "12.34", "29220000293661.00"),
        ("10000", "0.0125", "0", "125.00"),  # a screw of 1¼ 分
        ("99999999.999", "9999.9999", "0.01", "999899989991.00"),
    ],
)
def test_postgresql_rounds_a_line_as_we_do(zhang, quantity, price, discount, amount):
    numbers = [Decimal(text) for text in (quantity, price, discount)]
    named = dict(zip(("quantity", "unit_price", "discount"), numbers, strict=True))
    contract = a_contract(zhang, customer=a_customer(zhang))
    line = contract.lines.create(product=a_product(zhang), **named)
    line.refresh_from_db()
    assert line.amount == line_amount(*numbers) == Decimal(amount)


def test_who_registers_has_it_in_the_books_at_once(lina, sign_in):
    assert told(sign_in(lina), amount="1")[0] == "按目前内容无需审批，提交后即履行中。"


def test_a_forecast_costs_little_and_writes_nothing(zhang, sign_in):
    browser = sign_in(zhang)
    address = f"{ADDRESS}?amount=100000&customer={a_customer(zhang).pk}"
    assert queries(browser, address) <= 9
    assert browser.put(ADDRESS).status_code == 405
    assert browser.post(ADDRESS, {"amount": "1"}).status_code == 200
    assert not Contract.objects.exists()


def test_a_lookup_of_products_tells_their_prices(zhang, sign_in):
    pump = a_product(zhang, name="水泵", price=Decimal("1250.50"))
    plain = a_product(zhang, name="水表", price=None)
    found = sign_in(zhang).get("/options/contracts.product/", {"q": "水"}).json()
    prices = {row["id"]: row["price"] for row in found["results"]}
    assert prices == {pump.pk: "1250.50", plain.pk: None}
