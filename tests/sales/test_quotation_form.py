"""The form of a quotation: its lines beside their lists, and who will approve it."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from sales.approval import FLOW
from sales.models import Quotation
from tests.contracts.test_contract_pages import fields_of, with_line, words
from tests.contracts.test_listed_prices import errors
from tests.factories import (
    a_customer,
    a_price_list,
    a_product,
    an_opportunity,
)

pytestmark = pytest.mark.django_db
ADD = "/quotations/add/"
FORECAST = "/quotations/forecast/"
HEAD, ABOVE = "负责人所在部门主管", "上级部门主管"


@pytest.fixture
def pump(lina):
    """A product that costs 100 by itself."""
    return a_product(lina, name="水泵", price=Decimal(100))


@pytest.fixture
def customer(zhang):
    """A customer of 张伟."""
    return a_customer(zhang, name="昆明翠湖仪器有限公司")


def address(quotation, name="detail"):
    """Return the address of one of a quotation's pages, or of a verb."""
    return reverse(f"quotation_{name}", args=[quotation.pk])


def typed(browser, *lines, **fields):
    """Return the form of a new quotation with lines as a browser sends it.

    Each is (product, quantity, price, discount); price and discount may stay open.
    """
    data = fields_of(browser, ADD) | {"title": "水泵"} | fields
    for number, (product, quantity, *more) in enumerate(lines):
        price, discount = (*more, "", "")[:2]
        data = with_line(data, number, product, quantity, price, discount)
    return data | {"lines-TOTAL_FORMS": max(2, len(lines))}


def quote(browser, to, *lines, **fields):
    """Send a quotation to a customer."""
    return browser.post(ADD, typed(browser, *lines, **{"customer": to.pk, **fields}))


def rewrite(browser, quotation, **changes):
    """Send the form of a quotation again as it is shown, with some changes."""
    at = address(quotation, "update")
    return browser.post(at, fields_of(browser, at) | changes)


def listing(quotation):
    """Return (price, listed price, floor, price list) of the only line."""
    line = quotation.lines.get()
    return line.unit_price, line.list_price, line.floor, line.price_list


# --- Written beside the lists -------------------------------------------------------


def test_a_price_left_open_is_the_listed_one_and_the_list_stays_with_the_line(
    zhang, lina, pump, customer, sign_in
):
    standard = a_price_list(lina, (pump, 0, 90, 80), (pump, 10, 85, 75))
    browser, other = sign_in(zhang), a_product(lina, price=Decimal("7.5"))
    answer = quote(browser, customer, (pump, 4), (pump, 6), (other, 2), tax_rate="13")
    assert answer.status_code == 302, answer.context["form"].errors
    quotation = Quotation.objects.get()
    names = ("unit_price", "list_price", "floor", "price_list")
    assert list(quotation.lines.order_by("pk").values_list(*names)) == [
        (85, 85, 75, standard.pk),
        (85, 85, 75, standard.pk),
        (Decimal("7.5"), Decimal("7.5"), None, None),
    ]
    assert (quotation.status, quotation.owner) == ("draft", zhang)
    assert (quotation.amount, quotation.discount_most) == (865, 0)
    assert quotation.registration == "registered"
    page = browser.get(answer.url)
    for text in (quotation.number, "865.00", 'data-status="draft"'):
        assert text in words(page)


def test_below_the_lowest_price_is_no_error_and_is_marked(
    zhang, lina, pump, customer, sign_in
):
    a_price_list(lina, (pump, 0, 90, 80))
    browser = sign_in(zhang)
    answer = quote(browser, customer, (pump, 1, "90", "10"), discount="5")
    assert answer.status_code == 302, answer.context["formset"].errors
    quotation = Quotation.objects.get()
    assert listing(quotation)[:3] == (90, 90, 80)
    assert (quotation.below_floor, quotation.discount_most) == (True, Decimal("14.5"))
    assert words(browser.get(answer.url)).count("低于最低价") == 2


@pytest.mark.parametrize(
    ("price", "discount", "field"),
    [
        ("89", "", "unit_price"),
        ("91", "", "unit_price"),
        ("90", "1", "discount"),
        ("", "1", "discount"),
    ],
)
def test_a_fixed_price_is_refused_at_the_field_that_says_otherwise(
    zhang, lina, pump, customer, sign_in, price, discount, field
):
    a_price_list(lina, (pump, 0, 90), name="统一价", forced=True)
    browser = sign_in(zhang)
    answer = quote(browser, customer, (pump, 1, price, discount))
    assert errors(answer).keys() == {field}
    assert "统一价" in errors(answer)[field][0]
    assert not Quotation.objects.exists()
    assert quote(browser, customer, (pump, 1)).status_code == 302
    assert Quotation.objects.get().amount == 90


