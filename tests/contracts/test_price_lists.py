"""Price lists: which one says a price, who sees it, and that none ties with another."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from contracts.models import Price, PriceList, PriceListCustomer
from contracts.models.listed import listed
from crm.duplicates.merging import locked, merge
from crm.duplicates.undoing import undo
from crm.models import DictionaryItem, HistoryEntry, Region, Role
from tests.factories import a_customer, a_price_list, a_product, an_item
from tests.people import hire

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 1)


def price_of(customer, product, quantity=1, day=DAY):
    """Return what a product costs by the lists; None if they say nothing."""
    found = listed(customer, {product.pk: Decimal(quantity)}, day).get(product.pk)
    return found and found.price


def named(owner, customers, *prices, **fields):
    """Return a list for some customers by name."""
    return a_price_list(
        owner, *prices, holds_for="named", customers=customers, **fields
    )


@pytest.fixture
def pump(lina):
    """A product that costs 100."""
    return a_product(lina, name="水泵", price=Decimal(100))


def test_named_goes_before_group_and_group_before_everybody(zhang, lina, pump):
    level = an_item("customer_level", "A")
    ours = a_customer(zhang, level=level)
    a_price_list(lina, (pump, 0, 90), priority=9)
    a_price_list(lina, (pump, 0, 80), holds_for="group", level=level, priority=5)
    named(lina, [ours], (pump, 0, 70))
    assert price_of(ours, pump) == 70
    assert price_of(a_customer(zhang, level=level), pump) == 80
    assert price_of(a_customer(zhang), pump) == price_of(None, pump) == 90


def test_of_several_lists_priority_decides_then_the_later_start(zhang, lina, pump):
    customer = a_customer(zhang)
    a_price_list(lina, (pump, 0, 95), starts_on=DAY - timedelta(days=9))
    a_price_list(lina, (pump, 0, 94), starts_on=DAY - timedelta(days=1))
    assert price_of(customer, pump) == 94
    a_price_list(lina, (pump, 0, 99), priority=1, starts_on=DAY - timedelta(days=30))
    assert price_of(customer, pump) == 99


def test_a_list_holds_within_its_days_only(zhang, lina, pump):
    customer, other = a_customer(zhang), a_product(lina)
    a_price_list(lina, (pump, 0, 90), starts_on=DAY, ends_on=DAY + timedelta(days=1))
    for days, price in ((-1, None), (0, 90), (1, 90), (2, None)):
        assert price_of(customer, pump, day=DAY + timedelta(days=days)) == price
    assert price_of(customer, other) is None


def test_the_price_follows_the_greatest_quantity_that_is_reached(zhang, lina, pump):
    customer = a_customer(zhang)
    a_price_list(lina, (pump, 10, 90), (pump, 100, 80), priority=1)
    a_price_list(lina, (pump, 0, 99))
    for quantity, price in (("9.999", 99), (10, 90), (99, 90), (100, 80), (10**6, 80)):
        assert price_of(customer, pump, quantity) == price


def test_what_is_no_list_in_force_says_nothing(zhang, lina, pump):
    a_price_list(lina, (pump, 0, 50), active=False)
    a_price_list(lina, (pump, 0, 51), registered=False, priority=1)
    gone = a_price_list(lina, (pump, 0, 52), priority=2)
    gone.discard(lina)
    assert price_of(a_customer(zhang), pump) is None


def test_what_is_off_sale_stays_in_the_list_and_has_no_listed_price(zhang, lina, pump):
    prices = a_price_list(lina, (pump, 0, 90))
    pump.on_sale = False
    pump.save()
    assert price_of(a_customer(zhang), pump) is None
    assert prices.prices.count() == 1


def test_many_products_are_asked_in_one_query(
    zhang, lina, pump, django_assert_num_queries
):
    others = [a_product(lina) for _number in range(30)]
    a_price_list(lina, *((product, 0, 7) for product in (pump, *others)))
    customer = a_customer(zhang)
    with django_assert_num_queries(1):
        found = listed(customer, {p.pk: Decimal(1) for p in (pump, *others)}, DAY)
        assert {price.price_list.name for price in found.values()}
    assert len(found) == 31


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        ({"level": "A"}, True),
        ({"level": "B"}, False),
        ({"customer_kind": "distributor"}, True),
        ({"customer_kind": "partner"}, False),
        ({"industry": True}, True),
        ({"region": "530000"}, True),
        ({"region": "530100"}, True),
        ({"region": "530102"}, True),
        ({"region": "530103"}, False),
        ({"region": "510000"}, False),
        ({"level": "A", "region": "530000"}, True),
        ({"level": "A", "region": "510000"}, False),
    ],
)
def test_a_group_is_whoever_fits_in_all_that_is_given(given, fits, zhang, lina, pump):
    industry = DictionaryItem.objects.filter(kind="industry").first()
    customer = a_customer(
        zhang,
        level=an_item("customer_level", "A"),
        kind="distributor",
        industry=industry,
        region=Region.objects.get(pk="530102"),
    )
    fields = dict(given)
    if "level" in fields:
        fields["level"] = an_item("customer_level", fields["level"])
    if "industry" in fields:
        fields["industry"] = industry
    if "region" in fields:
        fields["region"] = Region.objects.get(pk=fields["region"])
    a_price_list(lina, (pump, 0, 80), holds_for="group", **fields)
    assert (price_of(customer, pump) == 80) is fits
    assert price_of(a_customer(zhang), pump) is None


def tied(change):
    """Check that PostgreSQL refuses a change for a tie."""
    with (
        pytest.raises(IntegrityError, match="two price lists say a price"),
        transaction.atomic(),
    ):
        change()


def test_two_lists_with_the_same_right_to_say_a_price_are_refused(lina, pump):
    first = a_price_list(lina, (pump, 0, 90))
    second = a_price_list(lina)
    tied(lambda: second.prices.create(product=pump, min_qty=100, price=1))
    second.prices.create(product=a_product(lina), price=1)
    other = a_price_list(lina, (pump, 0, 1), priority=1)
    tied(lambda: PriceList.objects.filter(pk=other.pk).update(priority=0))
    later = a_price_list(lina, (pump, 0, 1), starts_on=first.starts_on + timedelta(1))
    change = {"starts_on": first.starts_on}
    tied(lambda: PriceList.objects.filter(pk=later.pk).update(**change))
    resting = a_price_list(lina, (pump, 0, 1), active=False)
    tied(lambda: PriceList.objects.filter(pk=resting.pk).update(active=True))
    PriceList.objects.filter(pk=first.pk).update(active=False)
    PriceList.objects.filter(pk=resting.pk).update(active=True)


def test_a_list_comes_back_from_the_bin_only_where_no_other_took_its_place(lina, pump):
    first = a_price_list(lina, (pump, 0, 90))
    first.discard(lina)
    a_price_list(lina, (pump, 0, 91))
    first.refresh_from_db()
    with pytest.raises(ValidationError, match="两张价格表"):
        first.restore(lina)


def test_groups_tie_where_a_customer_can_be_of_both(lina, pump):
    level = {code: an_item("customer_level", code) for code in "AB"}
    yunnan, kunming = (Region.objects.get(pk=code) for code in ("530000", "530100"))
    sichuan = Region.objects.get(pk="510000")
    a_price_list(lina, (pump, 0, 9), holds_for="group", level=level["A"], region=yunnan)

    def like(**fields):
        a_price_list(lina, (pump, 0, 8), holds_for="group", **fields)

    tied(lambda: like(level=level["A"]))
    tied(lambda: like(region=kunming))
    tied(lambda: like(customer_kind="partner"))
    like(level=level["B"])
    like(region=sichuan, level=level["A"])


def test_named_lists_tie_over_a_customer_that_both_name(zhang, lina, pump):
    one, two, three = (a_customer(zhang) for _ in range(3))
    named(lina, [one, two], (pump, 0, 9))
    second = named(lina, [three], (pump, 0, 8))
    tied(lambda: PriceListCustomer.objects.create(price_list=second, customer=one))


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": -1},
        {"price": 5, "floor": 6},
        {"price": 5, "floor": -1},
        {"price": 5, "min_qty": -1},
    ],
)
def test_postgresql_refuses_prices_that_cannot_be(wrong, lina, pump):
    prices = a_price_list(lina)
    with pytest.raises(IntegrityError), transaction.atomic():
        prices.prices.create(product=pump, **wrong)


def test_a_list_for_a_group_says_which_and_no_other_does(lina):
    for fields in (
        {"holds_for": "group"},
        {"holds_for": "named", "customer_kind": "partner"},
        {"holds_for": "everybody", "level": an_item("customer_level", "A")},
        {"ends_on": DAY - timedelta(days=900)},
        {"priority": 1000},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            a_price_list(lina, **fields)


def test_customers_of_tied_lists_do_not_become_one(zhang, lina, pump):
    one, two = a_customer(zhang), a_customer(zhang)
    named(lina, [one], (pump, 0, 9))
    named(lina, [two], (pump, 0, 8))
    rows = locked(type(one), [one.pk, two.pk])
    with pytest.raises(ValidationError, match="两张价格表"):
        merge(rows[one.pk], [rows[two.pk]], by=lina)


def test_a_named_customer_goes_along_with_a_merge_and_back(zhang, lina, pump):
    one, two = a_customer(zhang), a_customer(zhang)
    named(lina, [two], (pump, 0, 9))
    with transaction.atomic():
        rows = locked(type(one), [one.pk, two.pk])
        done = merge(rows[one.pk], [rows[two.pk]], by=lina)
    assert price_of(one, pump) == 9
    undo(type(done).objects.select_for_update().get(pk=done.pk), by=lina)
    two.refresh_from_db()
    assert (price_of(one, pump), price_of(two, pump)) == (None, 9)


def test_what_a_list_names_is_in_use_until_the_list_is_gone(zhang, lina, pump):
    customer = a_customer(zhang)
    prices = named(lina, [customer], (pump, 0, 9))
    for row in (customer, pump):
        with pytest.raises(ValidationError, match="正在使用"):
            row.discard(lina)
    prices.discard(lina)
    customer.discard(lina)
    pump.discard(lina)


def test_changed_prices_are_changes_of_their_list(lina, pump):
    prices = a_price_list(lina, (pump, 0, 90))
    before = PriceList.objects.get(pk=prices.pk).version
    Price.objects.update(price=91)
    assert PriceList.objects.get(pk=prices.pk).version == before + 1
    entry = HistoryEntry.objects.filter(label="contracts.price").latest("pk")
    assert entry.subject_id == prices.pk


def test_everybody_reads_what_holds_for_all_and_what_names_their_customers(
    zhang, wang, lina, pump, sign_in
):
    mine, theirs = a_customer(zhang), a_customer(wang)
    for_all = a_price_list(lina, (pump, 0, 90), name="标准价")
    for_group = a_price_list(
        lina, (pump, 0, 80), holds_for="group", customer_kind="partner"
    )
    of_both = named(lina, [mine, theirs], (pump, 0, 70))
    of_other = named(lina, [theirs], (pump, 0, 60), priority=1)
    rows = PriceList.objects.visible_to(zhang)
    assert set(rows) == {for_all, for_group, of_both}
    assert set(PriceList.objects.visible_to(wang)) == {
        for_all,
        for_group,
        of_both,
        of_other,
    }
    for listing in (rows.model.objects.visibility(zhang),):
        assert set(listing.in_order()) == set(listing.by_index()) == set(rows)
    browser = sign_in(zhang)
    page = browser.get(of_both.get_absolute_url())
    assert mine.name in page.text
    assert theirs.name not in page.text
    history = browser.get(f"/history/contracts.pricelist/{of_both.pk}/").text
    assert mine.name in history
    assert theirs.name not in history
    assert browser.get(of_other.get_absolute_url()).status_code == 404
    assert browser.get(f"{for_all.get_absolute_url()}edit/").status_code == 403
    assert browser.get("/price-lists/add/").status_code == 403
    assert "标准价" in browser.get("/price-lists/").text
    found = browser.get(f"/price-lists/?customers={mine.pk}&product={pump.pk}")
    assert 'data-total="1"' in found.text


def sent(browser, address, *prices, customers=(), **fields):
    """Send the form of a list as it is shown, with prices filled in from the first on.

    Each is (product, from quantity, price, lowest price).
    """
    page = browser.get(address)
    form, formset = page.context["form"], page.context["formset"]
    data = {}
    for part in (form, formset.management_form, *formset.forms):
        for field in part:
            value = field.value()
            if value is not None and value is not False:
                data[field.html_name] = value
    if copied := page.context.get("copied"):
        data["copied_version"] = copied.version
    data |= fields
    data["customers"] = [customer.pk for customer in customers]
    for number, row in enumerate(prices):
        names = ("product", "min_qty", "price", "floor")
        for name, value in zip(names, row, strict=False):
            data[f"prices-{number}-{name}"] = getattr(value, "pk", value)
    return browser.post(address, data)


GIVEN = {"name": "二〇二七年价", "holds_for": "everybody", "starts_on": "2027-01-01"}


def test_a_list_is_written_with_its_prices_in_one_form(lina, pump, sign_in):
    browser = sign_in(lina)
    answer = sent(
        browser,
        "/price-lists/add/",
        (pump, "", "0.0125", "0.01"),
        (pump, "10", "0.01", ""),
        **GIVEN,
    )
    assert answer.status_code == 302, answer.context["form"].errors
    prices = PriceList.objects.get()
    assert prices.is_registered
    assert [(p.min_qty, p.price, p.floor) for p in prices.prices.all()] == [
        (0, Decimal("0.0125"), Decimal("0.01")),
        (10, Decimal("0.01"), None),
    ]
    page = browser.get(prices.get_absolute_url())
    assert "0.0125" in page.text


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (("", "-1", ""), "price"),
        (("", "1.00001", ""), "price"),
        (("", "NaN", ""), "price"),
        (("", "1e30", ""), "price"),
        (("", "5", "6"), "floor"),
        (("", "5", "-1"), "floor"),
        (("-1", "5", ""), "min_qty"),
        (("1.0001", "5", ""), "min_qty"),
        (("999999999999", "5", ""), "min_qty"),
        (("", "", ""), "price"),
    ],
)
def test_a_price_that_cannot_be_is_told_at_its_field(row, field, lina, pump, sign_in):
    answer = sent(sign_in(lina), "/price-lists/add/", (pump, *row), **GIVEN)
    assert answer.status_code == 422
    assert field in answer.context["formset"].errors[0]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ends_on": "2026-12-31"}, "ends_on"),
        ({"starts_on": "1899-01-01"}, "starts_on"),
        ({"priority": "-1"}, "priority"),
        ({"priority": "1000"}, "priority"),
        ({"holds_for": "group"}, "holds_for"),
        ({"holds_for": "named"}, "customers"),
        ({"customer_kind": "partner"}, "customer_kind"),
        ({"holds_for": "nobody"}, "holds_for"),
    ],
)
def test_a_list_that_cannot_be_is_told_at_its_field(wrong, field, lina, pump, sign_in):
    answer = sent(sign_in(lina), "/price-lists/add/", (pump, "", 1), **GIVEN | wrong)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_a_tie_is_told_in_words_and_twice_the_same_line_too(lina, pump, sign_in):
    a_price_list(lina, (pump, 0, 9), name="旧价", starts_on=date(2027, 1, 1))
    browser = sign_in(lina)
    answer = sent(browser, "/price-lists/add/", (pump, "", 1), **GIVEN)
    assert answer.status_code == 422
    (text,) = answer.context["form"].non_field_errors()
    assert "旧价" in text
    assert "水泵" in text
    assert PriceList.objects.count() == 1
    answer = sent(browser, "/price-lists/add/", (pump, "", 1), (pump, "", 2), **GIVEN)
    assert answer.status_code == 422


def test_ten_thousand_lines_are_refused_in_words(lina, pump, sign_in):
    many = {"prices-TOTAL_FORMS": 10_000}
    answer = sent(sign_in(lina), "/price-lists/add/", **GIVEN, **many)
    assert answer.status_code == 422
    assert answer.context["formset"].non_form_errors()


def test_a_long_list_is_edited_a_page_at_a_time(lina, sign_in):
    products = [a_product(lina, code=f"C{number:04}") for number in range(120)]
    prices = a_price_list(lina, *((product, 0, 5) for product in products))
    browser, address = sign_in(lina), f"{prices.get_absolute_url()}edit/?prices=2"
    page = browser.get(address)
    assert len(page.context["formset"].initial_forms) == 20
    answer = sent(browser, address, (products[100], "", 6))
    assert answer.status_code == 302, answer.context["formset"].errors
    assert prices.prices.filter(price=6).get().product == products[100]
    assert prices.prices.count() == 120
    for asked in ("9", "-1", "x", "1e9"):
        shown = browser.get(f"{prices.get_absolute_url()}?prices={asked}")
        assert shown.status_code == 200


def test_who_edits_a_list_keeps_the_customers_they_may_not_see(
    zhang, wang, lina, pump, sign_in
):
    role = Role.objects.get(code="salesperson")
    role.grants = {**role.grants, "contracts.change_pricelist": "all"}
    role.save()
    mine, theirs = a_customer(zhang), a_customer(wang)
    prices = named(lina, [mine, theirs], (pump, 0, 70))
    browser, address = sign_in(zhang), f"{prices.get_absolute_url()}edit/"
    assert theirs.name not in browser.get(address).text
    answer = sent(browser, address, customers=[mine], name="两家的价")
    assert answer.status_code == 302, answer.context["form"].errors
    assert set(prices.customers.all()) == {mine, theirs}


def test_the_next_list_begins_with_what_the_last_one_says(zhang, lina, pump, sign_in):
    customer = a_customer(zhang)
    prices = named(
        lina, [customer], (pump, 5, 70, 60), ends_on=date(2026, 12, 31), priority=3
    )
    page = sign_in(lina).get(f"/price-lists/add/?copy={prices.pk}")
    form, formset = page.context["form"], page.context["formset"]
    assert str(form["starts_on"].value()) == "2027-01-01"
    assert form["customers"].value() == [customer.pk]
    first = formset.forms[0]
    assert [first[name].value() for name in ("product", "min_qty", "price")] == [
        pump.pk,
        Decimal(5),
        Decimal(70),
    ]
    assert sign_in(lina).get("/price-lists/add/?copy=999999").status_code == 404


def test_a_long_list_is_copied_whole_or_not_at_all(lina, sign_in):
    prices = a_price_list(
        lina,
        *((a_product(lina), 0, n) for n in range(1, 131)),
        ends_on=date(2026, 12, 31),
    )
    browser, address = sign_in(lina), f"/price-lists/add/?copy={prices.pk}"
    assert "其余 30 个价格" in browser.get(address).text
    answer = sent(browser, address, copied_version=prices.version + 1)
    assert (answer.status_code, "请重新复制" in answer.text) == (422, True)
    assert PriceList.objects.count() == 1
    answer = sent(browser, address)
    assert answer.status_code == 302, answer.context["form"].errors
    copy = PriceList.objects.latest("pk")
    assert copy.starts_on == date(2027, 1, 1)
    names = ("product", "min_qty", "price", "floor")
    said = [list(one.prices.values_list(*names)) for one in (copy, prices)]
    assert (said[0], len(said[0])) == (said[1], 130)
    told = HistoryEntry.objects.filter(
        label="contracts.price", subject_id=copy.pk, actor_id=lina.pk
    )
    assert told.count() == 130


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        ("salesperson", True, False),
        ("researcher", True, False),
        ("supervisor", True, False),
        ("sales_director", True, False),
        ("finance", True, False),
        ("information_administrator", True, True),
        ("system_administrator", False, False),
    ],
)
def test_who_maintains_products_maintains_lists(
    role, reads, writes, head_office, lina, pump, sign_in
):
    prices = a_price_list(lina, (pump, 0, 90))
    browser = sign_in(hire("somebody", "某人", role, department=head_office))
    page = prices.get_absolute_url()
    for address, may in (
        ("/price-lists/", reads),
        (page, reads),
        (f"{page}edit/", writes),
        (f"{page}delete/", writes),
        ("/price-lists/add/", writes),
        ("/price-lists/import/", writes),
    ):
        assert (browser.get(address).status_code == 200) is may, address
