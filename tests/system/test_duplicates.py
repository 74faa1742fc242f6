"""查重: what counts as probably the same customer."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.chinese.folding import same_name
from customers.duplicates import alike, likely
from customers.models import Customer
from customers.models.alike import NEAR
from customers.models.likeness import (
    SIMILAR,
    Key,
    grams_of,
    likeness,
    one_of,
    stem,
)
from tests.factories import a_customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("华夏科技有限公司", "华夏科技有限责任公司"),
        ("华夏科技(北京)有限公司", "华夏科技（北京）有限公司"),
        ("华夏 科技有限公司", "华夏科技股份有限公司"),
        ("ＡＢＣ贸易有限公司", "abc贸易有限公司"),
        ("Acme Trading Co., Ltd.", "ACME Trading Limited"),
    ],
)
def test_legal_form_and_spelling_do_not_tell_names_apart(one, other):
    assert same_name(one) == same_name(other)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("北京华夏科技有限公司", "华夏"),
        ("云南省滇中物流有限公司", "滇中"),
        ("中国建设有限公司", "中国建设"),
        ("公司", "公司"),
    ],
)
def test_the_stem_is_what_a_firm_calls_itself(name, own):
    assert stem(name) == own


@pytest.mark.parametrize(
    ("known", "reported", "reasons"),
    [
        (
            {"name": "昆明华夏科技有限公司"},
            {"name": "昆明华夏科技有限责任公司"},
            ("name",),
        ),
        (
            {"name": "昆明华夏科技有限公司"},
            {"name": "昆明华霞科技有限公司"},
            ("sound",),
        ),
        (
            {"name": "昆明华夏科技有限公司"},
            {"name": "华夏科技有限公司"},
            ("own_name",),
        ),
        (
            {"name": "昆明恒信公司"},
            {"name": "昆明恒鑫公司"},
            ("sound",),
        ),
        (
            {"name": "滇池食品厂", "phone": "0871-6312 3456"},
            {"name": "春城饮料厂", "phone": "(0871)63123456"},
            ("phone",),
        ),
        ({"name": "昆明华夏科技有限公司"}, {"name": "昆明华夏物流有限公司"}, None),
        ({"name": "昆明华夏科技有限公司"}, {"name": "大理东方贸易有限公司"}, None),
    ],
)
def test_probably_the_same(lina, known, reported, reasons):
    other = a_customer(lina, **known)
    one = a_customer(lina, registered=False, **reported)
    matches = likely([one], lina)[one.pk]
    assert [(m.record, m.reasons) for m in matches] == (
        [(other, reasons)] if reasons else []
    )


def test_an_equal_credit_code_is_the_surest_sign(lina):
    other = a_customer(lina, name="甲厂", credit_code="91530100MA6K000000")
    unsaved = Customer(name="乙店", credit_code="91530100MA6K000000")
    assert [m.record for m in likely([unsaved], lina)[None]] == [other]
    assert likely([unsaved], lina)[None][0].reasons == ("credit_code",)


def test_a_whole_page_costs_two_queries(lina):
    page = [a_customer(lina, name=f"昆明华夏科技{n}有限公司") for n in range(30)]
    assert lina.rights
    with CaptureQueriesContext(connection) as queries:
        found = likely(page, lina)
    assert len(queries) == 2
    assert all(found.values())


@pytest.mark.parametrize(
    ("known", "reported"),
    [
        ("重庆星维联化工有限公司", "重庆市星维联化工有限公司"),
        ("昆明华夏科技有限公司", "昆明市华夏科技公司"),
        ("上海隆仁星园林绿化工程有限公司", "隆仁星园林绿化工程有限公司"),
        ("甲", "甲有限公司"),
    ],
)
def test_a_name_that_is_alike_is_found(lina, known, reported):
    one, other = a_customer(lina, name=known), Customer(name=reported)
    assert [m.record for m in likely([other], lina)[None]] == [one]


@given(
    name=st.text("昆明华夏科技贸易", min_size=2, max_size=9),
    other=st.text("昆明华夏科技贸易", min_size=2, max_size=9),
    ends=st.tuples(st.integers(0, 8), st.integers(1, 9)),
)
@settings(derandomize=True, max_examples=300)
def test_no_name_that_is_alike_lacks_the_grams_that_are_looked_for(name, other, ends):
    """Whatever part of the name the other one has in it."""
    part = name[ends[0] :][: ends[1]]
    some = one_of(Key(name).name, part)
    if some and part in other and likeness(name, other) >= SIMILAR:
        assert set(some) & set(grams_of(other))


def test_very_many_of_a_brand_hide_none_that_is_alike(lina):
    for n in range(NEAR + 5):
        a_customer(lina, name=f"{'甲乙丙丁戊己庚辛壬癸'[n % 10]}地华夏食品{n}厂")
    one = a_customer(lina, name="昆明华夏科技贸易有限公司")
    assert [
        m.record for m in likely([Customer(name="昆明华夏科技贸易行")], lina)[None]
    ] == [one]


def test_a_whole_file_costs_few_queries(lina):
    for n in range(30):
        a_customer(lina, name=f"昆明华夏科技{n}有限公司")
    rows = [Customer(name=f"昆明华霞科技{n}有限公司") for n in range(30)]
    assert lina.rights
    with CaptureQueriesContext(connection) as queries:
        found = alike(rows, Customer.objects.visible_to(lina))
    assert len(queries) == 3
    assert all(found)


def test_rows_that_one_may_not_see_are_no_match(zhang, wang):
    a_customer(wang, name="昆明华夏科技有限公司")
    mine = a_customer(zhang, name="昆明华夏科技有限公司", registered=False)
    assert likely([mine], zhang) == {mine.pk: []}


def test_deleted_customers_are_no_match(lina):
    other = a_customer(lina, name="昆明华夏科技有限公司")
    one = a_customer(lina, name="昆明华夏科技有限公司")
    other.discard(lina)
    assert likely([one], lina) == {one.pk: []}