def test_what_is_off_sale_is_refused_at_its_line(zhang, pump, customer, sign_in):
    type(pump).objects.filter(pk=pump.pk).update(on_sale=False)
    answer = quote(sign_in(zhang), customer, (pump, 1, "90"))
    assert "停售" in errors(answer)["product"][0]
    assert not Quotation.objects.exists()


def test_a_discount_on_everything_does_not_go_with_a_fixed_price(
    zhang, lina, pump, customer, sign_in
):
    a_price_list(lina, (pump, 0, 90), name="统一价", forced=True)
    answer = quote(sign_in(zhang), customer, (pump, 1), discount="0.01")
    assert answer.status_code == 422
    assert "统一价" in answer.context["form"].errors["discount"][0]
    assert not Quotation.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("discount", "100.01"),
        ("discount", "-1"),
        ("discount", "x"),
        ("tax_rate", "101"),
        ("valid_until", "2020-01-01"),
        ("quoted_on", "0001-01-01"),
        ("quoted_on", "2100-01-01"),
        ("title", "　　"),
        ("customer", "999999999999999999999"),
        ("opportunity", "x"),
    ],
)
def test_bad_input_stands_at_the_field_with_all_that_was_typed(
    zhang, pump, customer, sign_in, name, value
):
    answer = quote(sign_in(zhang), customer, (pump, 3), **{name: value})
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert answer.context["formset"].forms[0]["quantity"].value() == "3"
    assert not Quotation.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quantity", "-1"),
        ("quantity", "1e400"),
        ("unit_price", "-0.01"),
        ("discount", "100.01"),
        ("product", "0"),
        ("unit_price", "999999999999999"),
    ],
)
def test_a_bad_line_stands_in_the_line(zhang, pump, customer, sign_in, name, value):
    browser = sign_in(zhang)
    data = typed(browser, (pump, "2000", "1", "1"), customer=customer.pk)
    answer = browser.post(ADD, data | {f"lines-0-{name}": value})
    assert answer.status_code == 422
    assert answer.context["formset"].errors[0]
    assert not Quotation.objects.exists()


def test_who_and_what_is_not_theirs_cannot_be_named(
    zhang, wang, pump, customer, sign_in
):
    theirs = an_opportunity(wang)
    elsewhere = an_opportunity(zhang)
    browser = sign_in(zhang)
    for named in (
        {"customer": theirs.customer_id},
        {"opportunity": theirs.pk},
        {"opportunity": elsewhere.pk},
    ):
        answer = quote(browser, customer, (pump, 1), **named)
        assert answer.context["form"].errors.keys() == named.keys()


def test_what_the_server_says_cannot_be_sent(zhang, wang, pump, customer, sign_in):
    sent = {
        "status": "approved",
        "number": "BJ-1",
        "series": "BJ-1",
        "edition": "9",
        "amount": "1",
        "below_floor": "",
        "owner": wang.pk,
        "entered_by": wang.pk,
        "contract": "1",
        "lines-0-list_price": "1",
        "lines-0-floor": "1",
        "lines-0-order_discount": "50",
    }
    assert quote(sign_in(zhang), customer, (pump, 2, "95"), **sent).status_code == 302
    quotation = Quotation.objects.get()
    assert (quotation.status, quotation.edition, quotation.amount) == ("draft", 1, 190)
    assert (quotation.owner, quotation.entered_by) == (zhang, zhang)
    assert quotation.contract is None
    assert quotation.number != "BJ-1"
    assert listing(quotation) == (95, 100, None, None)


def test_a_form_that_is_sent_twice_makes_one(zhang, pump, customer, sign_in):
    browser = sign_in(zhang)
    data = typed(browser, (pump, 2), customer=customer.pk)
    urls = {browser.post(ADD, data).url for _time in range(3)}
    quotation = Quotation.objects.get()
    assert urls == {quotation.get_absolute_url()}
    assert quotation.lines.count() == 1


@pytest.fixture
def draft(zhang, lina, pump, customer, sign_in):
    """A draft of five pumps at 90, the price of the standard list, the lowest 80."""
    a_price_list(lina, (pump, 0, 90, 80), name="标准价")
    quote(
        sign_in(zhang),
        customer,
        (pump, 5, "90"),
    )
    return Quotation.objects.get()


def test_a_draft_is_beside_the_lists_of_today(zhang, lina, pump, draft, sign_in):
    a_price_list(lina, (pump, 0, 70, 60), priority=5)
    browser = sign_in(zhang)
    assert rewrite(browser, draft, title="水泵五台").status_code == 302
    assert listing(draft)[:3] == (90, 70, 60)  # the price that was typed stays


def test_another_customer_alone_asks_the_lists_anew(zhang, lina, pump, draft, sign_in):
    other = a_customer(zhang)
    own = a_price_list(lina, (pump, 0, 120, 100), holds_for="named", customers=[other])
    assert rewrite(sign_in(zhang), draft, customer=other.pk).status_code == 302
    draft.refresh_from_db()
    assert listing(draft) == (90, 120, 100, own)
    assert (draft.discount_most, draft.below_floor) == (25, True)


def test_no_other_day_asks_other_lists(zhang, lina, pump, draft, sign_in):
    a_price_list(
        lina, (pump, 0, 50), starts_on="2025-01-01", ends_on="2025-12-31", priority=9
    )
    days = {"quoted_on": "2025-11-09", "valid_until": "2025-12-09"}
    assert rewrite(sign_in(zhang), draft, **days).status_code == 302
    assert listing(draft)[:3] == (90, 90, 80)


def test_a_draft_under_a_price_that_is_fixed_by_now_is_refused(
    zhang, lina, pump, draft, sign_in
):
    a_price_list(lina, (pump, 0, 96), priority=5, forced=True)
    assert "unit_price" in errors(rewrite(sign_in(zhang), draft, title="水泵五台"))
    draft.refresh_from_db()
    assert draft.title != "水泵五台"
    assert listing(draft)[:3] == (90, 90, 80)


def test_a_discount_on_everything_counts_for_lines_that_stay(zhang, draft, sign_in):
    assert rewrite(sign_in(zhang), draft, discount="12").status_code == 302
    draft.refresh_from_db()
    assert (draft.amount, draft.discount_most, draft.below_floor) == (396, 12, True)


def test_lines_are_changed_added_and_taken_away(zhang, lina, pump, draft, sign_in):
    valve = a_product(lina, name="阀门", price=Decimal(8))
    browser, at = sign_in(zhang), address(draft, "update")
    data = with_line(fields_of(browser, at), 1, valve, 2)
    assert browser.post(at, data | {"lines-0-DELETE": "on"}).status_code == 302
    draft.refresh_from_db()
    assert listing(draft)[:2] == (8, 8)
    assert draft.amount == 16


def test_a_form_overtaken_by_another_is_a_conflict(zhang, zhao, pump, draft, sign_in):
    browser, at = sign_in(zhang), address(draft, "update")
    data = fields_of(browser, at) | {"title": "我的", "version": draft.version}
    draft.lines.create(product=pump, quantity=1, unit_price=1)
    assert browser.post(at, data).status_code == 409
    draft.refresh_from_db()
    assert draft.title != "我的"


# --- Who will approve it ------------------------------------------------------------


def forecast(browser, data):
    """Return what the form is told of who approves it: ([lines], {label: text})."""
    answer = browser.post(FORECAST, data)
    assert answer.status_code == 200
    lines = re.findall(r"<p[^>]*>(.*?)</p>", words(answer), re.DOTALL)
    sums = re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", words(answer))
    return [" ".join(line.split()) for line in lines], dict(sums)


def test_an_empty_form_is_told_nothing_yet(zhang, sign_in):
    browser = sign_in(zhang)
    assert forecast(browser, typed(browser)) == ([], {})


@pytest.mark.parametrize(
    ("price", "discount", "on_all", "who"),
    [
        ("95", "", "", None),
        ("", "5", "", None),
        ("94.99", "", "", HEAD),
        ("100", "5", "0.5", HEAD),
        ("85", "", "", HEAD),
        ("", "10", "5.57", f"{HEAD} → {ABOVE}"),
        ("84.99", "", "", f"{HEAD} → {ABOVE}"),
        ("130", "", "", None),
    ],
)
def test_the_form_says_who_will_approve_what_is_typed(
    zhang, zhao, qian, pump, customer, sign_in, price, discount, on_all, who
):
    browser = sign_in(zhang)
    data = typed(
        browser, (pump, 3, price, discount), customer=customer.pk, discount=on_all
    )
    said, _sums = forecast(browser, data)
    if who is None:
        assert said == ["按目前内容无需审批，提交后即可发送给客户。"]
    else:
        assert said[0].startswith(f"提交后需审批：{who}（规则“折扣超过")
    assert browser.post(ADD, data).status_code == 302
    quotation = Quotation.objects.get()
    FLOW.submit(quotation, by=zhang)
    steps = quotation.rounds.get().steps.count()
    assert steps == (0 if who is None else 1 + who.count("→"))


def test_the_furthest_line_decides_and_below_the_floor_comes_first(
    zhang, zhao, qian, lina, pump, customer, sign_in
):
    valve = a_product(lina, name="阀门", price=Decimal(10))
    a_price_list(lina, (pump, 0, 100, 99), name="标准价")
    browser = sign_in(zhang)
    lines = (pump, 1, "98"), (valve, 1000, "10")
    said, sums = forecast(browser, typed(browser, *lines, customer=customer.pk))
    assert said[0].startswith(f"提交后需审批：{HEAD} → {ABOVE}（规则“低于最低价”）")
    assert sums["报价金额（元）"] == "10,098.00"
    lines = (pump, 1, ""), (valve, 1000, "9")
    said, sums = forecast(browser, typed(browser, *lines, customer=customer.pk))
    assert said[0].startswith(f"提交后需审批：{HEAD}（规则“折扣超过 5%”）")
    assert sums["最大低于价目幅度"] == "10 %"


def test_the_form_says_what_the_lines_come_to_as_postgresql_will(
    zhang, pump, customer, sign_in
):
    browser = sign_in(zhang)
    fields = {"customer": customer.pk, "discount": "1.5", "tax_rate": "13"}
    data = typed(browser, (pump, 3, "99.99", "2.5"), (pump, "7.125", ""), **fields)
    _said, sums = forecast(browser, data)
    browser.post(ADD, data)
    quotation = Quotation.objects.get()
    below = quotation.list_amount - quotation.amount
    assert sums == {
        "报价金额（元）": f"{quotation.amount:,.2f}",
        "低于价目（元）": f"{below:,.2f}",
        "最大低于价目幅度": f"{quotation.discount_most} %",
        "其中税额（元）": "113.88",
    }


def test_a_line_that_stays_is_compared_with_the_list_of_today(
    zhang, zhao, qian, lina, pump, draft, sign_in
):
    browser, at = sign_in(zhang), address(draft, "update")
    data = fields_of(browser, at)
    assert forecast(browser, data)[0] == ["按目前内容无需审批，提交后即可发送给客户。"]
    a_price_list(lina, (pump, 0, 120, 110), priority=5)
    said, _sums = forecast(browser, data)
    assert "低于最低价" in said[0]
    FLOW.submit(draft, by=zhang)
    assert draft.rounds.get().rule_name == "低于最低价"


@pytest.mark.parametrize("bad", ["", "x", "-1", "1e400", "٣", "9" * 400, "\0"])
def test_what_cannot_be_read_counts_as_open(zhang, pump, customer, sign_in, bad):
    browser = sign_in(zhang)
    data = typed(browser, (pump, 3, "90"), customer=customer.pk)
    for name in data:
        if name.startswith("lines-0-") or not name.startswith("lines-"):
            forecast(browser, data | {name: bad})
    forecast(browser, dict.fromkeys(data, bad))
    forecast(browser, {})


def test_a_list_of_a_customer_one_cannot_see_is_not_told(
    zhang, wang, lina, pump, sign_in
):
    theirs = a_customer(wang)
    a_price_list(lina, (pump, 0, 200), holds_for="named", customers=[theirs])
    browser = sign_in(zhang)
    data = typed(browser, (pump, 3, "100"), customer=theirs.pk)
    assert forecast(browser, data)[1] == {"报价金额（元）": "300.00"}


def test_a_forecast_is_for_who_writes_quotations_and_writes_nothing(
    zhang, chen, nobody, pump, customer, sign_in
):
    browser = sign_in(zhang)
    data = typed(browser, (pump, 3, "90"), customer=customer.pk)
    assert browser.put(FORECAST).status_code == 405
    forecast(browser, data)
    assert not Quotation.objects.exists()
    for person in (chen, nobody):
        assert sign_in(person).post(FORECAST, data).status_code == 403
